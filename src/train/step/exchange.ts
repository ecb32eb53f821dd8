// What lies between the gradients of a step and its update where several processes share its images: each gets what one
// process would have had from all of them.
import type { Ranks } from '../../mpi/ranks';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { OwnVariable } from '../heads/head';
import { disposeStep, type StepGradients } from './stepGradients';
import { StepLayout, type StepSections } from './stepLayout';

/** After the tensors of a step: how many images they are of, how many ranks want to stop, and each rank's seconds. */
const countedBefore = 2;

/** Sums up steps over all ranks, and with them whether one of them was asked to stop and how long each has taken. */
export class StepExchange {
  private stop = false;
  private seconds: Float64Array;
  private since: number | undefined;

  constructor(readonly ranks: Ranks) {
    this.seconds = new Float64Array(ranks.size);
  }

  /** Numbers that are exchanged with a step, behind it in the same array. */
  get room(): number {
    return countedBefore + this.ranks.size;
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
    try {
      const layout = new StepLayout(own, ownVariables);
      const packed = layout.pack(tf, own, this.room);
      const values = (await packed.data()) as Float32Array;
      packed.dispose();
      await this.sum(values, layout, images, wantsStop);
      return layout.tensorsOf(tf, values, own);
    } finally {
      disposeStep(own);
    }
  }

  /**
   * Puts the step of all ranks in the place of this one's.
   * @param values as `StepLayout.pack` gives them, with room for `room` numbers
   * @param images as of `together`
   */
  async sum(values: Float32Array, sections: StepSections, images: number, wantsStop: boolean): Promise<void> {
    const { ranks } = this;
    const { means, sums, length } = sections;
    // What it has computed for no image of its own may be anything.
    if (images === 0) values.fill(0, 0, length);
    for (let index = 0; index < means; index++) values[index] = values[index]! * images;
    const started = this.since ?? performance.now();
    const own = (performance.now() - started) / 1000;
    const counted = values.subarray(length, length + this.room);
    counted.fill(0);
    counted.set([images, wantsStop ? 1 : 0]);
    counted[countedBefore + ranks.rank] = own;
    await ranks.sum(values);
    this.stop = counted[1]! > 0;
    for (let rank = 0; rank < ranks.size; rank++) this.seconds[rank]! += counted[countedBefore + rank]!;
    const all = counted[0]!;
    for (let index = 0; index < means; index++) values[index] = values[index]! / all;
    for (let index = sums; index < length; index++) values[index] = Math.min(1, values[index]!);
    this.restart();
  }
}
