// What bench/scale.ts measures of a dataset, a stage at a time, each in a process of its own.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { alignDataset } from '../../src/align/alignDataset';
import { indexFile, indexFolderOf, makeIndexHome, openDataset } from '../../src/dataset/datasetIndex';
import { ImageFacts } from '../../src/dataset/imageFacts';
import { inspectDataset } from '../../src/dataset/inspect';
import { Samples } from '../../src/dataset/samples';
import { SavedListings } from '../../src/dataset/savedListings';
import { listPeople } from '../../src/dataset/scan';
import { onnxForward } from '../../src/engine/forwardEngine';
import { ownPairs } from '../../src/evaluate/ownPairs';
import { imageRows } from '../../src/input/rows';
import { plainVariant } from '../../src/input/imageVariant';
import { memoryContext } from '../../src/jobs/memoryContext';
import { describeChain } from '../../src/network/describe';
import { initializeVariable } from '../../src/network/initialize';
import { networkByName } from '../../src/network/registry';
import { alignRequestSchema, trainRequestSchema } from '../../src/protocol/job';
import { StoppedError } from '../../src/protocol/errors';
import { lfwConfigSchema, trainConfigSchema } from '../../src/protocol/trainConfig';
import { createEmbedder } from '../../src/recognize/embedder';
import { openNetworkPart } from '../../src/recognize/networkPart';
import { readLfwPairs, validateOnPairs } from '../../src/recognize/validateOnPairs';
import { ActivationStore } from '../../src/train/data/activationStore';
import { runTraining } from '../../src/train/loop/runTraining';
import { planTraining } from '../../src/train/plan/trainingPlan';

/** Figures by name; the last word of a name is the unit. */
type Figures = Record<string, number>;
type Measure = (root: string, home: string, images: number) => Promise<Figures>;

const megabytes = (): number => process.memoryUsage().rss / 1e6;
/** The most that the process has ever had. */
const peakMegabytes = (): number => (1024 * process.resourceUsage().maxRSS) / 1e6;

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Seconds of some work, and the longest time meanwhile in which nothing else had a turn, ms. */
async function watched(work: () => Promise<unknown>): Promise<{ took: number; longest: number }> {
  const delay = monitorEventLoopDelay({ resolution: 2 });
  delay.enable();
  const took = await seconds(work);
  await new Promise((passed) => setTimeout(passed, 20));
  delay.disable();
  return { took, longest: delay.max / 1e6 };
}

async function indexes(root: string, home: string): Promise<string> {
  const folder = indexFolderOf(join(home, '.facenet'), root)!;
  await makeIndexHome(folder);
  return folder;
}

/** Opens a dataset from its index, which is made where it is not there yet. @throws Error where it cannot be kept */
async function open(root: string, home: string): ReturnType<typeof openDataset> {
  const opened = await openDataset(root, { index: await indexes(root, home) });
  if (opened.notes.length > 0) throw new Error(opened.notes.join(' '));
  return opened;
}

/** Listing all people and images, then opening them from the index. */
async function index(root: string, home: string, images: number): Promise<Figures> {
  // Folders are trusted two seconds after they were made.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const first = await watched(async () => open(root, home));
  const saved = await watched(async () => open(root, home));
  return {
    'first index, s': first.took,
    'first index, µs/image': (first.took * 1e6) / images,
    'first index, longest wait of the event loop, ms': first.longest,
    'saved index, s': saved.took,
    'saved index, µs/image': (saved.took * 1e6) / images,
    'saved index, longest wait of the event loop, ms': saved.longest,
  };
}

/** People that the Datasets view shows in one group. */
const groupSize = 200;

/** What the Datasets view reads: names of the people, the images of a group of them counted, one person's names. */
async function tree(root: string, home: string): Promise<Figures> {
  const folder = await indexes(root, home);
  const figures: Figures = {};
  for (const [how, from] of [
    ['from the index', folder],
    ['without', undefined],
  ] as const) {
    let names: string[] = [];
    const people = await watched(async () => void (names = await listPeople(root)));
    const group = await watched(async () => {
      const listings = await SavedListings.open(root, from);
      for (const name of names.slice(0, groupSize)) await listings.count(name);
      await listings.close();
    });
    const person = await watched(async () => {
      const listings = await SavedListings.open(root, from);
      await listings.images(names.at(-1)!);
      await listings.close();
    });
    figures[`tree ${how}: names of all people, ms`] = 1000 * people.took;
    figures[`tree ${how}: images of 200 people counted, ms`] = 1000 * group.took;
    figures[`tree ${how}: names of one person's images, ms`] = 1000 * person.took;
    figures[`tree ${how}: longest wait of the event loop, ms`] = Math.max(
      people.longest,
      group.longest,
      person.longest,
    );
  }
  return figures;
}

