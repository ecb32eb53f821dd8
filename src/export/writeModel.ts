// A network with its weights in a format of other programs.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../files/atomicFile';
import { requireFree } from '../files/requireFree';
import { freezeGraph, frozenNodes } from '../network/graphdef/exportGraph';
import { graphModel } from '../network/graphdef/graphModel';
import type { Network } from '../network/network';
import { exportOnnx } from '../network/onnx/exportOnnx';
import type { Weights } from '../network/tensor';
import { type ExportFormat, exportExtensions } from '../protocol/exportFormat';
import { shard, shardNames, writeTogether } from './graphModelFiles';
import { writeKerasWeights } from './kerasWeights';
import { encodeSafetensors } from './safetensors';

/** `embeddings`: each row of length 1; `prelogits`: what the network ends with. */
export type ExportedOutput = 'embeddings' | 'prelogits';

export interface WriteOptions {
  format: ExportFormat;
  /** The file; of TensorFlow.js the folder. */
  path: string;
  imageSize: number;
  /** Of the graph; files of weights alone have none. */
  output: ExportedOutput;
  /** Kernels and matrices in half precision. */
  half: boolean;
  /** What the file says of itself where its format has a place for it. */
  metadata: Readonly<Record<string, string>>;
  /** Files that are there may be replaced. */
  force: boolean;
}

/** The model as ONNX: `input` [N, S, S, C] to one output that is named as `output` says. */
export function onnxModel(
  network: Network,
  weights: Weights,
  { imageSize, output, half, metadata }: Pick<WriteOptions, 'imageSize' | 'output' | 'half' | 'metadata'>,
): Uint8Array {
  return exportOnnx(network, weights, {
    inputShape: [imageSize, imageSize, network.inputChannels],
    output: output === 'embeddings' ? 'embeddings' : 'activation',
    outputName: output,
    ...{ half, metadata },
  });
}

/** The file of a model's folder that says what the others are. */
const graphModelFile = 'model.json';

/** Where the first file of an export will stand; what may not be replaced is found before anything is computed. */
export async function requireFreeTarget({
  format,
  path,
  force,
}: Pick<WriteOptions, 'format' | 'path' | 'force'>): Promise<void> {
  if (format === 'tfjs') await requireFree(join(path, graphModelFile), force, graphModelFile);
  else await requireFree(path, force, `model${exportExtensions[format]}`);
}

/**
 * Writes a model, aside and then renamed; folders are made where they are missing. Resolves to the files.
 * @throws UserError where a file is there that may not be replaced, a weight is missing, or the format cannot hold the model
 */
export async function writeModel(network: Network, weights: Weights, options: WriteOptions): Promise<string[]> {
  const { format, path, half, metadata } = options;
  await requireFreeTarget(options);
  await mkdir(format === 'tfjs' ? path : dirname(path), { recursive: true });
  switch (format) {
    case 'onnx':
      await writeFileAtomic(path, onnxModel(network, weights, options));
      return [path];
    case 'pb':
      await writeFileAtomic(path, freezeGraph(network, weights, options).bytes);
      return [path];
    case 'safetensors':
      await writeFileAtomic(path, encodeSafetensors(weights, metadata, half));
      return [path];
    case 'keras':
      await writeKerasWeights(path, network, weights, half);
      return [path];
    case 'tfjs':
      return writeGraphModel(network, weights, options);
  }
}

async function writeGraphModel(network: Network, weights: Weights, options: WriteOptions): Promise<string[]> {
  const { path, imageSize, output, half, metadata, force } = options;
  const { bytes, json } = graphModel(frozenNodes(network, weights, { imageSize, output }), {
    input: { name: 'input', shape: [imageSize, imageSize, network.inputChannels] },
    output: { name: output, shape: [network.embeddingSize] },
    ...{ half, metadata },
  });
  const shards = shardNames(bytes.length);
  for (const name of shards) await requireFree(join(path, name), force, name);
  const files = [
    ...shards.map((name, index) => ({ path: join(path, name), data: shard(bytes, index) })),
    { path: join(path, graphModelFile), data: json(shards) },
  ];
  await writeTogether(files);
  return files.map((file) => file.path);
}
