// What lies between the gradients of a step and its update where several processes share its images: each gets what one
// process would have had from all of them.
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Ranks } from '../../mpi/ranks';
import { elementCount } from '../../network/tensor';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { OwnVariable } from '../heads/head';
import { checksum } from './checksum';
import { disposeStep, type StepGradients } from './stepGradients';

/** After the tensors of a step: how many images they are of, how many ranks want to stop, and each rank's seconds. */
const countedBefore = 2;

/** How the values of a tensor of all ranks together follow from those of each. */
type Rule = 'mean' | 'sum' | 'any';

/** Sums up steps over all ranks, and with them whether one of them was asked to stop and how long each has taken. */
export class StepExchange {
  private stop = false;
  private seconds: Float64Array;
  private since: number | undefined;

  constructor(readonly ranks: Ranks) {
    this.seconds = new Float64Array(ranks.size);
  }

  /** Whether all ranks have heard, in the same step, that it is the last. */
  get stopAgreed(): boolean {
    return this.stop;
  }

  /** Begins to count the seconds of a step; what lies between two rounds of steps is none of them. */
  restart(): void {
    this.since = performance.now();
  }

  /** Seconds that each rank has computed since this was last asked, without what it has waited for others. */
  takeSeconds(): Float64Array {
    const { seconds } = this;
    this.seconds = new Float64Array(this.ranks.size);
    return seconds;
  }

  /**
   * The step of all ranks' images together: means weighted by the number of images, sums of how centres move. Statistics
   * of batch norms and heads are the means of those of the ranks, as with micro-batches. The prelogits stay those of this
   * rank; `own` is let go, also where it fails.
   * @param images of this rank; 0 where what it has computed does not count
   * @param ownVariables of the head
   * @param wantsStop whether this rank was asked to stop
   */
  async together(
    tf: TensorFlow,
    own: StepGradients,
    images: number,
    ownVariables: readonly OwnVariable[],
    wantsStop: boolean,
  ): Promise<StepGradients> {
    const { gradients, presentRows, moves, statistics, measured } = own;
    const { regularization, weightDecay, measures, prelogits } = measured;
    const statisticNames = new Set(ownVariables.filter(({ statistic }) => statistic).map(({ name }) => name));
    const flat = new FlatStep();
    for (const [name, tensor] of Object.entries(gradients)) flat.add(`gradient ${name}`, tensor, 'mean');
    for (const [name, tensor] of Object.entries(statistics)) flat.add(`statistic ${name}`, tensor, 'mean');
    for (const [name, tensor] of Object.entries(measures)) flat.add(`measure ${name}`, tensor, 'mean');
    for (const [name, tensor] of Object.entries(presentRows)) flat.add(`row ${name}`, tensor, 'any');
    for (const [name, tensor] of Object.entries(moves))
      flat.add(`move ${name}`, tensor, statisticNames.has(name) ? 'mean' : 'sum');
    if (regularization !== undefined) flat.add('regularization', regularization, 'mean');

    let all: StepGradients;
    try {
      const whole = await this.exchange(flat, images, wantsStop);
      const taken = <T extends Tensor>(kind: string, group: Readonly<Record<string, T>>): Record<string, T> =>
        Object.fromEntries(Object.keys(group).map((name) => [name, whole.take<T>(tf, `${kind} ${name}`)]));
      all = {
        gradients: taken('gradient', gradients),
        statistics: taken<Tensor1D>('statistic', statistics),
        presentRows: taken('row', presentRows),
        moves: taken('move', moves),
        checksum: tf.scalar(NaN),
        measured: {
          measures: taken<Scalar>('measure', measures),
          ...(regularization !== undefined && { regularization: whole.take<Scalar>(tf, 'regularization') }),
          ...(weightDecay !== undefined && { weightDecay: weightDecay.clone() }),
          prelogits: prelogits.clone(),
        },
      };
    } finally {
      disposeStep(own);
    }
    try {
      const terms = [...Object.values(all.measured.measures), all.measured.regularization, all.measured.weightDecay];
      const changes = [all.gradients, all.statistics, all.moves].flatMap((group) => Object.values<Tensor>(group));
      const sum = checksum(tf, [...terms.filter((term) => term !== undefined), ...changes]);
      all.checksum.dispose();
      return { ...all, checksum: sum };
    } catch (error) {
      disposeStep(all);
      throw error;
    }
  }

  private async exchange(flat: FlatStep, images: number, wantsStop: boolean): Promise<FlatStep> {
    const { ranks } = this;
    const counted = new Float32Array(countedBefore + ranks.size);
    const values = await flat.values(images, counted.length);
    const started = this.since ?? performance.now();
    const own = (performance.now() - started) / 1000;
    counted.set([images, wantsStop ? 1 : 0]);
    counted[countedBefore + ranks.rank] = own;
    values.set(counted, flat.length);
    await ranks.sum(values);
    counted.set(values.subarray(flat.length));
    this.stop = counted[1]! > 0;
    for (let rank = 0; rank < ranks.size; rank++) this.seconds[rank]! += counted[countedBefore + rank]!;
    flat.divide(values, counted[0]!);
    this.restart();
    return flat;
  }
}

/** The tensors of a step one after another in one array, which is summed up by one call. */
export class FlatStep {
  private readonly parts = new Map<string, { tensor: Tensor; rule: Rule; start: number }>();
  private end = 0;
  private whole: Float32Array | undefined;

  /** Values of all tensors. */
  get length(): number {
    return this.end;
  }

  add(name: string, tensor: Tensor, rule: Rule): void {
    this.parts.set(name, { tensor, rule, start: this.end });
    this.end += tensor.size;
  }

  /** What this rank adds to the sum, with room for so many numbers behind it. */
  async values(images: number, extra: number): Promise<Float32Array> {
    const values = new Float32Array(this.end + extra);
    for (const { tensor, rule, start } of this.parts.values()) {
      const data = await tensor.data();
      const factor = rule === 'mean' || images === 0 ? images : 1;
      for (let index = 0; index < data.length; index++) values[start + index] = data[index]! * factor;
    }
    return values;
  }

  /** Makes of the sums what all ranks' images give together. */
  divide(sums: Float32Array, images: number): void {
    for (const { tensor, rule, start } of this.parts.values()) {
      const end = start + tensor.size;
      if (rule === 'mean') for (let index = start; index < end; index++) sums[index] = sums[index]! / images;
      if (rule === 'any') for (let index = start; index < end; index++) sums[index] = Math.min(1, sums[index]!);
    }
    this.whole = sums;
  }

  /** A tensor of all ranks together, which belongs to the caller. */
  take<T extends Tensor>(tf: TensorFlow, name: string): T {
    const { tensor, start } = this.parts.get(name)!;
    // Nobody writes to the sums any more, so the engine may keep what it is given.
    const part = this.whole!.subarray(start, start + elementCount(tensor.shape));
    return tf.tensor(part, tensor.shape) as T;
  }
}