const imageSize = 32;
const embeddingSize = 8;
const smallest = { network: 'squeezenet', embeddingSize, imageSize, batchSize: 30, epochSize: 1000, engine: 'wasm' };
const trainAll = [{ name: 'all', trainableFrom: 'all', epochs: 1, learningRate: 0.01 }];
const trainClassifier = [{ ...trainAll[0], name: 'classifier', trainableFrom: 'Logits' }];

/** What the wizard and the beginning of a training do: a plan with a split, from the saved index. */
async function plan(root: string, home: string, images: number): Promise<Figures> {
  const folder = await indexes(root, home);
  const config = trainConfigSchema.parse({ ...smallest, dataDir: root, validationSplitRatio: 0.05, phases: trainAll });
  const planned = await watched(async () => planTraining(config, { index: folder }));
  return {
    'plan with a split, s': planned.took,
    'plan with a split, µs/image': (planned.took * 1e6) / images,
    'plan with a split, longest wait of the event loop, ms': planned.longest,
  };
}

/** How many steps are made; those from cached activations take ten milliseconds, of which twenty say little. */
const steps = { usual: 20, cached: 200 };

interface Trained {
  firstStep: number;
  millisecondsPerStep: number;
  memory: number;
  ended: number;
}

async function trained(
  root: string,
  home: string,
  phases: object[],
  run: string,
  lastStep = steps.usual,
): Promise<Trained> {
  const stop = new AbortController();
  const start = performance.now();
  let [first, last, done] = [0, 0, 0];
  let [memory, collecting] = [0, 0];
  const context = memoryContext({
    signal: stop.signal,
    runFolder: join(home, '.facenet', 'runs', run),
    onEvent(event) {
      if (event.type !== 'step') return;
      first ||= performance.now();
      last = performance.now() - collecting;
      done = event.step;
      // For the figure of its memory; no part of a step.
      const full = performance.now();
      globalThis.gc?.();
      collecting += performance.now() - full;
      memory = Math.max(memory, megabytes());
      if (event.step >= lastStep) stop.abort(new StoppedError());
    },
  });
  const config = { ...smallest, dataDir: root, phases };
  await runTraining(trainRequestSchema.parse({ kind: 'train', config }), context).catch((error: unknown) => {
    if (!(error instanceof StoppedError)) throw error;
  });
  const ended = performance.now() - last - collecting;
  const millisecondsPerStep = (last - first) / (done - 1);
  return { firstStep: (first - start) / 1000, millisecondsPerStep, memory, ended };
}

/** A training of the smallest network from the images on, from the saved index: until its first step, and its steps. */
async function train(root: string, home: string): Promise<Figures> {
  const { firstStep, millisecondsPerStep, memory } = await trained(root, home, trainAll, 'whole');
  return {
    'first step from the saved index, s': firstStep,
    'steps, ms/step': millisecondsPerStep,
    'memory while it trains, MB': memory,
    'most memory of a training, MB': peakMegabytes(),
  };
}

/** Activations of a classifier's training are held on purpose, up to a bound that this network's few values for each image do not come to. */
const heldMegabytes = (images: number): number => (4 * embeddingSize * images) / 1e6;

/** Contents of all images read and their activations looked for; the few that differ, as the images are links, are computed. */
async function contents(root: string, home: string, images: number): Promise<Figures> {
  const { firstStep } = await trained(root, home, trainClassifier, 'classifier');
  return {
    'first step of a classifier, contents read, s': firstStep,
    'first step of a classifier, contents read, µs/image': (firstStep * 1e6) / images,
    'most memory beside held activations, contents read, MB': peakMegabytes() - heldMegabytes(images),
  };
}

/** A classifier's training on activations that are there, after `contents`. */
async function cached(root: string, home: string, images: number): Promise<Figures> {
  const { firstStep, millisecondsPerStep, memory } = await trained(root, home, trainClassifier, 'again', steps.cached);
  const held = heldMegabytes(images);
  return {
    'first step from cached activations, s': firstStep,
    'first step from cached activations, µs/image': (firstStep * 1e6) / images,
    'steps from cached activations, ms/step': millisecondsPerStep,
    'memory beside held activations, MB': memory - held,
    'most memory beside held activations, MB': peakMegabytes() - held,
  };
}

