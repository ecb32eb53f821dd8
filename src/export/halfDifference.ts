// What half precision does to a model, measured.
import type { Model } from '../checkpoint/model';
import { Samples } from '../dataset/samples';
import { scanDataset } from '../dataset/scan';
import { onnxForward, type ForwardEngine } from '../engine/forwardEngine';
import { openOnnxSession } from '../engine/onnx';
import { roundedToHalf } from '../network/half';
import type { Network } from '../network/network';
import type { Weights } from '../network/tensor';
import type { ExportFormat } from '../protocol/exportFormat';
import type { Recipe } from '../protocol/recipe';
import type { LfwConfig } from '../protocol/trainConfig';
import { createEmbedder, type Embedder, type EmbedOptions } from '../recognize/embedder';
import { readLfwPairs, validateOnPairs } from '../recognize/validateOnPairs';
import { onnxModel } from './writeModel';

export interface HalfDifference {
  images: number;
  /** Folder of the faces; absent where noise was embedded, for want of faces. */
  folder?: string;
  /** Cosine of each image's two embeddings: the mean, and the lowest. */
  cosine: { mean: number; lowest: number };
  /** Accuracy of either on the same pairs, mean of the folds in 0 … 1. */
  lfw?: { pairs: number; single: number; half: number };
}

/** More faces say nothing more. */
const mostFaces = 200;
const noiseImages = 16;

/** An engine that computes what the written file says, for ONNX; the other formats hold the rounded variables. */
function engineOf(format: ExportFormat, imageSize: number): ForwardEngine {
  if (format !== 'onnx')
    return {
      ...onnxForward,
      open: (network, weights, part) => onnxForward.open(network, roundedToHalf(weights), part),
    };
  return {
    ...onnxForward,
    open: (network, weights) =>
      openOnnxSession(onnxModel(network, weights, { imageSize, output: 'embeddings', half: true, metadata: {} })),
  };
}

/** Rows of length 1, two by two. */
function cosines(a: Float32Array, b: Float32Array, dimension: number): number[] {
  return Array.from({ length: a.length / dimension }, (_, row) => {
    let sum = 0;
    for (let i = row * dimension; i < (row + 1) * dimension; i++) sum += a[i]! * b[i]!;
    return sum;
  });
}

/** The same noise each time, as a standardised image has it: values in −1 … 1. */
function noise(length: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (2 * state) / 2 ** 32 - 1;
  });
}

async function onNoise(model: Subject, engines: readonly ForwardEngine[]): Promise<number[]> {
  const { network, weights, recipe } = model;
  const inputShape = [recipe.imageSize, recipe.imageSize, network.inputChannels];
  const rows = noise(noiseImages * inputShape.reduce((product, size) => product * size, 1));
  const results: Float32Array[] = [];
  for (const engine of engines) {
    const part = { from: 0, to: network.stages.length, inputShape, output: 'embeddings' } as const;
    const session = await engine.open(network, weights, part);
    const [result] = await session.run(rows, [noiseImages, ...inputShape]);
    results.push(Float32Array.from(result!.data));
    await session.dispose();
  }
  return cosines(results[0]!, results[1]!, network.embeddingSize);
}

/** So many images of a folder, evenly from its people. */
async function facesOf(folder: string): Promise<string[]> {
  const { paths } = new Samples((await scanDataset(folder)).people);
  const every = Math.max(1, Math.floor(paths.length / mostFaces));
  return [...paths].filter((_, index) => index % every === 0).slice(0, mostFaces);
}

interface Subject {
  network: Network;
  weights: Weights;
  recipe: Recipe;
}

/**
 * Embeds the same images with the model and with what a file in half precision holds of it.
 * @param faces folder of aligned faces; without it noise is embedded
 * @param lfw pairs that both are measured on besides
 * @throws UserError where the faces or pairs cannot be read, StoppedError once the signal is aborted
 */
export async function measureHalf(
  subject: Subject & { model: Pick<Model, 'path' | 'name' | 'step'> },
  format: ExportFormat,
  { faces, lfw }: { faces?: string; lfw?: LfwConfig },
  options: Pick<EmbedOptions, 'signal' | 'onProgress'> = {},
): Promise<HalfDifference> {
  const engines = [onnxForward, engineOf(format, subject.recipe.imageSize)];
  const told = (found: readonly number[]): Pick<HalfDifference, 'images' | 'cosine'> => ({
    images: found.length,
    cosine: { mean: found.reduce((sum, value) => sum + value, 0) / found.length, lowest: Math.min(...found) },
  });
  if (faces === undefined && lfw === undefined) return told(await onNoise(subject, engines));
  const folder = faces ?? lfw!.dir;
  const paths = await facesOf(folder);
  const pairs = lfw === undefined ? undefined : await readLfwPairs(lfw);
  const tables: Float32Array[] = [];
  const accuracies: number[] = [];
  for (const engine of engines) {
    const embedder: Embedder = await createEmbedder(subject, { engine });
    try {
      tables.push(await embedder.embed(paths, options));
      if (lfw !== undefined && pairs !== undefined) {
        const { path, name, step } = subject.model;
        const model = { path, name, ...(step !== undefined && { step }) };
        const report = await validateOnPairs(embedder, { model, recipe: subject.recipe }, pairs, lfw, options);
        accuracies.push(report.accuracy.mean);
      }
    } finally {
      await embedder.dispose();
    }
  }
  const [single, half] = accuracies;
  return {
    ...told(cosines(tables[0]!, tables[1]!, subject.network.embeddingSize)),
    folder,
    ...(pairs !== undefined && { lfw: { pairs: pairs.pairs.length, single: single!, half: half! } }),
  };
}
