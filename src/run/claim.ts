// Which worker owns a run folder: exactly one, also where two are asked at the same moment or on two machines.
import { link, open, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { nameAside } from '../files/asideName';
import { writeFileAtomic } from '../files/atomicFile';
import { UserError } from '../protocol/errors';
import { isProcessAlive, processStartTime, silenceMilliseconds } from './liveness';

/** Another worker owns the run; its folder is not ours to write to. */
export class RunTakenError extends UserError {}

const ownerSchema = z.object({ pid: z.number().int(), startTime: z.string(), hostname: z.string() });
/** Without an owner: let go by the one before. */
const claimSchema = z.object({ owner: ownerSchema.optional() });
type Claim = z.infer<typeof claimSchema>;

/** A run folder that this process owns. */
export interface OwnedRun {
  /**
   * `taken`: another machine has taken over a run that it had not heard of for long. `gone`: another folder has the name.
   * @throws the system's error when the folder cannot be read
   */
  standing(): Promise<'ours' | 'taken' | 'gone'>;
  /** Lets go of it, so that any machine may go on at once. */
  release(): Promise<void>;
}

/** No folder is claimed so often: a file of this number was not made by a worker, and there is none that comes after it. */
const highestNumber = 999_999_999;

const fileOf = (runFolder: string, number: number): string => join(runFolder, `.claim-${number}`);

/**
 * Claims a run folder. A claim is the file `.claim-<n>`, made where no other one makes it too, and the one of the highest
 * number counts: who finds its owner gone makes the next, which only one of several can. It is never removed before
 * there is a higher one.
 * @throws RunTakenError when its owner lives; one on another machine is believed to while it writes, and for 15 minutes after;
 *   UserError for a file that no worker can have made
 */
export async function claimRun(runFolder: string): Promise<OwnedRun> {
  const owner = { pid: process.pid, startTime: await processStartTime(process.pid), hostname: hostname() };
  for (;;) {
    const numbers = await claimsIn(runFolder);
    const highest = Math.max(0, ...numbers);
    if (highest >= highestNumber)
      throw new UserError(
        `${fileOf(runFolder, highest)} was not made by a worker.`,
        'Remove that file, then start or resume the job.',
      );
    const own = await offerClaim(runFolder, highest + 1, { owner }, async (now) => {
      const { owner: other } = await readClaim(fileOf(runFolder, highest));
      if (other !== undefined && (await mayLive(runFolder, highest, other, now))) throw takenBy(runFolder, other);
    });
    if (!own) continue;
    // Others may have come and gone since this one looked.
    if (Math.max(...(await claimsIn(runFolder))) !== highest + 1) {
      await rm(fileOf(runFolder, highest + 1), { force: true });
      continue;
    }
    for (const number of numbers) await rm(fileOf(runFolder, number), { force: true });
    const file = fileOf(runFolder, highest + 1);
    return {
      async standing() {
        const now = Math.max(0, ...(await claimsIn(runFolder)));
        return now === highest + 1 ? 'ours' : now > highest + 1 ? 'taken' : 'gone';
      },
      release: async () => writeFileAtomic(file, JSON.stringify({} satisfies Claim)),
    };
  }
}

/** Whether a worker that owns the run lives, as far as can be seen from here. */
export async function isOwned(runFolder: string): Promise<boolean> {
  const highest = Math.max(0, ...(await claimsIn(runFolder)));
  const { owner } = await readClaim(fileOf(runFolder, highest));
  return owner !== undefined && mayLive(runFolder, highest, owner, Date.now());
}

async function claimsIn(runFolder: string): Promise<number[]> {
  return (await readdir(runFolder)).flatMap((name) => {
    const number = /^\.claim-(\d{1,9})$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

/** A claim that is not there, or that a kill has left half written, is nobody's. */
async function readClaim(file: string): Promise<Claim> {
  try {
    return claimSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return {};
  }
}

/**
 * Makes a claim unless there is one of its number; gives whether it was made.
 * @param check is told what time it is on the disk of the folder, whose clock may be another machine's
 */
async function offerClaim(
  runFolder: string,
  number: number,
  claim: Claim,
  check: (now: number) => Promise<void>,
): Promise<boolean> {
  const file = fileOf(runFolder, number);
  const { name: aside, release } = nameAside(file);
  try {
    await writeFile(aside, JSON.stringify(claim));
    await check((await stat(aside)).mtimeMs);
    await link(aside, file).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST' || error.code === 'ENOENT') throw error;
      // No hard links here: made in one step all the same, and filled in a second one.
      const made = await open(file, 'wx');
      await made.writeFile(JSON.stringify(claim)).finally(async () => made.close());
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
    release();
  }
}

async function mayLive(
  runFolder: string,
  number: number,
  { pid, startTime, hostname: host }: z.infer<typeof ownerSchema>,
  now: number,
): Promise<boolean> {
  if (host === hostname()) return isProcessAlive(pid, startTime);
  const times = await Promise.all(
    [fileOf(runFolder, number), join(runFolder, 'metrics.jsonl')].map(async (path) =>
      stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return now - Math.max(...times) < silenceMilliseconds;
}

function takenBy(runFolder: string, owner: z.infer<typeof ownerSchema>): RunTakenError {
  if (owner.hostname === hostname())
    return new RunTakenError(
      `Another worker is running this job (process ${owner.pid} works in ${runFolder}).`,
      'Stop it first.',
    );
  return new RunTakenError(
    `Another worker is running this job: process ${owner.pid} on ${owner.hostname} works in ${runFolder}.`,
    'Stop it there. Where that machine has gone, resume 15 minutes after its last word.',
  );
}
