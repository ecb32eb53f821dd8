import type { Network } from '../network';
import { KerasOps, type Layer } from './kerasOps';
import { layerOrder } from './layerOrder';

/** A layer of a Keras model that has weights. */
export interface KerasLayer {
  name: string;
  /** In Keras' order; `name` is that of Keras, e.g. `kernel`, `variable` ours. */
  weights: Layer['weights'];
}

/**
 * The name that deepface's Inception-ResNet-v1 gives the layer of these scopes: parts joined with underscores, blocks counted
 * in their names, the last Block8 as the sixth. In its blocks 17 and 8 the second branch carries the number of the block
 * (`Block17_3_Branch_3_…`), but for the sixth Block8.
 */
function deepfaceName(path: string): string {
  return path
    .replace(/^InceptionResnetV1\//, '')
    .replace(/^Repeat(?:_\d)?\/block(\d+)_(\d+)\//, 'Block$1_$2/')
    .replace(/^(Block(?:17|8)_(\d+))\/Branch_1\//, '$1/Branch_$2/')
    .replace(/^Block8\//, 'Block8_6/')
    .replaceAll('/', '_');
}

/**
 * The layers with weights of deepface's Facenet and Facenet512 models, in the order in which Keras keeps them. Undefined for
 * a network that deepface has no Keras model of.
 */
export function kerasLayers(network: Network): KerasLayer[] | undefined {
  if (network.name !== 'inception_resnet_v1') return undefined;
  const { imageSize } = network.recipe;
  const image: Layer = { shape: [imageSize, imageSize, network.inputChannels], inputs: [], weights: [] };
  const o = new KerasOps();
  const prelogits = network.stages.reduce((x, stage) => stage.build(o, x), image);
  return layerOrder(prelogits).flatMap(({ path, weights }) =>
    path === undefined ? [] : [{ name: deepfaceName(path), weights }],
  );
}
