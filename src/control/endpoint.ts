// Where a run's control socket is, how the worker comes to own it, and that nobody else can connect to it.
import { createHash } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { lstat, mkdir, rm, stat } from 'node:fs/promises';
import { type Server, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../protocol/errors';
import { pipeOf, pipePassword } from './pipePassword';

/** Somebody else runs this job at the moment; its run folder is not ours to write to. */
export class EndpointTakenError extends UserError {}

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, the closing zero included; Node truncates silently. */
const longestSocketPath = 103;

const socketName = 'control.sock';

/** In the temporary folder, which is everybody's: mode 0700. */
const ownFolder = (): string => `facenet-${process.getuid!()}`;

/** Nothing for the group and for others. */
const ownerOnly = 0o077;

/** Where a run can be spoken to: places, best first, and what has to be said there before anything else is heard. */
export interface Door {
  endpoints: string[];
  password?: string;
}

/**
 * The door of a run: a socket inside the run folder, or under a name derived from it in a folder of the user's own among
 * the temporary ones, where the path is too long for a socket, the run folder belongs to somebody else or its file system
 * holds none; on Windows a named pipe with a password.
 */
export async function doorOf(
  runFolder: string,
  platform: NodeJS.Platform = process.platform,
  temporary: string = tmpdir(),
): Promise<Door> {
  if (platform === 'win32') {
    const pipe = await pipeOf(runFolder);
    return { endpoints: [pipe], password: await pipePassword(pipe) };
  }
  const key = createHash('sha256').update(runFolder).digest('hex').slice(0, 16);
  const places = [join(runFolder, socketName), join(temporary, ownFolder(), `facenet-${key}.sock`)];
  return { endpoints: places.filter((path) => Buffer.byteLength(path) <= longestSocketPath) };
}

/**
 * Whether `endpoint`, which a record names, is a door of this user's workers and of nobody else's. Records come with
 * folders that others have made: what they name is not connected to unseen.
 */
export async function isOwnDoor(endpoint: string): Promise<boolean> {
  if (process.platform === 'win32') return /^\\\\\.\\pipe\\facenet-[0-9a-f]{16,32}$/.test(endpoint);
  if (!/^(control|facenet-[0-9a-f]{16})\.sock$/.test(basename(endpoint))) return false;
  const found = await lstat(endpoint).catch(() => undefined);
  return found?.isSocket() === true && isOwn(found.uid);
}

/** Of this user; the administrator may speak to everybody's. */
function isOwn(uid: number): boolean {
  return uid === process.getuid!() || process.getuid!() === 0;
}

/** Whether somebody listens at the endpoint, or may, being another user; a socket file left behind by a killed worker does not. */
async function isAnswered(endpoint: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(endpoint);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'EACCES' || code === 'EPERM'));
  });
}

/**
 * Why no socket may be in the folder of `endpoint`; undefined where it may. The folder among the temporary ones is made
 * where it is missing.
 */
async function whyNotIn(folder: string): Promise<string | undefined> {
  const isRunFolder = basename(folder) !== ownFolder();
  if (!isRunFolder) await mkdir(folder, { mode: 0o700 }).catch(() => undefined);
  // Who may write into /tmp could have put a link there.
  const found = await (isRunFolder ? stat(folder) : lstat(folder));
  if (!found.isDirectory()) return `${folder} is no folder`;
  if (found.uid !== process.getuid!()) return `${folder} belongs to another user`;
  if (!isRunFolder && (found.mode & ownerOnly) !== 0) return `${folder} is open to other users`;
  return undefined;
}

async function listen(server: Server, endpoint: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // The socket is made, and listened to, before `listen` returns: at no moment is it anybody's but the owner's.
    const mask = process.platform === 'win32' ? undefined : process.umask(ownerOnly);
    try {
      server.listen({ path: endpoint, readableAll: false, writableAll: false }, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      if (mask !== undefined) process.umask(mask);
    }
  });
}

/** Takes everything from group and others. @throws Error where the file system does not keep that */
async function closeToOthers(server: Server, endpoint: string): Promise<void> {
  chmodSync(endpoint, 0o600);
  const { mode, uid } = await lstat(endpoint);
  if ((mode & ownerOnly) === 0 && uid === process.getuid!()) return;
  await new Promise((resolve) => server.close(resolve));
  throw new Error(`the file system of ${endpoint} keeps no permissions`);
}

/**
 * Lets the server listen at the first of `endpoints` that works, for this user only, and returns it. A stale socket file
 * is replaced.
 *
 * @throws EndpointTakenError when another worker answers there, UserError when no endpoint can be used.
 */
export async function claimEndpoint(server: Server, endpoints: readonly string[]): Promise<string> {
  const reasons: string[] = [];
  for (const endpoint of endpoints) {
    try {
      await claim(server, endpoint);
      return endpoint;
    } catch (error) {
      if (error instanceof EndpointTakenError) throw error;
      reasons.push((error as Error).message);
    }
  }
  throw new UserError(
    `No control socket could be opened for the run: ${reasons.join('; ') || 'every path for it is too long'}.`,
    'Set TMPDIR to a short path on a local disk.',
  );
}

/** @throws EndpointTakenError when another worker answers there, Error when nobody can listen there or others could connect */
async function claim(server: Server, endpoint: string): Promise<void> {
  if (process.platform !== 'win32') {
    const reason = await whyNotIn(dirname(endpoint));
    // A worker of that user may be there.
    if (reason !== undefined) {
      if (await isAnswered(endpoint)) throw taken(endpoint);
      throw new Error(reason);
    }
  }
  try {
    await listen(server, endpoint);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (await isAnswered(endpoint)) throw taken(endpoint);
    await rm(endpoint, { force: true });
    await listen(server, endpoint);
  }
  if (process.platform !== 'win32') await closeToOthers(server, endpoint);
}

function taken(endpoint: string): EndpointTakenError {
  return new EndpointTakenError(`Another worker is running this job (${endpoint} answers).`, 'Stop it first.');
}
