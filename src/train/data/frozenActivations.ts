import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ForwardEngine } from '../../engine/forwardEngine';
import type { ForwardPassOptions } from '../../input/forwardPass';
import type { InputRecipe } from '../../input/prepareImage';
import { makeFolder } from '../../files/makeFolder';
import { patiently } from '../../files/patience';
import { imageRows, type RowSource } from '../../input/rows';
import { type Ranks, sliceOfRank } from '../../mpi/ranks';
import type { Network } from '../../network/network';
import { shapeBefore } from '../../network/stageShape';
import { elementCount, type Weights } from '../../network/tensor';
import { wholeNetwork, type EmbedderInput } from '../../recognize/embedder';
import { openNetworkPart, type NetworkPart } from '../../recognize/networkPart';
import { ActivationStore, type StoredRows } from './activationStore';
import { requireContent, type ImageContents } from './imageContent';
import { KeptLooks } from './keptLooks';
import { prefixKey } from './prefixKey';

export interface FrozenParts {
  /** Computes the forward passes. */
  engine: ForwardEngine;
  network: Network;
  recipe: InputRecipe;
  contents: ImageContents;
  /** Folder of the run's cache; caches of the runs beside it are shared. */
  cache: string;
  /** Index of the lowest stage that any phase of the run trains. */
  base: number;
  /** Bytes that the run's cache may grow to; what does not fit is computed whenever it is read. Default no bound. */
  mostBytes?: number | undefined;
  /** That fill the cache at the same time, each with rows of its own; default this one. */
  processes?: number | undefined;
  /** Each rank computes and keeps everything for itself: they share no folder. */
  perRank?: boolean | undefined;
  /** Told what is not kept, one sentence each time. */
  say?: (note: string) => void;
}

export interface ActivationOptions extends ForwardPassOptions {
  /** Each computes a part of what is missing, and all read what the others have computed: they share the folder. */
  ranks?: Ranks | undefined;
}

/**
 * The activations that frozen stages give for images, computed once (plan §2). Those before the run's lowest trained
 * stage (`base`) come from the images; those before a later stage are computed from them where they are there.
 */
export class FrozenActivations {
  constructor(private readonly parts: FrozenParts) {}

  /**
   * Rows before stage `cut` for `looks`, in their order; up to `memoryLimit` bytes are held in memory. `weights` of the
   * stages before `cut` must not change while they are used. What is computed from images is told to `onProgress`. The
   * numbers do not depend on which rows are kept.
   */
  async rows(
    weights: Weights,
    cut: number,
    looks: KeptLooks,
    { memoryLimit, ...options }: ActivationOptions & { memoryLimit: number },
  ): Promise<RowSource> {
    const store = await this.open(weights, cut);
    const found = await store.find(looks);
    const ranks = this.parts.perRank === true ? undefined : options.ranks;
    if (!(await isAnyMissing(found, ranks))) return found.reader(memoryLimit);
    const computation = await this.openComputation(weights, cut, looks, options);
    let stored: StoredRows;
    try {
      const room = await this.room(store.rowLength, ranks);
      await ranks?.meet(options.signal);
      const kept = found.missing.subarray(0, room);
      await computeInto(store, looks, partOf(kept, ranks), computation, options);
      await ranks?.meet(options.signal);
      stored = await findAll(store, looks, ranks === undefined ? Infinity : found.missing.length - kept.length);
    } catch (error) {
      await computation.close();
      throw error;
    }
    if (stored.missing.length === 0) {
      await computation.close();
      return stored.reader(memoryLimit);
    }
    this.parts.say?.(
      `The activations of ${stored.missing.length} of ${looks.length} looks at images have no room in ` +
        `${this.parts.cache}; they are computed whenever they are needed. A larger activation_cache_gb keeps more.`,
    );
    return stored.reader(memoryLimit, computedRows(computation));
  }

  /** Where evaluations in training take up the network: behind what is frozen in all phases, so that it is computed once. */
  embedderInput(weights: Weights): EmbedderInput {
    const { base, recipe, contents } = this.parts;
    if (base === 0) return wholeNetwork(recipe);
    return {
      stage: base,
      rows: async (images, { flip }, options) => {
        const looks = KeptLooks.plain(images, await contents.of(images, options.signal), flip);
        return this.rows(weights, base, looks, { ...options, memoryLimit: 0 });
      },
    };
  }

  private async open(weights: Weights, cut: number): Promise<ActivationStore> {
    const { network, recipe, cache } = this.parts;
    const key = prefixKey(network, weights, cut, recipe);
    const rowLength = elementCount(shapeBefore(network, cut, recipe.imageSize));
    return patiently(dirname(cache), async () => {
      await makeFolder(cache);
      return ActivationStore.open(join(cache, key), rowLength, await this.sameInOtherRuns(key));
    });
  }

