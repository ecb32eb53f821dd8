import * as vscode from 'vscode';
import type { z } from 'zod';
import { UserError } from '../../src/protocol/errors';

/**
 * What `facenet COMMAND --json` has answered, checked.
 * @throws UserError for anything else than what this version of the extension expects
 */
export function readAnswer<S extends z.ZodType>(schema: S, command: string, stdout: string): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(stdout);
  } catch {
    throw notUnderstood(command, vscode.l10n.t('it is not JSON'));
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw notUnderstood(command, [...(path.length === 0 ? [] : [path.join('.')]), message].join(': '));
}

function notUnderstood(command: string, why: string): UserError {
  return new UserError(
    vscode.l10n.t('facenet {0} has answered what this window does not understand ({1}).', command, why),
    vscode.l10n.t('Reload the window: the extension has most likely been updated while it was open.'),
  );
}