function smallestNetwork() {
  const network = networkByName(smallest.network, { embeddingSize });
  const { variables } = describeChain(network, [imageSize, imageSize, 3]);
  const weights = new Map(variables.map((spec) => [spec.name, initializeVariable(spec, Math.random)]));
  const recipe = { alignment: 'box', imageSize, standardization: 'fixed' } as const;
  return { network, weights, recipe };
}

/** Activations of every image computed and written, none of them shared between links. */
async function pass(root: string, home: string, images: number): Promise<Figures> {
  const { dataset } = await open(root, home);
  const { network, weights, recipe } = smallestNetwork();
  const { paths } = new Samples(dataset.people);
  const to = network.stages.length;
  const part = await openNetworkPart(onnxForward, network, weights, { from: 0, to, imageSize });
  const store = await ActivationStore.open(join(home, 'activations'), part.outputLength);
  const source = imageRows((row) => ({ path: paths.at(row)!, variant: plainVariant }), recipe);
  const took = await seconds(async () => {
    await part.run(source, images, async (results, start, count) => {
      const ids = Array.from({ length: count }, (_, row) => `${(start + row).toString(16).padStart(32, '0')}.plain`);
      await store.append(ids, results);
    });
    await store.flush();
  });
  await part.dispose();
  return {
    'activation pass, s': took,
    'activation pass, µs/image': (took * 1e6) / images,
    'most memory of an activation pass, MB': peakMegabytes(),
  };
}

/** A worker thread that finds no face at once, so that what is left is the bookkeeping. */
const blindWorker = `const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ id }) => parentPort.postMessage({ type: 'outcome', id, outcome: { kind: 'present' } }));
parentPort.postMessage({ type: 'ready' });`;

/** Everything of an alignment but decoding, finding and writing. */
async function align(root: string, home: string, images: number): Promise<Figures> {
  const workerFile = join(home, 'blindWorker.cjs');
  writeFileSync(workerFile, blindWorker);
  const request = { kind: 'align', inputDir: root, outputDir: join(home, 'aligned'), imageSize, detector: 'starter' };
  const context = memoryContext({ signal: new AbortController().signal, onEvent: () => undefined });
  const took = await seconds(async () => alignDataset(alignRequestSchema.parse(request), context, { workerFile }));
  return {
    'bookkeeping of an alignment, s': took,
    'bookkeeping of an alignment, µs/image': (took * 1e6) / images,
    'most memory of an alignment, MB': peakMegabytes(),
  };
}

/** Pairs drawn from all people, then evaluated: LFW's 6,000. */
async function evaluate(root: string, home: string, images: number): Promise<Figures> {
  const { network, weights, recipe } = smallestNetwork();
  const folder = await indexes(root, home);
  const pairs = join(home, 'pairs.txt');
  const drawn = await seconds(async () => {
    const { text } = await ownPairs({ dir: root, folds: 10, pairsPerFold: 300, seed: 1, index: folder });
    writeFileSync(pairs, text);
  });
  const embedder = await createEmbedder({ network, weights, recipe });
  const lfw = lfwConfigSchema.parse({ dir: root, pairs });
  const evaluated = await seconds(async () => {
    const subject = { model: { path: '', name: 'bench' }, recipe: { ...recipe, useFlippedImages: false } };
    await validateOnPairs(embedder, subject, await readLfwPairs(lfw), lfw);
  });
  await embedder.dispose();
  return {
    '6,000 pairs drawn, s': drawn,
    '6,000 pairs drawn, µs/image': (drawn * 1e6) / images,
    '6,000 pairs evaluated, s': evaluated,
    'most memory of an evaluation, MB': peakMegabytes(),
  };
}

/** Looking at every image, then again with what is known. */
async function clean(root: string, home: string, images: number): Promise<Figures> {
  const folder = await indexes(root, home);
  const look = async (): Promise<void> => {
    const { dataset } = await openDataset(root, { index: folder });
    await inspectDataset(dataset, { facts: new ImageFacts(indexFile(folder, root, 'facts')) });
  };
  const first = await seconds(look);
  const second = await seconds(look);
  return {
    'clean, s': first,
    'clean, µs/image': (first * 1e6) / images,
    'clean again, s': second,
    'clean again, µs/image': (second * 1e6) / images,
    'most memory of clean, MB': peakMegabytes(),
  };
}

/** In an order in which each finds what it needs of those before it. */
export const stages = { index, tree, plan, train, contents, cached, pass, align, evaluate, clean } satisfies Record<
  string,
  Measure
>;
export type Stage = keyof typeof stages;
