import { writeHdf5, type Float32Dataset, type TextAttribute } from '../files/hdf5';
import { isHalved, roundedToHalf } from '../network/half';
import { type KerasLayer, kerasLayers } from '../network/keras/kerasLayers';
import type { Network } from '../network/network';
import { requireWeights, type Weights } from '../network/tensor';
import { UserError } from '../protocol/errors';

/** The layers of deepface's model. @throws UserError for another network than Inception-ResNet-v1 */
export function requireKerasLayers(network: Network): KerasLayer[] {
  const layers = kerasLayers(network);
  if (layers === undefined) {
    throw new UserError(
      `The Keras layout is that of deepface's Inception-ResNet-v1; this model is of ${network.name}.`,
      'Choose another format, e.g. onnx.',
    );
  }
  return layers;
}

/**
 * Writes the weights as Keras' `save_weights` writes an .h5 file of deepface's model: a group for each layer with
 * `weight_names` and the datasets `<layer>/<weight>:0`, the layers in `layer_names` in the order of the model, by which they are
 * read. The result of that model is the prelogits. Halves are written as the single-precision numbers that they are, compressed:
 * the HDF5 library that is used here writes no float16.
 * @throws UserError for another network than Inception-ResNet-v1, a weight that is missing or that a half cannot hold
 */
export async function writeKerasWeights(
  path: string,
  network: Network,
  weights: Weights,
  half: boolean,
): Promise<void> {
  const layers = requireKerasLayers(network);
  const stored = half ? roundedToHalf(weights) : weights;
  const datasets: Record<string, Float32Dataset> = {};
  const attributes: TextAttribute[] = [
    { at: '/', name: 'layer_names', text: layers.map(({ name }) => name) },
    { at: '/', name: 'backend', text: 'tensorflow' },
    { at: '/', name: 'keras_version', text: '2.2.4' },
  ];
  for (const { name, weights: own } of layers) {
    const names = own.map((weight) => `${name}/${weight.name}:0`);
    attributes.push({ at: name, name: 'weight_names', text: names });
    own.forEach(({ variable, shape }, index) => {
      const { data } = requireWeights(stored, variable, shape);
      datasets[`${name}/${names[index]!}`] = { shape, data, compressed: half && isHalved(shape) };
    });
  }
  await writeHdf5(path, datasets, attributes);
}
