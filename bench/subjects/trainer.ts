import { describe } from '../../src/network/describe';
import { initializeVariable } from '../../src/network/initialize';
import { networkByName } from '../../src/network/registry';
import type { Tensor } from '../../src/network/tensor';
import type { TensorFlow } from '../../src/network/tensorflow/tensorflow';
import { firstTrainedStage } from '../../src/train/plan/phases';
import { shapeBefore } from '../../src/network/stageShape';
import { firstValue } from '../../src/train/heads/head';
import { type HeadSettings, openHead } from '../../src/train/heads/openHead';
import type { StepExchange } from '../../src/train/step/exchange';
import { GraphTrainer } from '../../src/train/step/graphTrainer';
import { Trainer } from '../../src/train/step/trainer';

const imageSize = 160;

/** Ways to compute a step: operation by operation, or as one call of a graph on TensorFlow itself. */
const trainers = { eager: Trainer, graph: GraphTrainer };
export type StepName = keyof typeof trainers;

export interface Subject extends Partial<HeadSettings> {
  /** First trained stage, or an alias such as `Logits`. */
  trainableFrom: string;
  classes: number;
  batchSize: number;
  batchNorm?: 'frozen' | 'update';
  weightDecay?: number;
  keepProbability?: number;
  /** With other ranks, which make the same steps. */
  exchange?: StepExchange | undefined;
}

/**
 * Inception-ResNet-v1 (512-d, fresh weights, ADAM) on random input, trained as a training trains it; the speed does not
 * depend on the numbers. `step` resolves when the step's loss has been read; seconds are its result.
 */
export function openTrainer(
  tf: TensorFlow,
  subject: Subject,
  steps: StepName = 'eager',
): {
  step(): Promise<number>;
  dispose(): void;
} {
  const {
    trainableFrom,
    classes,
    batchSize,
    batchNorm = 'frozen',
    weightDecay = 0,
    keepProbability = 1,
    exchange,
  } = subject;
  const network = networkByName('inception_resnet_v1', { embeddingSize: 512 });
  const losses: HeadSettings = {
    head: 'softmax',
    labelSmoothing: 0,
    prelogitsNormLossFactor: 0,
    prelogitsNormP: 1,
    centerLossFactor: 0,
    centerLossAlfa: 0.95,
    ...{ alpha: 0.2, semiHard: false, peoplePerBatch: 45, imagesPerPerson: 40 },
    ...subject,
  };
  const head = openHead(losses, { classes, embeddingSize: network.embeddingSize });
  const cut = firstTrainedStage(network, trainableFrom);
  let state = 1;
  const random = (): number => (state = (Math.imul(state, 48271) >>> 0) % 2147483647) / 2147483647;
  const { variables } = describe(network, { head: head.stages, imageSize });
  const weights = new Map<string, Tensor>(variables.map((spec) => [spec.name, initializeVariable(spec, random)]));
  for (const variable of head.ownVariables) weights.set(variable.name, firstValue(variable));
  const inputShape = shapeBefore(network, cut, imageSize);
  const trainer = new trainers[steps](
    tf,
    {
      ...{ network, head, cut, imageSize, weights, optimizer: 'ADAM', batchNorm },
      ...(cut === 0 && { pixels: 'fixed' as const }),
      ...{ weightDecay, keepProbability, exchange },
    },
    inputShape,
  );
  const values = inputShape.reduce((product, size) => product * size, batchSize);
  const rows =
    cut === 0
      ? Uint8Array.from({ length: values }, () => 256 * random())
      : Float32Array.from({ length: values }, () => 2 * random() - 1);
  const labels = Int32Array.from({ length: batchSize }, (_, index) => index % classes);
  let step = 0;
  return {
    async step() {
      const start = performance.now();
      step++;
      exchange?.restart();
      const outcome = await trainer.step({
        ...{ rows, labels, dropoutSeed: step, learningRate: 0.001, number: step, wantsValues: false },
        within: async (attempt) => attempt(batchSize),
      });
      if (!outcome.made) throw new Error('the loss or a gradient is not a number');
      await trainer.measures();
      return (performance.now() - start) / 1000;
    },
    dispose: () => trainer.dispose(),
  };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}
