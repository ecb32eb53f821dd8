import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readCheckpointState, writeCheckpointState } from '../../checkpoint/checkpointState';
import type { WritableTensor } from '../../checkpoint/tensorInfo';
import { writeCheckpoint } from '../../checkpoint/writeCheckpoint';
import { writeFileAtomic } from '../../files/atomicFile';
import { linkOrCopy } from '../../files/linkOrCopy';
import { makeFolder } from '../../files/makeFolder';
import { clearStrayFiles } from '../../files/strayFiles';

/** A run's checkpoints: the last few, and the best one kept apart in `best/`. */
export class Checkpoints {
  private held: string | undefined;

  private constructor(
    readonly directory: string,
    /** `model-<run>`: the beginning of all file names. */
    private readonly name: string,
    private readonly keep: number,
    /** Base names, oldest first. */
    private kept: string[],
    /** Content of `<name>.meta`. */
    private readonly metaGraph: Uint8Array,
  ) {}

  /**
   * Opens the folder, made where it is missing; checkpoints of the same run that are there count as kept.
   * @param metaGraph the graph that the checkpoints belong to, written once beside them (spec §6.9)
   * @param damaged base names of those that do not count and are let be, so that none that is whole goes for their sake
   */
  static async open(
    directory: string,
    name: string,
    keep: number,
    metaGraph: Uint8Array,
    damaged: readonly string[] = [],
  ): Promise<Checkpoints> {
    await mkdir(directory, { recursive: true });
    for (const folder of [directory, join(directory, 'best')]) await clearStrayFiles(folder);
    const present = new Set(await readdir(directory));
    const state = await readCheckpointState(directory);
    const bases = (state?.all ?? []).map((prefix) => basename(prefix));
    const kept = bases.filter(
      (base) => base.startsWith(`${name}.ckpt-`) && present.has(`${base}.index`) && !damaged.includes(base),
    );
    return new Checkpoints(directory, name, keep, kept, metaGraph);
  }

  /** Prefix of the checkpoint of a step. */
  prefix(step: number): string {
    return join(this.directory, `${this.name}.ckpt-${step}`);
  }

  /** Has the checkpoint of this step stay beside the last few, in place of the one that was held before; of none without a step. */
  hold(step: number | undefined): void {
    this.held = step === undefined ? undefined : basename(this.prefix(step));
  }

  /**
   * Writes the checkpoint of a step, then lets go of those that are too many.
   * @returns its prefix, and how long writing the graph took where it was missing
   */
  async save(
    step: number,
    tensors: ReadonlyMap<string, WritableTensor>,
  ): Promise<{ prefix: string; metaGraphSeconds?: number }> {
    const prefix = this.prefix(step);
    const base = basename(prefix);
    await writeCheckpoint(prefix, tensors);
    const metaGraphSeconds = await this.writeMetaGraph(this.directory);
    const present = [...this.kept.filter((other) => other !== base), base];
    const passing = present.filter((other) => other !== this.held);
    const dropped = passing.slice(0, Math.max(0, passing.length - this.keep));
    const kept = present.filter((other) => !dropped.includes(other));
    // The list first: it must not name what is gone.
    await writeCheckpointState(this.directory, kept);
    this.kept = kept;
    for (const old of dropped) await removeCheckpoint(this.directory, old);
    return { prefix, metaGraphSeconds };
  }

  /**
   * Keeps the checkpoint of a step as the best so far, in `best/` with its own `checkpoint` file; the one before goes.
   * @param record what belongs to it, e.g. the image treatment, written beside it as run.json
   * @returns its prefix there
   */
  async keepBest(step: number, record: object): Promise<string> {
    const base = basename(this.prefix(step));
    const best = join(this.directory, 'best');
    await makeFolder(best);
    const before = (await readdir(best)).flatMap((file) => /^(.*)\.index$/.exec(file)?.[1] ?? []);
    // The index last, so that it never stands without its data. Both names share it where the file system allows.
    for (const file of byIndex(await readdir(this.directory), base).reverse()) {
      await linkOrCopy(join(this.directory, file), join(best, file));
    }
    await this.writeMetaGraph(best);
    await writeFileAtomic(join(best, 'run.json'), `${JSON.stringify(record, undefined, 2)}\n`);
    await writeCheckpointState(best, [base]);
    for (const old of before) if (old !== base) await removeCheckpoint(best, old);
    return join(best, base);
  }

  /** Seconds that it took; undefined where the graph is there already. */
  private async writeMetaGraph(directory: string): Promise<number | undefined> {
    const file = `${this.name}.meta`;
    if ((await readdir(directory)).includes(file)) return undefined;
    const started = performance.now();
    await writeFileAtomic(join(directory, file), this.metaGraph);
    return (performance.now() - started) / 1000;
  }
}

async function removeCheckpoint(directory: string, base: string): Promise<void> {
  for (const file of byIndex(await readdir(directory), base)) await rm(join(directory, file), { force: true });
}

/** Files of a checkpoint, the index first: without it a checkpoint is not there, while an index without data is a damaged one. */
function byIndex(names: readonly string[], base: string): string[] {
  const files = names.filter((name) => name.startsWith(`${base}.`));
  return files.sort((a, b) => Number(b.endsWith('.index')) - Number(a.endsWith('.index')));
}
