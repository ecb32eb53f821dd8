/**
 * How far the directions of prelogits or embeddings [rows, E] lie from their mean, √(1 − ‖mean‖²): near 1 where they point everywhere,
 * 0 where all are the same. One without a length has no direction and counts as one with all others like it.
 */
export function spreadOf({ rows, data }: { rows: number; data: Float32Array }): number {
  const size = data.length / rows;
  const mean = new Float64Array(size);
  let without = 0;
  for (let row = 0; row < rows; row++) {
    const values = data.subarray(row * size, (row + 1) * size);
    let square = 0;
    for (let i = 0; i < size; i++) square += values[i]! * values[i]!;
    if (square === 0) {
      without++;
      continue;
    }
    const factor = 1 / (Math.sqrt(square) * rows);
    for (let i = 0; i < size; i++) mean[i] = mean[i]! + values[i]! * factor;
  }
  const square = mean.reduce((sum, value) => sum + value * value, (without / rows) ** 2);
  return Math.sqrt(Math.max(0, 1 - square));
}
