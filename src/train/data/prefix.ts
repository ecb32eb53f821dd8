import { createHash } from 'node:crypto';
import type { ForwardEngine } from '../../engine/forwardEngine';
import { describe } from '../../network/describe';
import type { Network } from '../../network/network';
import { elementCount, type Weights } from '../../network/tensor';
import type { InputRecipe } from '../../input/prepareImage';

/** Shape of one example [H, W, C] or [C] before stage `index`; `stages.length` gives that of the prelogits. */
export function shapeBefore(network: Network, index: number, imageSize: number): number[] {
  if (index === 0) return [imageSize, imageSize, network.inputChannels];
  return describe(network, { imageSize }).stages[index - 1]!.outputShape.map((size) => size!);
}

/** Frozen stages of a network, ready to run. */
export interface FrozenStages {
  /** Values of one example's input and output. */
  inputLength: number;
  outputLength: number;
  /** Runs on `count` examples, row-major; the result may be reused by the next call. */
  run(input: Float32Array, count: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Opens the stages `from` … `to` (excluded). @throws UserError as `ForwardEngine.open` */
export async function openFrozenStages(
  engine: ForwardEngine,
  network: Network,
  weights: Weights,
  options: { from: number; to: number; imageSize: number; output?: 'activation' | 'embeddings' },
): Promise<FrozenStages> {
  const { from, to, imageSize, output } = options;
  const inputShape = shapeBefore(network, from, imageSize);
  const session = await engine.open(network, weights, { from, to, inputShape, output });
  return {
    inputLength: elementCount(inputShape),
    outputLength: elementCount(shapeBefore(network, to, imageSize)),
    async run(input, count) {
      const [result] = await session.run(input, [count, ...inputShape]);
      return result!.data;
    },
    dispose: () => session.dispose(),
  };
}

/**
 * Names everything that the activations before stage `cut` depend on besides the image: the architecture up to there,
 * every weight of it, and the preparation of the image. Another value of any of it gives another key.
 */
export function prefixKey(network: Network, weights: Weights, cut: number, recipe: InputRecipe): string {
  const hash = createHash('sha256');
  const { stages } = describe(network, { imageSize: recipe.imageSize });
  hash.update(JSON.stringify(['activations', 1, network.name, recipe.imageSize, recipe.standardization]));
  for (const stage of stages.slice(0, cut)) {
    hash.update(JSON.stringify([stage.name, stage.outputShape]));
    for (const { name, shape } of stage.variables) {
      const { data } = weights.get(name)!;
      hash.update(JSON.stringify([name, shape]));
      hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  }
  return hash.digest('hex').slice(0, 32);
}
