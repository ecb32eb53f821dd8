import { z } from 'zod';

/**
 * What is wrong with a text that should have been JSON of a certain form, as the end of a sentence: which field, or where
 * the text stops being JSON.
 */
export function jsonFault(cause: unknown): string {
  if (!(cause instanceof z.ZodError)) return cause instanceof Error ? cause.message : String(cause);
  const issue = cause.issues[0]!;
  const path = issue.path.map(String).join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}
