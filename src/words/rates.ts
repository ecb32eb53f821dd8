// Rates and their changes as the window and the verdict write them; the reference's lines, CSV and JSON keep fractions.

/** A rate in 0 … 1 as a percentage with one decimal: `94.7 %`. */
export function percent(rate: number): string {
  return `${(100 * rate).toFixed(1)} %`;
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
