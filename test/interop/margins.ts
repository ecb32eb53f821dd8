// Heads with a margin, for comparison with their formulas in NumPy and TensorFlow: losses and gradients, and what of them
// is in a checkpoint and in its graph.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { writeCheckpointState } from '../../src/checkpoint/checkpointState';
import type { WritableTensor } from '../../src/checkpoint/tensorInfo';
import { writeCheckpoint } from '../../src/checkpoint/writeCheckpoint';
import { openWasm } from '../../src/engine/wasm/openWasm';
import { describe } from '../../src/network/describe';
import { metaGraph } from '../../src/network/graphdef/exportGraph';
import { networkByName } from '../../src/network/registry';
import type { HeadChoice } from '../../src/protocol/settings/headDefaults';
import { firstValue } from '../../src/train/heads/head';
import { openHead } from '../../src/train/heads/openHead';
import { regenerableTensor, regenerableWeights } from '../fixtures/regenerableWeights';

const sizes = { classes: 12, embeddingSize: 32 };
const plain = {
  ...{ prelogitsNormLossFactor: 0, prelogitsNormP: 1, centerLossFactor: 0, centerLossAlfa: 0.95 },
  ...{ alpha: 0.2, semiHard: false, peoplePerBatch: 45, imagesPerPerson: 40 },
};
const labels = Array.from({ length: 16 }, (_, i) => (5 * i) % sizes.classes);

/** Each head as its paper has it, then what else it can be told. */
const cases: (HeadChoice & { labelSmoothing?: number })[] = [
  { head: 'softmax', labelSmoothing: 0.1 },
  { head: 'cosface' },
  { head: 'arcface' },
  { head: 'combined' },
  { head: 'combined', marginM1: 1.7, marginM2: 0.4, marginM3: 0.1, marginScale: 16 },
  { head: 'adaface' },
  { head: 'adaface', adafaceH: 2, margin: 0.7, marginScale: 10 },
  { head: 'subcenter' },
  { head: 'arcface', interclassFilter: 0.15, labelSmoothing: 0.2, marginScale: 20 },
];

/** Prelogits of several lengths; the second image lies rather opposite to its person, beyond ArcFace's π. */
function prelogitsFor(weights: Float32Array, columns: number): Float32Array {
  const { data } = regenerableTensor('prelogits', [labels.length, sizes.embeddingSize]);
  const centers = columns / sizes.classes;
  return data.map((value, i) => {
    const [row, e] = [Math.floor(i / sizes.embeddingSize), i % sizes.embeddingSize];
    const opposite = -weights[e * columns + labels[1]! * centers]!;
    return row === 1 ? Math.fround(opposite + 1.6 * value) : Math.fround(value * (row + 1));
  });
}

async function writeGradients(path: string): Promise<void> {
  const tf = await openWasm();
  const results = [];
  for (const settings of cases) {
    const head = openHead({ ...plain, labelSmoothing: 0, ...settings }, sizes);
    const { variables } = describe(networkByName('squeezenet', { embeddingSize: sizes.embeddingSize }), {
      head: head.stages,
    });
    const own = regenerableWeights(variables.filter(({ stage }) => stage === head.stages[0]!.name));
    const names = [...own.keys()];
    const first = own.get(names[0]!)!;
    const prelogits = prelogitsFor(first.data, first.data.length / sizes.embeddingSize);
    // Lengths as they are here, so that AdaFace has an opinion.
    const statistics = [
      ['Margin/norm_mean', tf.scalar(4)],
      ['Margin/norm_std', tf.scalar(3)],
    ] as const;
    const loss = tf.valueAndGrads(
      (x, ...weights) =>
        head.loss(tf, {
          prelogits: x as Tensor2D,
          labels: tf.tensor1d(labels, 'int32'),
          variables: new Map<string, Tensor>([...names.map((name, i) => [name, weights[i]!] as const), ...statistics]),
          inputGradient: true,
        }).main,
    );
    const { value, grads } = loss([
      tf.tensor2d(prelogits, [labels.length, sizes.embeddingSize]),
      ...names.map((name) => tf.tensor(own.get(name)!.data, [...own.get(name)!.shape])),
    ]);
    const gradients: Record<string, number[]> = {};
    for (const [i, gradient] of grads.entries())
      gradients[i === 0 ? 'prelogits' : names[i - 1]!] = [...(await gradient.data())];
    results.push({
      settings: { labelSmoothing: 0, ...settings },
      values: {
        prelogits: { shape: [labels.length, sizes.embeddingSize], data: [...prelogits] },
        ...Object.fromEntries([...own].map(([name, { shape, data }]) => [name, { shape, data: [...data] }])),
      },
      loss: (await value.data())[0],
      gradients,
    });
  }
  await writeFile(path, JSON.stringify({ labels, lengths: { mean: 4, deviation: 3 }, results }));
}

/** A checkpoint with its graph, as a training with the head leaves them. */
async function writeModel(folder: string, head: 'adaface' | 'subcenter'): Promise<void> {
  const network = networkByName('squeezenet', { embeddingSize: sizes.embeddingSize });
  const { stages, ownVariables } = openHead({ ...plain, labelSmoothing: 0, head }, sizes);
  const tensors = new Map<string, WritableTensor>([
    ...regenerableWeights(describe(network, { head: stages }).variables),
    ...ownVariables.map((variable) => [variable.name, firstValue(variable)] as const),
  ]);
  tensors.set('global_step', { shape: [], data: BigInt64Array.of(7n) });
  await mkdir(folder, { recursive: true });
  await writeCheckpoint(join(folder, 'model-ours.ckpt-7'), tensors);
  await writeCheckpointState(folder, ['model-ours.ckpt-7']);
  await writeFile(join(folder, 'model-ours.meta'), metaGraph(network, { head: stages }).bytes);
}

/** `margins.json` and the folders of two models. */
export async function writeMargins(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeGradients(join(folder, 'margins.json'));
  for (const head of ['adaface', 'subcenter'] as const) await writeModel(join(folder, head), head);
}
