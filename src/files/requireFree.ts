import { stat } from 'node:fs/promises';
import { UserError } from '../protocol/errors';

/**
 * Holds that a file may be written at `path`.
 * @param force a file that is there may be replaced
 * @param example name of such a file, for who has named a folder
 * @throws UserError where a folder stands there, or a file that may not be replaced
 */
export async function requireFree(path: string, force: boolean, example: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) {
    throw new UserError(`${path} is a folder, not a file to write.`, `Add a file name, e.g. ${example}.`);
  }
  if (found !== undefined && !force) {
    throw new UserError(`${path} exists already.`, 'Choose another name, or replace it with --force.');
  }
}
