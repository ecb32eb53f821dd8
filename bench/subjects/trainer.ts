import { describe } from '../../src/network/describe';
import { initializeVariable } from '../../src/network/initialize';
import { networkByName } from '../../src/network/registry';
import type { TensorFlow } from '../../src/network/tensorflow/tensorflow';
import { firstTrainedStage } from '../../src/train/plan/phases';
import { shapeBefore } from '../../src/train/data/prefix';
import { TailTrainer, type LossConfig } from '../../src/train/step/tailTrainer';

const imageSize = 160;

export interface Subject extends Partial<LossConfig> {
  /** First trained stage, or an alias such as `Logits`. */
  trainableFrom: string;
  classes: number;
  batchSize: number;
  batchNorm?: 'frozen' | 'update';
}

/**
 * Inception-ResNet-v1 (512-d, fresh weights, ADAM) on random input, trained as a training trains it; the speed does not
 * depend on the numbers. `step` resolves when the step's loss has been read; seconds are its result.
 */
export function openTrainer(
  tf: TensorFlow,
  { trainableFrom, classes, batchSize, batchNorm = 'frozen', ...losses }: Subject,
): { step(): Promise<number>; dispose(): void } {
  const network = networkByName('inception_resnet_v1', { embeddingSize: 512 });
  const cut = firstTrainedStage(network, trainableFrom);
  let state = 1;
  const random = (): number => (state = (Math.imul(state, 48271) >>> 0) % 2147483647) / 2147483647;
  const { variables } = describe(network, { classes, imageSize });
  const weights = new Map(variables.map((spec) => [spec.name, initializeVariable(spec, random)]));
  const inputShape = shapeBefore(network, cut, imageSize);
  const trainer = new TailTrainer(
    tf,
    {
      ...{ network, classes, cut, imageSize, weights, optimizer: 'ADAM', batchNorm },
      ...{ weightDecay: 0, prelogitsNormLossFactor: 0, prelogitsNormP: 1 },
      ...{ centerLossFactor: 0, centerLossAlfa: 0.95, keepProbability: 1 },
      ...losses,
    },
    inputShape,
  );
  const values = inputShape.reduce((product, size) => product * size, batchSize);
  const rows = Float32Array.from({ length: values }, () => 2 * random() - 1);
  const labels = Int32Array.from({ length: batchSize }, (_, index) => index % classes);
  let step = 0;
  return {
    async step() {
      const start = performance.now();
      step++;
      trainer.step(rows, labels, 0.001, step, step);
      const [measure] = await trainer.measures();
      if (!Number.isFinite(measure!.loss)) throw new Error('the loss is not a number');
      return (performance.now() - start) / 1000;
    },
    dispose: () => trainer.dispose(),
  };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}
