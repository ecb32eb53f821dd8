import { createHash } from 'node:crypto';
import { describe } from '../../network/describe';
import type { Network } from '../../network/network';
import type { Weights } from '../../network/tensor';
import type { InputRecipe } from '../../input/prepareImage';

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
