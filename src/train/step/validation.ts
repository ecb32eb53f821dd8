import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { StepMeasure, ValidationMeasure } from '../../journal/measures';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { LossHead } from '../heads/head';
import { sumOfRegularizers } from './gradientPass';
import type { MeasuredTensors } from './stepGradients';

/** Means over all images, and whom the head takes each of them for, where it names people. */
export interface HeadValidation extends ValidationMeasure {
  taken?: Int32Array;
}

/** Values that a head gives for one batch of a validation, at most. */
const largestOutput = 1 << 22;

export interface Validated {
  head: LossHead;
  /** Of the head's stages and its own. */
  variables: ReadonlyMap<string, Tensor>;
  /** Values of one row of the head's last stage. */
  outputs: number;
  /** Weight decay's part of the loss, where it has one. */
  weightDecay: () => Scalar | undefined;
  read: (measured: MeasuredTensors) => Promise<Pick<StepMeasure, 'loss' | 'values'>>;
}

/**
 * The loss and what it measures on images that are not trained with (spec §6.7), as means over all of them; the
 * reference drops the last incomplete batch and moves the centres, this does neither.
 * @param prelogits [N, E]
 */
export async function validateHead(
  tf: TensorFlow,
  { head, variables, outputs, weightDecay, read }: Validated,
  prelogits: Float32Array,
  labels: readonly number[],
): Promise<HeadValidation> {
  const batch = Math.max(1, Math.floor(largestOutput / outputs));
  const dimension = prelogits.length / labels.length;
  const sums: Record<string, number> = {};
  const taken = head.recognize === undefined ? undefined : new Int32Array(labels.length);
  let loss = 0;
  for (let start = 0; start < labels.length; start += batch) {
    const some = labels.slice(start, start + batch);
    const values = prelogits.subarray(start * dimension, (start + some.length) * dimension);
    const { measured, named } = tf.tidy((): { measured: MeasuredTensors; named?: Tensor1D | undefined } => {
      const rows = tf.tensor2d(values, [some.length, dimension]);
      const input = { prelogits: rows, labels: tf.tensor1d(some, 'int32'), variables, inputGradient: false };
      const told = head.loss(tf, input);
      const regularization = sumOfRegularizers(tf, told);
      const decay = weightDecay();
      const measures = {
        ...{ measures: told.measures, prelogits: rows },
        ...(regularization !== undefined && { regularization }),
        ...(decay !== undefined && { weightDecay: decay }),
      };
      return { measured: measures, named: head.recognize?.(tf, input) };
    });
    if (named !== undefined) {
      taken!.set(await named.data(), start);
      named.dispose();
    }
    const one = await read(measured);
    loss += one.loss * some.length;
    for (const [name, value] of Object.entries(one.values)) sums[name] = (sums[name] ?? 0) + value * some.length;
  }
  const mean = (sum: number): number => sum / labels.length;
  return {
    loss: mean(loss),
    values: Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, mean(sum)])),
    ...(taken !== undefined && { taken }),
  };
}
