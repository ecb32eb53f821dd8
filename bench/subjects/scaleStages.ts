// What bench/scale.ts measures of a dataset, a stage at a time.
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ImageFacts } from '../../src/dataset/imageFacts';
import { inspectDataset } from '../../src/dataset/inspect';
import { indexFile, indexFolderOf, makeIndexHome, openDataset } from '../../src/dataset/datasetIndex';
import { memoryContext } from '../../src/jobs/memoryContext';
import { trainRequestSchema } from '../../src/protocol/job';
import { StoppedError } from '../../src/protocol/errors';
import { runTraining } from '../../src/train/loop/runTraining';

export type Stage = 'index' | 'train' | 'clean';

/** Figures by name; the last word of a name is the unit. */
type Figures = Record<string, number>;

const megabytes = (): number => process.memoryUsage().rss / 1e6;

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Listing all people and images, then opening them from the index. */
async function index(root: string, home: string, images: number): Promise<Figures> {
  const folder = indexFolderOf(join(home, '.facenet'), root)!;
  await makeIndexHome(folder);
  // Folders are trusted two seconds after they were made.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const first = await seconds(async () => openDataset(root, { index: folder }));
  const longest = delay.max / 1e6;
  const saved = await seconds(async () => openDataset(root, { index: folder }));
  return {
    'first index, s': first,
    'first index, µs/image': (first * 1e6) / images,
    'longest wait of the event loop meanwhile, ms': longest,
    'saved index, s': saved,
  };
}

const steps = 20;

/** A training of the smallest network from the images on, from the saved index: until its first step, and its steps. */
async function train(root: string, home: string): Promise<Figures> {
  const stop = new AbortController();
  const start = performance.now();
  let [first, last, done] = [0, 0, 0];
  let largest = 0;
  const context = memoryContext({
    signal: stop.signal,
    runFolder: join(home, '.facenet', 'runs', 'bench'),
    onEvent(event) {
      if (event.type !== 'step') return;
      first ||= performance.now();
      last = performance.now();
      done = event.step;
      globalThis.gc?.();
      largest = Math.max(largest, megabytes());
      if (event.step >= steps) stop.abort(new StoppedError());
    },
  });
  const config = {
    dataDir: root,
    network: 'squeezenet',
    embeddingSize: 8,
    imageSize: 32,
    batchSize: 30,
    epochSize: 1000,
    engine: 'wasm',
    phases: [{ name: 'all', trainableFrom: 'all', epochs: 1, learningRate: 0.01 }],
  };
  await runTraining(trainRequestSchema.parse({ kind: 'train', config }), context).catch((error: unknown) => {
    if (!(error instanceof StoppedError)) throw error;
  });
  return {
    'first step from the saved index, s': (first - start) / 1000,
    'steps, ms a step': (last - first) / (done - 1),
    'memory while it trains, MB': largest,
  };
}

/** Looking at every image, then again with what is known. */
async function clean(root: string, home: string, images: number): Promise<Figures> {
  const folder = indexFolderOf(join(home, '.facenet'), root)!;
  const look = async (): Promise<void> => {
    const { dataset } = await openDataset(root, { index: folder });
    await inspectDataset(dataset, { facts: await ImageFacts.open(indexFile(folder, root, 'facts')) });
  };
  const first = await seconds(look);
  const second = await seconds(look);
  return {
    'clean, s': first,
    'clean, µs/image': (first * 1e6) / images,
    'clean again, s': second,
    'clean again, µs/image': (second * 1e6) / images,
  };
}

export const stages: Readonly<Record<Stage, (root: string, home: string, images: number) => Promise<Figures>>> = {
  ...{ index, train, clean },
};
