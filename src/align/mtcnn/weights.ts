import { join } from 'node:path';
import { readNpyDictionary } from '../../checkpoint/npyDictionary';
import { describeChain } from '../../network/describe';
import type { Tensor, Weights } from '../../network/tensor';
import { UserError } from '../../protocol/errors';
import { onet, pnet, rnet, widened } from './networks';

/** The three networks, the edges of their inputs, and the files of the facenet repository that hold their weights. */
const networks = {
  pnet: { file: 'det1.npy', chain: pnet, edge: 12 },
  rnet: { file: 'det2.npy', chain: rnet, edge: 24 },
  onet: { file: 'det3.npy', chain: onet, edge: 48 },
} as const;

/** Variables whose shape in the files is another one than in the networks here: two are joined, some are widened. */
const shapesInFiles: Readonly<Record<string, readonly number[] | undefined>> = {
  'pnet/conv4/weights': undefined,
  'pnet/conv4/biases': undefined,
  'pnet/conv4-1/weights': [1, 1, 32, 2],
  'pnet/conv4-1/biases': [2],
  'pnet/conv4-2/weights': [1, 1, 32, 4],
  'pnet/conv4-2/biases': [4],
  'rnet/conv1/weights': [3, 3, 3, 28],
  'rnet/conv1/biases': [28],
  'rnet/prelu1/alpha': [28],
  'rnet/conv2/weights': [3, 3, 28, 48],
};

/** Rows, columns and channels that the flattened layer sees. */
const flattened = { 'rnet/conv4': [3, 3, 64], 'onet/conv5': [3, 3, 128] } as const;

/**
 * Weights of all three networks under `pnet/…`, `rnet/…`, `onet/…`, for images in their usual order of rows before
 * columns: the reference feeds transposed images, so here every kernel is transposed instead (spec §2.6).
 * @throws UserError when a file is missing or not what it should be.
 */
export async function readMtcnnWeights(folder: string): Promise<Weights> {
  const weights = new Map<string, Tensor>();
  for (const [scope, { file }] of Object.entries(networks)) {
    const path = join(folder, file);
    const found = await readNpyDictionary(path);
    for (const [name, shape] of variablesOf(scope as keyof typeof networks)) {
      weights.set(name, required(path, found, name.slice(scope.length + 1), shape));
    }
  }
  const upright = new Map([...weights].map(([name, tensor]) => [name, uprightTensor(name, tensor)]));
  widen(upright, 'rnet/conv1', 'rnet/prelu1', 'rnet/conv2');
  upright.set('pnet/conv4/weights', joinFilters(upright, 'weights'));
  upright.set('pnet/conv4/biases', joinFilters(upright, 'biases'));
  return upright;
}

/** Names and shapes of a network's variables as its file has them. */
function variablesOf(scope: keyof typeof networks): [name: string, shape: readonly number[]][] {
  const { chain, edge } = networks[scope];
  const described = describeChain(chain, [edge, edge, chain.inputChannels]).variables;
  const shapes = new Map<string, readonly number[] | undefined>([
    ...described.map(({ name, shape }) => [name, shape] as const),
    ...Object.entries(shapesInFiles).filter(([name]) => name.startsWith(`${scope}/`)),
  ]);
  return [...shapes].flatMap(([name, shape]) => (shape === undefined ? [] : [[name, shape]]));
}

function required(path: string, found: Weights, name: string, shape: readonly number[]): Tensor {
  const tensor = found.get(name);
  if (tensor?.shape.join() === shape.join()) return tensor;
  const what =
    tensor === undefined
      ? `${path} has no ${name}`
      : `${name} in ${path} has the shape [${tensor.shape.join(', ')}], not [${shape.join(', ')}]`;
  throw new UserError(`${what}: these are not MTCNN's weights.`, 'Download or copy the file again.');
}

function uprightTensor(name: string, tensor: Tensor): Tensor {
  if (!name.endsWith('/weights')) return tensor;
  if (tensor.shape.length === 4) {
    const [width, height, inputs, outputs] = tensor.shape as [number, number, number, number];
    return { shape: [height, width, inputs, outputs], data: swapAxes(tensor.data, width, height, inputs * outputs) };
  }
  const layer = name.slice(0, -'/weights'.length);
  if (!(layer in flattened)) return tensor;
  const [width, height, channels] = flattened[layer as keyof typeof flattened];
  return { shape: tensor.shape, data: swapAxes(tensor.data, width, height, channels * tensor.shape[1]!) };
}

/** [first, second, inner] → [second, first, inner]. */
function swapAxes(data: Float32Array, first: number, second: number, inner: number): Float32Array {
  const swapped = new Float32Array(data.length);
  for (let a = 0; a < first; a++) {
    for (let b = 0; b < second; b++) {
      const from = (a * second + b) * inner;
      swapped.set(data.subarray(from, from + inner), (b * first + a) * inner);
    }
  }
  return swapped;
}

/** Adds filters of zeros to a convolution, and what takes them in the layers behind it (see `widened`). */
function widen(weights: Map<string, Tensor>, layer: string, prelu: string, next: string): void {
  const grown = (name: string, axis: number): void => {
    const { shape, data } = weights.get(name)!;
    const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
    const [from, to] = [shape[axis]! * inner, widened(shape[axis]!) * inner];
    const filled = new Float32Array((data.length / from) * to);
    for (let row = 0; row * from < data.length; row++)
      filled.set(data.subarray(row * from, (row + 1) * from), row * to);
    weights.set(name, { shape: shape.with(axis, widened(shape[axis]!)), data: filled });
  };
  grown(`${layer}/weights`, 3);
  grown(`${layer}/biases`, 0);
  grown(`${prelu}/alpha`, 0);
  grown(`${next}/weights`, 2);
}

/** The filters of conv4-1 and conv4-2 side by side. */
function joinFilters(weights: Weights, role: 'weights' | 'biases'): Tensor {
  const [logits, regression] = [weights.get(`pnet/conv4-1/${role}`)!, weights.get(`pnet/conv4-2/${role}`)!];
  const inputs = role === 'weights' ? 32 : 1;
  const data = new Float32Array(inputs * 6);
  for (let input = 0; input < inputs; input++) {
    data.set(logits.data.subarray(input * 2, input * 2 + 2), input * 6);
    data.set(regression.data.subarray(input * 4, input * 4 + 4), input * 6 + 2);
  }
  return { shape: role === 'weights' ? [1, 1, 32, 6] : [6], data };
}
