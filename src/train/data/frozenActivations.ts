import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ForwardEngine } from '../../engine/forwardEngine';
import type { ForwardPassOptions } from '../../input/forwardPass';
import type { InputRecipe } from '../../input/prepareImage';
import { imageRows, type Look, type RowSource } from '../../input/rows';
import type { Network } from '../../network/network';
import { shapeBefore } from '../../network/stageShape';
import { elementCount, type Weights } from '../../network/tensor';
import { wholeNetwork, type EmbedderInput } from '../../recognize/embedder';
import { openNetworkPart } from '../../recognize/networkPart';
import { ActivationStore } from './activationStore';
import { requireContent, type ImageContents } from './imageContent';
import { prefixKey } from './prefixKey';
import { plainLabel } from './variants';

/** A look whose activations are kept: its content's hash and the name of its variant. */
export interface KeptLook extends Look {
  content: string;
  label: string;
}

/** Name of a look's activations in a store. */
function lookId({ content, label }: Pick<KeptLook, 'content' | 'label'>): string {
  return `${content}.${label}`;
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
    private readonly contents: ImageContents,
    private readonly cache: string,
    private readonly base: number,
  ) {}

  /**
   * Rows before stage `cut` for `looks`, in their order; up to `memoryLimit` bytes are held in memory. `weights` of the
   * stages before `cut` must not change while they are used. What is computed from images is told to `onProgress`.
   */
  async rows(
    weights: Weights,
    cut: number,
    looks: readonly KeptLook[],
    { memoryLimit, ...options }: ForwardPassOptions & { memoryLimit: number },
  ): Promise<RowSource> {
    const store = await this.open(weights, cut);
    const missing = [...new Map(looks.map((look) => [lookId(look), look])).values()].filter(
      (look) => !store.has(lookId(look)),
    );
    if (missing.length > 0) await this.compute(store, weights, cut, missing, options);
    return store.reader(looks.map(lookId), memoryLimit);
  }

  /** Where evaluations in training take up the network: behind what is frozen in all phases, so that it is computed once. */
  embedderInput(weights: Weights): EmbedderInput {
    if (this.base === 0) return wholeNetwork(this.recipe);
    return {
      stage: this.base,
      rows: async (looks, options) => {
        const paths = looks.map(({ path }) => path);
        const contents = await this.contents.of(paths, options.signal);
        const kept = looks.map((look, index) => ({
          ...look,
          content: contents[index]!,
          label: plainLabel(look.variant.flip),
        }));
        return this.rows(weights, this.base, kept, { ...options, memoryLimit: 0 });
      },
    };
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

  /** Fills the store with the rows before stage `cut`: from those before `base` where they come first, else from images. */
  private async compute(
    store: ActivationStore,
    weights: Weights,
    cut: number,
    looks: readonly KeptLook[],
    options: ForwardPassOptions,
  ): Promise<void> {
    const { base, engine, network, recipe } = this;
    const viaBase = base > 0 && base < cut;
    const source = viaBase
      ? await this.rows(weights, base, looks, { ...options, memoryLimit: 0 })
      : imageRows(looks, recipe, (bytes, look) => requireContent(looks[look]!, bytes));
    const { imageSize } = recipe;
    const part = await openNetworkPart(engine, network, weights, { from: viaBase ? base : 0, to: cut, imageSize });
    const take = async (rows: Float32Array, start: number, count: number): Promise<void> =>
      store.append(looks.slice(start, start + count).map(lookId), rows);
    try {
      await part.run(source, looks.length, take, viaBase ? { signal: options.signal } : options);
    } finally {
      // What is computed is kept also when the pass is stopped or an image turns out to be broken.
      await store.flush();
      await source.close();
      await part.dispose();
    }
  }
}
