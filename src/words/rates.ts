// Rates and their changes as the window and the verdict write them; the reference's lines, CSV and JSON keep fractions.

/**
 * A rate in 0 … 1 as a percentage with one decimal: `94.7 %`. Below one percent it has two digits that count, as false
 * accept rates need them: `0.067 %`.
 */
export function percent(rate: number): string {
  const value = 100 * rate;
  return `${value > 0 && value < 0.95 ? Number(value.toPrecision(2)) : value.toFixed(1)} %`;
}

/** The same for an axis, with no more decimals than it needs: `95 %`, `97.5 %`. */
export function percentTick(rate: number): string {
  return `${Number((100 * rate).toPrecision(3))} %`;
}

/** Mean and standard deviation of a rate, e.g. over the folds: `94.7 % ± 2.7`. */
export function percentSpread(mean: number, std: number): string {
  return `${percent(mean)} ± ${points(std)}`;
}

/** Size of a change of a rate in 0 … 1, in percentage points with one decimal and without its sign: `4.0`. */
export function points(change: number): string {
  return Math.abs(100 * change).toFixed(1);
}

/** The same with its sign, as differences are: `+4.0`, `−0.3`, `±0.0`. */
export function signedPoints(change: number): string {
  const size = points(change);
  if (Number(size) === 0) return `±${size}`;
  return `${change > 0 ? '+' : '−'}${size}`;
}
