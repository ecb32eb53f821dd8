/**
 * Exponential moving average without the pull of its start: s ← w·s + (1 − w)·y, divided by 1 − w^n as in Adam's
 * bias correction, so the first value is itself. Values that are not finite (NaN) stay so and are skipped over. A
 * column that grows costs only what it has grown by.
 */
export class MovingAverage {
  private averaged = new Float32Array(0);
  private rows = 0;
  private sum = 0;
  private correction = 1;

  /** @param weight 0 (no smoothing) … below 1. */
  constructor(readonly weight: number) {}

  /** Averages of a column that has only grown since the last call; a view that the next call may move. */
  extend(values: ArrayLike<number>): Float32Array {
    const { weight } = this;
    if (this.averaged.length < values.length) {
      const larger = new Float32Array(Math.max(256, 2 * values.length));
      larger.set(this.averaged.subarray(0, this.rows));
      this.averaged = larger;
    }
    for (let row = this.rows; row < values.length; row++) {
      const value = values[row]!;
      if (Number.isNaN(value)) {
        this.averaged[row] = NaN;
        continue;
      }
      this.sum = weight * this.sum + (1 - weight) * value;
      this.correction *= weight;
      this.averaged[row] = this.sum / (1 - this.correction);
    }
    this.rows = values.length;
    return this.averaged.subarray(0, this.rows);
  }
}
