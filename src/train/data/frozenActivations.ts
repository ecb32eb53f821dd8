import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ForwardEngine } from '../../engine/forwardEngine';
import type { Network } from '../../network/network';
import type { Weights } from '../../network/tensor';
import { throwIfStopped } from '../../protocol/errors';
import { forEachBatch, type ForwardPassOptions } from '../../input/forwardPass';
import { inputLength, prepareImage, type ImageVariant, type InputRecipe } from '../../input/prepareImage';
import { ActivationStore, type RowReader } from './activationStore';
import { openFrozenStages, prefixKey, shapeBefore } from './prefix';
import { elementCount } from '../../network/tensor';

/** One look at one image. */
export interface Look {
  path: string;
  /** Hash of the file's content. */
  content: string;
  label: string;
  variant: ImageVariant;
}

/** Name of a look's activations in a store. */
export function lookId({ content, label }: Pick<Look, 'content' | 'label'>): string {
  return `${content}.${label}`;
}

/** Hashes the content of files, some at a time. @throws StoppedError once the signal is aborted */
export async function hashFiles(paths: readonly string[], signal?: AbortSignal): Promise<string[]> {
  const hashes: string[] = new Array<string>(paths.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < paths.length; index = next++) {
      throwIfStopped(signal);
      hashes[index] = createHash('sha256')
        .update(await readFile(paths[index]!))
        .digest('hex')
        .slice(0, 32);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return hashes;
}

/**
 * The activations that frozen stages give for images, computed once (plan §2). Those before the run's lowest trained
 * stage (`base`) come from the images; those before a later stage are computed from them where they are there.
 */
export class FrozenActivations {
  /**
   * @param engine computes the forward passes
   * @param cache folder of the run's cache; caches of the runs beside it are shared
   * @param base index of the lowest stage that any phase of the run trains
   */
  constructor(
    private readonly engine: ForwardEngine,
    private readonly network: Network,
    private readonly recipe: InputRecipe,
    private readonly cache: string,
    private readonly base: number,
  ) {}

  /**
   * Rows before stage `cut` for `looks`, in their order. `weights` of the stages before `cut` must not change while the
   * reader is used.
   */
  async rows(
    weights: Weights,
    cut: number,
    looks: readonly Look[],
    options: ForwardPassOptions & { memoryLimit: number },
  ): Promise<RowReader> {
    const ids = looks.map(lookId);
    const store = await this.open(weights, cut);
    const missing = [...new Map(looks.map((look) => [lookId(look), look])).values()].filter(
      (look) => !store.has(lookId(look)),
    );
    if (missing.length > 0) {
      const viaBase = this.base > 0 && this.base < cut;
      if (viaBase) await this.computeFromBase(store, weights, cut, missing, options);
      else await this.computeFromImages(store, weights, cut, missing, options);
      await store.flush();
    }
    return store.reader(ids, options.memoryLimit);
  }

  private async open(weights: Weights, cut: number): Promise<ActivationStore> {
    const key = prefixKey(this.network, weights, cut, this.recipe);
    const rowLength = elementCount(shapeBefore(this.network, cut, this.recipe.imageSize));
    return ActivationStore.open(join(this.cache, key), rowLength, await this.sameInOtherRuns(key));
  }

  /** Folders of the same key in the caches of the runs beside this one. */
  private async sameInOtherRuns(key: string): Promise<string[]> {
    const run = dirname(this.cache);
    const runs = await readdir(dirname(run)).catch((): string[] => []);
    return runs.map((name) => join(dirname(run), name, 'cache', key)).filter((path) => path !== join(this.cache, key));
  }

  private async computeFromImages(
    store: ActivationStore,
    weights: Weights,
    cut: number,
    looks: readonly Look[],
    options: ForwardPassOptions,
  ): Promise<void> {
    const { imageSize } = this.recipe;
    const stages = await openFrozenStages(this.engine, this.network, weights, { from: 0, to: cut, imageSize });
    const rowLength = inputLength(this.recipe);
    try {
      await forEachBatch(
        looks.length,
        rowLength,
        async (start, count, out) => {
          const batch = looks.slice(start, start + count);
          await Promise.all(
            batch.map(({ path, variant }, index) => prepareImage(path, this.recipe, variant, out, index * rowLength)),
          );
        },
        async (input, start, count) => {
          await store.append(looks.slice(start, start + count).map(lookId), await stages.run(input, count));
        },
        { batchSize: this.engine.batchSize, ...options },
      );
    } finally {
      // What is computed is kept also when the pass is stopped or an image turns out to be broken.
      await store.flush();
      await stages.dispose();
    }
  }

  private async computeFromBase(
    store: ActivationStore,
    weights: Weights,
    cut: number,
    looks: readonly Look[],
    options: ForwardPassOptions,
  ): Promise<void> {
    const { imageSize } = this.recipe;
    const source = await this.rows(weights, this.base, looks, { ...options, memoryLimit: 0 });
    const stages = await openFrozenStages(this.engine, this.network, weights, { from: this.base, to: cut, imageSize });
    try {
      await forEachBatch(
        looks.length,
        source.rowLength,
        async (start, count, out) =>
          source.read(
            Array.from({ length: count }, (_, index) => start + index),
            out,
          ),
        async (input, start, count) => {
          await store.append(looks.slice(start, start + count).map(lookId), await stages.run(input, count));
        },
        { batchSize: this.engine.batchSize, signal: options.signal },
      );
    } finally {
      await source.close();
      await stages.dispose();
    }
  }
}
