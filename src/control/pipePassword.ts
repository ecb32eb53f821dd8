// What makes a named pipe of Windows private. Node gives a pipe the system's default access: everybody on the machine may
// open it for reading, and the names of all pipes can be listed. So a worker tells a connection nothing until that has
// said a password, which needs a file that only the user can read.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../protocol/errors';

const keyBytes = 32;

/** Folder of the key: in the user's profile, whose access list names the user, administrators and the system. */
function keyFolder(): string {
  return join(homedir(), '.facenet');
}

/**
 * The user's key; made when it is asked for the first time.
 *
 * @throws UserError when it cannot be made, or the file holds something else.
 */
async function userKey(folder: string): Promise<Buffer> {
  const path = join(folder, 'control.key');
  const read = async (): Promise<string | undefined> =>
    readFile(path, 'latin1').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
  try {
    if ((await read()) === undefined) await makeKey(folder, path);
    const text = await read();
    if (text !== undefined && /^[0-9a-f]{64}\s*$/.test(text)) return Buffer.from(text.trim(), 'hex');
  } catch (cause) {
    const action = 'Make the folder writable: a run can be watched and stopped only by who can read its key.';
    throw new UserError(`${path} cannot be read or written.`, action, { cause });
  }
  throw new UserError(`${path} is damaged.`, 'Delete it; a new one is made.');
}

/** Written aside and linked, so that of two processes that make one at the same time both take the first. */
async function makeKey(folder: string, path: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const aside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  await writeFile(aside, `${randomBytes(keyBytes).toString('hex')}\n`, { flag: 'wx', mode: 0o600 });
  try {
    await link(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/** Name of the pipe of a run: always the same, so that a second worker of the run finds the first, and not to be guessed. */
export async function pipeOf(runFolder: string, folder: string = keyFolder()): Promise<string> {
  const key = await userKey(folder);
  return `\\\\.\\pipe\\facenet-${createHmac('sha256', key).update(`name ${runFolder}`).digest('hex').slice(0, 32)}`;
}

/** What has to be said first at the pipe `endpoint`. */
export async function pipePassword(endpoint: string, folder: string = keyFolder()): Promise<string> {
  return createHmac('sha256', await userKey(folder))
    .update(`password ${endpoint}`)
    .digest('hex');
}

/** Whether `said` is the password, in a time that does not tell how much of it was right. */
export function isPassword(said: unknown, password: string): boolean {
  const [one, other] = [said, password].map((text) => createHmac('sha256', 'compare').update(String(text)).digest());
  return typeof said === 'string' && timingSafeEqual(one!, other!);
}
