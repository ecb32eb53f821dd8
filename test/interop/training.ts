// What a training writes or computes, for comparison with TensorFlow, TensorBoard and h5py.
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { scanDataset } from '../../src/dataset/scan';
import { openWasm } from '../../src/engine/wasm/openWasm';
import { optimizerSchema } from '../../src/protocol/settings/phaseSettings';
import { distanceThreshold, filterDataset } from '../../src/train/data/imageFilter';
import { Optimizer } from '../../src/train/step/optimizers';
import { decouplesDecay } from '../../src/train/step/updateRules';
import { Statistics } from '../../src/journal/statistics';
import { softmaxHead } from '../../src/train/heads/softmax';
import { VariableAverages } from '../../src/train/step/variableAverages';
import { readNpy, toFloat64 } from '../../src/checkpoint/npy';

/** Values of all magnitudes and signs, zeros and values on the limits of buckets among them. */
export function histogramValues(): Float32Array {
  const values = Array.from({ length: 500 }, (_, i) => Math.sin(i) * 10 ** ((i % 41) - 20));
  return Float32Array.from([...values, 0, 0, -0, 1, -1, 1e-12, -1e-12, 1e-13]);
}

export async function writeStatistics(path: string): Promise<void> {
  const { measures } = softmaxHead(
    { prelogitsNormLossFactor: 0, prelogitsNormP: 2, centerLossFactor: 1, centerLossAlfa: 0.5, labelSmoothing: 0 },
    { classes: 2, embeddingSize: 3 },
  );
  const options = {
    ...{ epochs: 3, stepsPerEpoch: 4, validateEveryEpochs: 2, prelogitsNormP: 2, prelogitsHistMax: 10 },
    measures,
  };
  const statistics = new Statistics(path, options);
  for (let step = 1; step <= 12; step++) {
    const data = Float32Array.from({ length: 6 }, (_, i) => Math.sin(step * 7 + i) * 14);
    statistics.addStep(
      {
        step,
        loss: step,
        values: { crossEntropy: step / 2, regularization: step / 4, accuracy: 1 / step, centerLoss: 2 * step },
        learningRate: 1 / step,
        prelogits: { rows: 2, data },
      },
      Math.ceil(step / 4),
    );
  }
  statistics.addValidation(2, { loss: 1.5, values: { crossEntropy: 1.25, accuracy: 0.5 } }, 2);
  statistics.addLfw(3, 0.875, 0.75, 2.5);
  await statistics.write();
}

const steps = 20;
const size = 6;
/** Of the optimizers whose weight decay is decoupled. */
const weightDecay = 0.3;

/** The gradient of element i at a step; the same formula stands in training.py. */
const gradient = (step: number, i: number): number => Math.sin(3 * step + 1.7 * i * i) * 2 ** (i - 3);

/** Twenty steps of every optimizer and of the moving averages from the same start with the same gradients. */
export async function writeOptimizers(path: string): Promise<void> {
  const tf = await openWasm();
  const results: Record<string, { value: number[]; average: number[]; slots: Record<string, number[]> }> = {};
  for (const name of optimizerSchema.options) {
    const variable = tf.variable(tf.tensor1d(Array.from({ length: size }, (_, i) => 1 + i / 4)));
    const variables = new Map([['w', variable]]);
    const optimizer = new Optimizer(tf, name, variables, {
      decays: new Map(decouplesDecay(name) ? [['w', weightDecay]] : []),
    });
    const averages = new VariableAverages(tf, variables, 0.5, new Map());
    for (let step = 1; step <= steps; step++) {
      const values = Array.from({ length: size }, (_, i) => gradient(step, i));
      tf.tidy(() => optimizer.apply({ w: tf.tensor1d(values) }, 0.1 / step));
      averages.update(step);
    }
    const slots: Record<string, number[]> = {};
    for (const [slot, value] of optimizer.namedSlots()) slots[slot] = Array.from(await value.data());
    const average = Array.from(await averages.named().get('w/ExponentialMovingAverage')!.data());
    results[name] = { value: Array.from(await variable.data()), average, slots };
  }
  await writeFile(path, JSON.stringify(results));
}

/** What is left of `faces` after filtering by files that h5py has written, and thresholds of their distances. */
export async function readFilter(folder: string): Promise<unknown> {
  const dataset = await scanDataset(join(folder, 'faces'));
  const results = [];
  for (const percentile of [0, 40, 75, 100]) {
    const options = { file: join(folder, 'filter.h5'), percentile, minImagesPerClass: 5 };
    const { dataset: left } = await filterDataset(dataset, options);
    results.push({ percentile, people: left.people.map(({ images }) => Array.from(images, (path) => basename(path))) });
  }
  const distances = toFloat64(await readNpy(join(folder, 'distances.npy')));
  const thresholds = [0, 12.5, 50, 99, 100].map((percentile) => distanceThreshold(distances, percentile));
  return { results, thresholds };
}
