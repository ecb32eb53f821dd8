// Where a run's control socket is, and how the worker comes to own it.
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { type Server, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../protocol/errors';

/** Somebody else runs this job at the moment; its run folder is not ours to write to. */
export class EndpointTakenError extends UserError {}

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, the closing zero included; Node truncates silently. */
const longestSocketPath = 103;

/**
 * Places for the control socket of a run, best first: inside the run folder, or under a name derived from it in the
 * temporary folder where the path is too long for a socket or the file system holds none; on Windows a named pipe.
 */
export function endpointsFor(
  runFolder: string,
  platform: NodeJS.Platform = process.platform,
  temporary: string = tmpdir(),
): string[] {
  const key = createHash('sha256').update(runFolder).digest('hex').slice(0, 16);
  if (platform === 'win32') return [`\\\\.\\pipe\\facenet-${key}`];
  return [join(runFolder, 'control.sock'), join(temporary, `facenet-${key}.sock`)].filter(
    (path) => Buffer.byteLength(path) <= longestSocketPath,
  );
}

/** Whether somebody listens at the endpoint; a socket file left behind by a killed worker does not. */
async function isAnswered(endpoint: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(endpoint);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function listen(server: Server, endpoint: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path: endpoint, readableAll: false, writableAll: false }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/**
 * Lets the server listen at the first of `endpoints` that works and returns it. A stale socket file is replaced.
 *
 * @throws EndpointTakenError when another worker answers there, UserError when no endpoint can be used.
 */
export async function claimEndpoint(server: Server, endpoints: readonly string[]): Promise<string> {
  const reasons: string[] = [];
  for (const endpoint of endpoints) {
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        await listen(server, endpoint);
        return endpoint;
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === 'EADDRINUSE' && attempt === 0) {
          if (await isAnswered(endpoint))
            throw new EndpointTakenError(`Another worker is running this job (${endpoint} answers).`, 'Stop it first.');
          await rm(endpoint, { force: true });
          continue;
        }
        reasons.push(message);
        break;
      }
    }
  }
  throw new UserError(
    `No control socket could be opened for the run: ${reasons.join('; ') || 'every path for it is too long'}.`,
    'Set TMPDIR to a short path on a local disk.',
  );
}
