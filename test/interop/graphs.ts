// Frozen graphs and metagraphs for TensorFlow, each with an input and what ONNX Runtime makes of it.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeCheckpointState } from '../../src/checkpoint/checkpointState';
import { openModel } from '../../src/checkpoint/model';
import { readNpy, toFloat64, writeNpy } from '../../src/checkpoint/npy';
import type { WritableTensor } from '../../src/checkpoint/tensorInfo';
import { writeCheckpoint } from '../../src/checkpoint/writeCheckpoint';
import { openOnnxSession } from '../../src/engine/onnx';
import { logitsStage } from '../../src/network/classifiers';
import { describe, describeChain } from '../../src/network/describe';
import { freezeGraph, metaGraph } from '../../src/network/graphdef/exportGraph';
import { encodeGraph } from '../../src/network/graphdef/schema';
import { exportOnnx, type OnnxExportOptions } from '../../src/network/onnx/exportOnnx';
import type { Chain } from '../../src/network/ops';
import { networkByName } from '../../src/network/registry';
import type { Weights } from '../../src/network/tensor';
import { frozenChain } from '../fixtures/frozenChain';
import { regenerableWeights } from '../fixtures/regenerableWeights';
import { words, wordChain, wordInput } from '../fixtures/vocabulary';
import { writeExports } from './exports';

/** Our result for `input`, [N, …], as `<folder>/input.npy` and `<folder>/expected.npy`. */
async function writeExpected(
  folder: string,
  chain: Chain,
  weights: Weights,
  input: { data: Float32Array; shape: readonly [number, number, number, number] },
  options: OnnxExportOptions,
): Promise<void> {
  const { data, shape } = input;
  await writeNpy(join(folder, 'input.npy'), { shape: [...shape], data });
  const inputShape = shape.slice(1);
  const session = await openOnnxSession(exportOnnx(chain, weights, { ...options, inputShape }), { threads: 2 });
  const [result] = await session.run(data, shape);
  await session.dispose();
  await writeNpy(join(folder, 'expected.npy'), { shape: [...result!.shape], data: result!.data });
}

async function writeNetwork(folder: string, name: string, embeddingSize: number): Promise<void> {
  const network = networkByName(name, { embeddingSize });
  const classes = 5;
  const weights = regenerableWeights(describe(network, { classes }).variables);
  const models = join(folder, 'models');
  await mkdir(models, { recursive: true });
  await writeFile(join(folder, 'frozen.pb'), freezeGraph(network, weights).bytes);
  await writeFile(join(models, 'model-ours.meta'), metaGraph(network, { head: [logitsStage(classes)] }).bytes);
  const tensors = new Map<string, WritableTensor>(weights);
  tensors.set('global_step', { shape: [], data: BigInt64Array.of(7n) });
  await writeCheckpoint(join(models, 'model-ours.ckpt-7'), tensors);
  await writeCheckpointState(models, ['model-ours.ckpt-7']);
  if (exported.includes(basename(folder))) await writeExports(join(folder, 'exports'), network, weights);
  const { imageSize } = network.recipe;
  const shape = [2, imageSize, imageSize, 3] as const;
  const data = Float32Array.from({ length: 2 * imageSize ** 2 * 3 }, (_, i) => Math.sin(i * 1.7 + (i % 613) ** 2));
  await writeExpected(folder, network, weights, { data, shape }, { output: 'embeddings' });
}

/** Folder, architecture, embedding size: both sizes that the reference's models come in, and the other architectures. */
const networks: readonly [name: string, network: string, embeddingSize: number][] = [
  ['inception_resnet_v1', 'inception_resnet_v1', 512],
  ['inception_resnet_v1_128', 'inception_resnet_v1', 128],
  ['inception_resnet_v2', 'inception_resnet_v2', 512],
  ['squeezenet', 'squeezenet', 128],
  ['dlib_resnet', 'dlib_resnet', 128],
];

/** Those that are written in every format. */
const exported: readonly string[] = ['inception_resnet_v1', 'squeezenet'];

/** Every word of the vocabulary as `words/<n>` and the networks as `<name>`, with the list of the words. */
export async function writeGraphs(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [index, word] of Object.values(words).entries()) {
    const place = join(folder, 'words', String(index));
    await mkdir(place, { recursive: true });
    const chain = wordChain(word);
    const shape = wordInput.shape;
    const weights = regenerableWeights(describeChain(chain, shape.slice(1)).variables);
    await writeFile(join(place, 'frozen.pb'), encodeGraph(frozenChain(chain, weights, shape.slice(1))));
    await writeExpected(place, chain, weights, wordInput, {});
  }
  await writeFile(join(folder, 'words.json'), JSON.stringify(Object.keys(words)));
  for (const [name, network, embeddingSize] of networks) await writeNetwork(join(folder, name), network, embeddingSize);
  await writeFile(join(folder, 'networks.json'), JSON.stringify(networks));
}

/** What we make of the networks that TensorFlow has frozen: `<name>.pb` with `<name>.input.npy` and `<name>.expected.npy`. */
export async function readFrozenNetworks(folder: string): Promise<unknown> {
  const found: [string, unknown][] = [];
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.pb'))) {
    const stem = join(folder, file.slice(0, -'.pb'.length));
    const model = await openModel(`${stem}.pb`);
    const { network: name, embeddingSize } = model;
    const network = networkByName(name!, { embeddingSize });
    const weights = await model.readAll(describe(network).variables.map((variable) => variable.name));
    const input = await readNpy(`${stem}.input.npy`);
    const expected = toFloat64(await readNpy(`${stem}.expected.npy`));
    const inputShape = input.shape.slice(1);
    const session = await openOnnxSession(exportOnnx(network, weights, { output: 'embeddings', inputShape }));
    const [result] = await session.run(Float32Array.from(toFloat64(input)), input.shape);
    await session.dispose();
    const difference = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - result!.data[i]!)), 0);
    found.push([file.slice(0, -'.pb'.length), { network: name, embeddingSize, difference }]);
  }
  return Object.fromEntries(found);
}
