// What parts of a work leave for one another in the folder that they share, until the last of them makes the whole of it.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { renameOver, writeFileAtomic } from '../files/atomicFile';
import { UserError } from '../protocol/errors';
import { jsonFault } from '../protocol/jsonFault';
import { shardName, type Shard } from './shard';

const planSchema = z.object({
  version: z.literal(1),
  /** Command that the parts are of. */
  work: z.string(),
  parts: z.number().int().min(2),
  /** What all parts have to agree on. */
  recipe: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type PartsPlan = z.infer<typeof planSchema>;

/** Begins with a dot, so that no dataset takes it for a person. */
const folderName = '.shards';
const planName = 'plan.json';
const doneName = 'done.json';
const mergedName = 'merged';
/** In the folder of the merged files from the first moment to the last, so that it is never empty: a rename replaces empty folders. */
const sealName = '.sealed';

/** `.shards` in the folder of a result: the plan, a folder for each part, and what is made of them. */
export class PartsFolder {
  private constructor(
    readonly result: string,
    readonly plan: PartsPlan,
  ) {}

  /**
   * The parts of a result; the first who asks writes the plan that the others are held to.
   * @param result folder of the result, which exists
   * @throws UserError where the parts are of another work, number or recipe
   */
  static async open(result: string, plan: PartsPlan): Promise<PartsFolder> {
    for (;;) {
      const existing = await PartsFolder.existing(result);
      if (existing !== undefined) {
        existing.requireSame(plan);
        return existing;
      }
      const folder = join(result, folderName);
      const aside = `${folder}-${randomBytes(6).toString('hex')}`;
      await mkdir(aside);
      await writeFileAtomic(join(aside, planName), `${JSON.stringify(plan, undefined, 2)}\n`);
      if (!(await renamedFirst(aside, folder))) await rm(aside, { recursive: true, force: true });
    }
  }

  /** The parts that lie in a folder; undefined where there are none. @throws UserError for a damaged plan */
  static async existing(result: string): Promise<PartsFolder | undefined> {
    const path = join(result, folderName, planName);
    try {
      return new PartsFolder(result, planSchema.parse(JSON.parse(await readFile(path, 'utf8'))));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new UserError(
        `${path} is no plan of shards: ${jsonFault(error)}.`,
        `Delete ${join(result, folderName)} and run all shards again.`,
        { cause: error },
      );
    }
  }

  private requireSame(wanted: PartsPlan): void {
    const { plan, result } = this;
    if (plan.work !== wanted.work || plan.parts !== wanted.parts) {
      throw new UserError(
        `${result} holds parts of facenet ${plan.work} in ${plan.parts} shards, not of ${wanted.work} in ${wanted.parts}.`,
        this.wayOut(),
      );
    }
    for (const [key, value] of Object.entries(wanted.recipe)) {
      if (plan.recipe[key] === value) continue;
      throw new UserError(
        `The other shards in ${result} have ${key} ${plan.recipe[key]}, not ${value}.`,
        'Give all shards the same settings, on the same version of facenet.',
      );
    }
  }

  /** What to do with parts that are in the way. */
  wayOut(): string {
    return `Finish those with --shard I/${this.plan.parts}, or delete ${join(this.result, folderName)} to give them up.`;
  }

  /** Folder that a part keeps its own files in, made. */
  async folderOf({ index }: Pick<Shard, 'index'>): Promise<string> {
    const folder = this.partFolder(index);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  private partFolder(index: number): string {
    return join(this.result, folderName, String(index + 1));
  }

  /** Folders of all parts that there are, in the order of their numbers. */
  async partFolders(): Promise<string[]> {
    const all = Array.from({ length: this.plan.parts }, (_, index) => this.partFolder(index));
    return all.filter((folder) => existsSync(folder));
  }

  isDone({ index }: Pick<Shard, 'index'>): boolean {
    return existsSync(join(this.partFolder(index), doneName));
  }

  /** Says that a part is whole. @param told what the merging needs to know of it */
  async finish({ index }: Pick<Shard, 'index'>, told: object): Promise<void> {
    await writeFileAtomic(join(this.partFolder(index), doneName), `${JSON.stringify(told)}\n`);
  }

  /** What `finish` was told of a part that is whole. */
  async toldOf({ index }: Pick<Shard, 'index'>): Promise<unknown> {
    return JSON.parse(await readFile(join(this.partFolder(index), doneName), 'utf8'));
  }

  /** Parts that are not whole yet. */
  missing(): Shard[] {
    const { parts: count } = this.plan;
    return Array.from({ length: count }, (_, index) => ({ index, count })).filter((shard) => !this.isDone(shard));
  }

  /** @throws UserError naming those that are missing */
  requireWhole(): void {
    const missing = this.missing();
    if (missing.length === 0) return;
    const first = missing.slice(0, 8).map(shardName).join(', ');
    const rest = missing.length > 8 ? ` and ${missing.length - 8} more` : '';
    throw new UserError(
      `${this.result} is not whole: ${missing.length} of ${this.plan.parts} shards are missing (${first}${rest}).`,
      `Run facenet ${this.plan.work} with --shard for each of them; what they have done so far is kept.`,
    );
  }

  /**
   * Makes the whole of the parts and removes them. Killed in between, it goes on where it was; of several processes that
   * try at once, one does it.
   * @param write writes the files of the whole into a folder, under the names that they get in the result
   * @returns false where another process has done it
   */
  async merge(write: (folder: string) => Promise<void>): Promise<boolean> {
    const shards = join(this.result, folderName);
    const merged = join(shards, mergedName);
    try {
      if (!existsSync(merged)) {
        const aside = `${merged}-${randomBytes(6).toString('hex')}`;
        await mkdir(aside);
        await write(aside);
        // The parts are removed when these are in place.
        for (const name of await readdir(aside)) await flush(join(aside, name));
        await writeFileAtomic(join(aside, sealName), '');
        await renamedFirst(aside, merged);
      }
      for (const name of (await readdir(merged)).filter((one) => one !== sealName))
        await renameOver(join(merged, name), join(this.result, name)).catch(unlessGone);
      const away = `${shards}-${randomBytes(6).toString('hex')}`;
      await rename(shards, away);
      await rm(away, { recursive: true, force: true, maxRetries: 3 });
      return true;
    } catch (error) {
      // Another process was quicker, and has put everything away.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !existsSync(shards)) return false;
      throw error;
    }
  }
}

/** Renames a folder that is not empty to a name that nobody has; false where somebody has it. */
async function renamedFirst(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Windows says EPERM for a folder that exists.
    if (['ENOTEMPTY', 'EEXIST'].includes(code ?? '') || (code === 'EPERM' && existsSync(to))) return false;
    throw error;
  }
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function unlessGone(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