  /** Folders of the same key in the caches of the runs beside this one. */
  private async sameInOtherRuns(key: string): Promise<string[]> {
    const { cache } = this.parts;
    const run = dirname(cache);
    const runs = await readdir(dirname(run)).catch((): string[] => []);
    return runs.map((name) => join(dirname(run), name, 'cache', key)).filter((path) => path !== join(cache, key));
  }

  /**
   * Rows of this length that the cache has room for; segments that are shared with other runs count as well.
   * @param ranks that agree on which rows are kept; without them each process takes its share of the room
   */
  private async room(rowLength: number, ranks: Ranks | undefined): Promise<number> {
    const { cache, mostBytes, processes = 1 } = this.parts;
    if (mostBytes === undefined) return Infinity;
    const files = (await readdir(cache, { recursive: true })).filter((name) => name.endsWith('.f32'));
    let bytes = 0;
    for (const file of files) bytes += (await stat(join(cache, file))).size;
    return Math.max(0, Math.floor((mostBytes - bytes) / (4 * rowLength * (ranks === undefined ? processes : 1))));
  }

  /** What the rows before stage `cut` are computed from, those before `base` where they come first, and by which stages. */
  private async openComputation(
    weights: Weights,
    cut: number,
    looks: KeptLooks,
    options: ActivationOptions,
  ): Promise<Computation> {
    const { base, engine, network, recipe } = this.parts;
    const fromImages = base === 0 || base >= cut;
    const source = fromImages
      ? imageRows(
          (row) => looks.at(row),
          recipe,
          (bytes, row) => requireContent(looks.at(row).path, looks.contentOf(row), bytes),
        )
      : await this.rows(weights, base, looks, { ...options, memoryLimit: 0 });
    const { imageSize } = recipe;
    const part = await openNetworkPart(engine, network, weights, { from: fromImages ? 0 : base, to: cut, imageSize });
    const close = async (): Promise<void> => {
      await source.close();
      await part.dispose();
    };
    return { source, part, fromImages, close };
  }
}

/** Milliseconds in which a network drive is to show what others have written to it. */
const shownMilliseconds = 60_000;

/** What a store has once no more than so many looks are missing, as far as a shared disk shows that in time. */
async function findAll(store: ActivationStore, looks: KeptLooks, missing: number): Promise<StoredRows> {
  for (const began = performance.now(); ; await sleep(500)) {
    const stored = await store.find(looks);
    if (stored.missing.length <= missing || performance.now() - began > shownMilliseconds) return stored;
  }
}

/** Whether there is something to compute, on one of the ranks at least: then all of them come to the same meetings. */
async function isAnyMissing({ missing }: Pick<StoredRows, 'missing'>, ranks: Ranks | undefined): Promise<boolean> {
  if (ranks === undefined) return missing.length > 0;
  const lacking = Float32Array.of(missing.length > 0 ? 1 : 0);
  await ranks.sum(lacking);
  return lacking[0]! > 0;
}

function partOf(rows: Uint32Array, ranks: Ranks | undefined): Uint32Array {
  if (ranks === undefined) return rows;
  const { start, end } = sliceOfRank(rows.length, ranks);
  return rows.subarray(start, end);
}

interface Computation {
  source: RowSource;
  part: NetworkPart;
  fromImages: boolean;
  close: () => Promise<void>;
}

/** Fills a store with the rows of some of its looks; what is computed is kept also when that is stopped. */
async function computeInto(
  store: ActivationStore,
  looks: KeptLooks,
  rows: Uint32Array,
  { source, part, fromImages }: Computation,
  options: ForwardPassOptions,
): Promise<void> {
  if (rows.length === 0) return;
  const take = async (results: Float32Array, start: number, count: number): Promise<void> => {
    const ids = Array.from(rows.subarray(start, start + count), (row) => looks.id(row));
    await store.append(ids, results);
  };
  try {
    await part.run(someRows(source, rows), rows.length, take, fromImages ? options : { signal: options.signal });
  } finally {
    await store.flush();
  }
}

/** Some rows of a source, which stays open. */
function someRows(source: RowSource, rows: Uint32Array): RowSource {
  return {
    rowLength: source.rowLength,
    read: async (indices, out) =>
      source.read(
        Uint32Array.from(indices, (index) => rows[index]!),
        out,
      ),
    close: async () => undefined,
  };
}

/** Rows that are computed whenever they are read, one reading after another. */
function computedRows({ source, part, close }: Computation): RowSource {
  const { outputLength } = part;
  let turn: Promise<void> = Promise.resolve();
  const compute = async (rows: Uint32Array, out: Float32Array): Promise<void> => {
    await part.run(someRows(source, rows), rows.length, (results, start) => out.set(results, start * outputLength));
  };
  return {
    rowLength: outputLength,
    async read(indices, out) {
      const rows = Uint32Array.from(indices);
      const reading = turn.then(async () => compute(rows, out));
      turn = reading.catch(() => undefined);
      return reading;
    },
    async close() {
      await turn;
      await close();
    },
  };
}
