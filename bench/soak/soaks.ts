// What `npm run soak` trains, and what flat means.

/** What the process holds after a step; bytes, after a collection of garbage. */
export interface Sample {
  step: number;
  tensors: number;
  heap: number;
  rss: number;
}

export interface Soak {
  /** Steps that it takes of the starter network unless told otherwise: fewer where a step takes long. */
  starterSteps: number;
  phase: { trainableFrom: string; [setting: string]: unknown };
  settings?: Readonly<Record<string, unknown>>;
}

/** Steps of the small network unless told otherwise. */
export const steps = 20_000;

/** A round of thirty triplets lasts seven or eight steps. */
const triplets = { head: 'triplet', alpha: 3, peoplePerBatch: 5, imagesPerPerson: 4, batchSize: 12 };

/** A phase each, and the heads that keep something of their own. */
export const soaks: Readonly<Record<string, Soak>> = {
  classifier: { starterSteps: 20_000, phase: { trainableFrom: 'Logits' } },
  margin: { starterSteps: 20_000, phase: { trainableFrom: 'Logits' }, settings: { head: 'adaface' } },
  'last-block': { starterSteps: 2000, phase: { trainableFrom: 'lastBlock' }, settings: { batchSize: 2 } },
  triplets: { starterSteps: 1000, phase: { trainableFrom: 'lastBlock' }, settings: triplets },
  'whole-network': { starterSteps: 100, phase: { trainableFrom: 'all' }, settings: { batchSize: 2 } },
};

export interface SoakedNetwork {
  settings: Readonly<Record<string, unknown>>;
  /** Edge of the drawn faces, pixels. */
  faceSize: number;
}

/**
 * What is soaked is the loop, not the matrix product: a network so small that a step of all of it takes milliseconds goes
 * through everything that a large one does (`tinyNetwork.ts`). The starter is what a user trains.
 */
export const networks: Readonly<Record<'small' | 'starter', SoakedNetwork>> = {
  small: { settings: { network: 'squeezenet', embeddingSize: 8, imageSize: 16 }, faceSize: 16 },
  starter: { settings: { pretrainedModel: 'starter' }, faceSize: 150 },
};

/** A training of a day may not grow by what a step leaves behind: at 10 steps a second 0.1 MB per 1,000 are 86 MB. */
const most = { heap: 0.1, rss: 1 };
/** Parts of the samples that come before all is compiled and allocated. */
const warmUp = 0.5;

interface Course {
  start: string;
  end: string;
  /** MB per 1,000 steps, of the line with the least squares. */
  slope: string;
}

/** What the samples after the warm-up say, and what of it is not flat. */
export function judged(all: readonly Sample[]): {
  tensors: { start: number; end: number };
  heap: Course;
  rss: Course;
  faults: string[];
} {
  const samples = all.slice(Math.floor(all.length * warmUp));
  const counts = samples.map(({ tensors }) => tensors);
  const half = counts.length >> 1;
  const tensors = { start: Math.min(...counts.slice(0, half)), end: Math.min(...counts.slice(half)) };
  const faults: string[] = samples.length < 4 ? ['too few steps were seen'] : [];
  if (tensors.end > tensors.start) faults.push('tensors are left behind');
  const course = (of: 'heap' | 'rss', what: string): Course => {
    const values = samples.map((sample) => sample[of] / 1e6);
    const { slope, deviation } = line(
      samples.map(({ step }) => step / 1000),
      values,
    );
    // What a few steps tell is uncertain, and code is still compiled then: more than three times its own error, and 2 MB.
    if (slope > most[of] && slope > 3 * deviation && values.at(-1)! - values[0]! > 2) faults.push(`${what} grows`);
    return { start: values[0]!.toFixed(1), end: values.at(-1)!.toFixed(1), slope: slope.toFixed(3) };
  };
  return { tensors, heap: course('heap', 'the heap'), rss: course('rss', 'the process'), faults };
}

/** Slope of the line with the least squares, and its standard error. */
function line(x: readonly number[], y: readonly number[]): { slope: number; deviation: number } {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const spread = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  const slope = x.reduce((sum, value, i) => sum + (value - meanX) * (y[i]! - meanY), 0) / spread;
  const rest = x.reduce((sum, value, i) => sum + (y[i]! - meanY - slope * (value - meanX)) ** 2, 0);
  return { slope, deviation: Math.sqrt(rest / Math.max(1, x.length - 2) / spread) };
}
