import { stat } from 'node:fs/promises';

/** Changes when an entry comes or goes, and when the folder is removed or is another one under the same name. */
export async function folderState(folder: string): Promise<string> {
  const status = await stat(folder, { bigint: true }).catch(() => undefined);
  return status === undefined ? 'absent' : `${status.ino} ${status.mtimeNs}`;
}
