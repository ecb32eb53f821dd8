import { Extremes } from './extremes';
import { MovingAverage } from './smoothing';

/** A column of values with what drawing it at any zoom needs. */
export interface Sampled {
  values: ArrayLike<number>;
  extremes: Extremes;
}

/** A column over the steps, raw and smoothed, which follows its growing table at the cost of the new rows alone. */
export class Trace {
  readonly raw: Sampled = { values: [], extremes: new Extremes() };
  /** The raw one itself where nothing is smoothed. */
  smoothed: Sampled = this.raw;
  private average: MovingAverage | undefined;
  private cuts = -1;

  /**
   * @param cuts how often the table has been cut; when it changes everything is computed anew.
   * @param weight of the moving average; 0 for none.
   */
  update(values: ArrayLike<number>, cuts: number, weight: number): void {
    if (cuts !== this.cuts) {
      this.raw.extremes.clear();
      this.average = undefined;
      this.cuts = cuts;
    }
    this.raw.values = values;
    this.raw.extremes.extend(values);
    if (weight === 0) {
      this.average = undefined;
      this.smoothed = this.raw;
      return;
    }
    if (this.average?.weight !== weight) {
      this.average = new MovingAverage(weight);
      this.smoothed = { values: [], extremes: new Extremes() };
    }
    this.smoothed.values = this.average.extend(values);
    this.smoothed.extremes.extend(this.smoothed.values);
  }
}
