import { z } from 'zod';

/** A message quotes what it found, which may be as long as the text. */
const longestFault = 300;

/**
 * What is wrong with a text that should have been JSON of a certain form, as the end of a sentence: which field, or where
 * the text stops being JSON.
 */
export function jsonFault(cause: unknown): string {
  if (!(cause instanceof z.ZodError)) return shortened(cause instanceof Error ? cause.message : String(cause));
  const { path, message } = cause.issues[0]!;
  return shortened(path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`);
}

function shortened(text: string): string {
  return text.length > longestFault ? `${text.slice(0, longestFault)} …` : text;
}
