/**
 * Which sample stands at each position of an endless order; the batch of step s holds the positions from s times
 * its size on. A function of the seed alone, so that a run resumed at a step sees what it would have seen.
 */
export interface SampleOrder {
  /** Index of the sample at `position` ≥ 0. */
  at(position: number): number;
}
