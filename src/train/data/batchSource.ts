import type { BatchRows } from '../../input/pixels';
import type { Tensor, Weights } from '../../network/tensor';

export interface Batch {
  /** [N, rowLength] */
  rows: BatchRows;
  /** Indices of people, [N]. */
  labels: Int32Array;
  /** Of the whole step, in which other ranks may have a part. */
  images: number;
  /** Images that this rank adds to the step: N, or 0 where there is none for it and it has the first ones too. */
  own: number;
}

/** Who learns from the batches. */
export interface Learner {
  /** Present values of everything that is trained, by the names of a checkpoint. */
  weights(): Promise<Weights>;
}

/** Gives the batch of each step, as a function of the seed, the step and, where it chooses, of what was learned so far. */
export interface BatchSource {
  /** Whether the batch of this step has to be chosen first, which takes time that is not training's. */
  pausesBefore(step: number): boolean;
  /**
   * The batch of the step with this number (from 0), to be used until the one after the next is asked for; undefined where
   * nothing is left to learn.
   * @throws StoppedError where choosing it was stopped
   */
  batch(step: number, learner: Learner): Promise<Batch | undefined>;
  /** What a run that goes on with this step needs besides its number, by names for a checkpoint. */
  state(step: number): ReadonlyMap<string, Tensor>;
  /** Waits for what is being prepared, then closes what it reads from. */
  close(): Promise<void>;
}
