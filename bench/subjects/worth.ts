// What a fine-tuned starter is worth on images and people that it was not trained on.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openModel } from '../../src/checkpoint/model';
import { starterNetwork } from '../../src/checkpoint/starter';
import { readPairs } from '../../src/dataset/pairs';
import { Samples } from '../../src/dataset/samples';
import { type Person, scanDataset } from '../../src/dataset/scan';
import { onnxForward } from '../../src/engine/forwardEngine';
import { evaluatePairs } from '../../src/evaluate/evaluatePairs';
import { farTarget, ratesAt, thresholdAtFar } from '../../src/evaluate/validationRate';
import { describe } from '../../src/network/describe';
import { createEmbedder, type Embedder } from '../../src/recognize/embedder';
import { embedPairs } from '../../src/recognize/pairEmbeddings';
import { FrozenActivations } from '../../src/train/data/frozenActivations';
import { ImageContents } from '../../src/train/data/imageContent';
import { firstTrainedStage } from '../../src/train/plan/phases';
import { stageAliases } from '../../src/train/settings/defaultPhases';
import type { Split } from './people';

/** How well people are told apart by pairs of their images, parts of 1. */
interface Verification {
  /** By the LFW protocol on balanced pairs, with its deviation over the folds. */
  accuracy: { mean: number; std: number };
  /** Of all pairs of one person, those that are accepted where 0.1 % of all pairs of two people are. */
  validationRate: number;
}

export interface Worth {
  /** Held-out images whose nearest mean of a person's training images, by angle, is the right one. */
  rankOne: number;
  heldOut: Verification;
  outsiders: Verification;
}

/** Embeddings of length 1, row-major, with the person of each. */
interface Embedded {
  data: Float32Array;
  size: number;
  labels: readonly number[];
}

/**
 * Measures a model whose stages before the last block are the starter's.
 * @param faces the folder of all faces
 * @param runFolder what those stages give is shared with the folders beside it
 */
export async function worthOf(model: string, faces: string, split: Split, runFolder: string): Promise<Worth> {
  const network = starterNetwork();
  const { recipe } = network;
  const weights = await (await openModel(model)).readAll(describe(network).variables.map(({ name }) => name));
  const base = firstTrainedStage(network, stageAliases.lastBlock);
  const cache = join(runFolder, 'cache');
  await mkdir(runFolder, { recursive: true });
  const parts = { engine: onnxForward, network, recipe, contents: new ImageContents(), cache, base };
  const activations = new FrozenActivations(parts);
  const input = activations.embedderInput(weights);
  const embedder = await createEmbedder({ network, weights, recipe }, { input });
  try {
    const { people } = await scanDataset(split.dataDir);
    const heldOut = await embed(embedder, split.heldOut);
    const outsiders = await embed(embedder, split.outsiders);
    return {
      rankOne: rankOne(await embed(embedder, people), heldOut),
      heldOut: await verification(embedder, faces, split.heldOutPairs, heldOut),
      outsiders: await verification(embedder, faces, split.outsiderPairs, outsiders),
    };
  } finally {
    await embedder.dispose();
  }
}

async function embed(embedder: Embedder, people: readonly Person[]): Promise<Embedded> {
  const samples = new Samples(people);
  const data = await embedder.embed(samples.paths);
  return { data, size: embedder.dimension, labels: [...samples.labels()] };
}

function dot(a: ArrayLike<number>, atA: number, b: ArrayLike<number>, atB: number, size: number): number {
  let sum = 0;
  for (let value = 0; value < size; value++) sum += a[atA + value]! * b[atB + value]!;
  return sum;
}

function rankOne(training: Embedded, heldOut: Embedded): number {
  const { size } = training;
  const means = new Float64Array((Math.max(...training.labels) + 1) * size);
  training.labels.forEach((label, image) => {
    for (let value = 0; value < size; value++) means[label * size + value]! += training.data[image * size + value]!;
  });
  const lengths = Array.from({ length: means.length / size }, (_, label) =>
    Math.sqrt(dot(means, label * size, means, label * size, size)),
  );
  const right = heldOut.labels.filter((label, image) => {
    const cosines = lengths.map(
      (length, person) => dot(means, person * size, heldOut.data, image * size, size) / length,
    );
    return cosines.indexOf(Math.max(...cosines)) === label;
  });
  return right.length / heldOut.labels.length;
}

async function verification(embedder: Embedder, faces: string, file: string, all: Embedded): Promise<Verification> {
  const { pairs, folds } = await readPairs(file, faces);
  const embeddings = await embedPairs(embedder, pairs, { useFlippedImages: false });
  const same = pairs.map((pair) => pair.same);
  const { accuracy } = evaluatePairs(embeddings, same, { folds: folds!, distanceMetric: 0, subtractMean: false });
  return { accuracy, validationRate: validationRate(all) };
}

function validationRate({ data, size, labels }: Embedded): number {
  const same: number[] = [];
  const different: number[] = [];
  labels.forEach((label, image) => {
    for (let other = 0; other < image; other++) {
      const distance = 2 - 2 * dot(data, image * size, data, other * size, size);
      (labels[other] === label ? same : different).push(distance);
    }
  });
  const sorted = { same: Float64Array.from(same).sort(), different: Float64Array.from(different).sort() };
  return ratesAt(sorted, thresholdAtFar(sorted.different, farTarget)).val;
}
