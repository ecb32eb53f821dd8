import { UserError } from '../protocol/errors';

/** 0: squared Euclidean distance, no root. 1: angle between the vectors divided by π (spec §7.5). */
export type DistanceMetric = 0 | 1;

/** 2P embeddings of P pairs: row 2i and row 2i+1 are the two images of pair i. Row-major, `dimension` numbers a row. */
export interface PairEmbeddings {
  readonly data: Float64Array | Float32Array;
  readonly dimension: number;
}

/** Number of whole pairs. Throws UserError where the data is not made of pairs of rows. */
export function pairCount({ data, dimension }: PairEmbeddings): number {
  const rows = data.length / dimension;
  if (!Number.isInteger(rows) || rows % 2 !== 0) {
    throw new UserError(
      `${data.length} numbers are not pairs of embeddings of ${dimension} numbers.`,
      'Give two rows for each pair, in the order of the pairs file.',
    );
  }
  return rows / 2;
}

/**
 * Distance of every pair after subtracting `mean` (length `dimension`; absent: nothing is subtracted).
 * Metric 0 ranges over [0, 4] for unit vectors, metric 1 over [0, 1]. The cosine is clamped to [−1, 1], so that equal
 * vectors have distance 0 where the reference got NaN (spec §7.5, §9 item 29); a zero vector has cosine 0. Pairs with NaN
 * or infinite numbers, or whose squares overflow, are infinitely far apart: never the same person.
 */
export function pairDistances(pairs: PairEmbeddings, metric: DistanceMetric, mean?: Float64Array): Float64Array {
  const { data, dimension } = pairs;
  const distances = new Float64Array(pairCount(pairs));
  const zero = mean ?? new Float64Array(dimension);
  for (let pair = 0; pair < distances.length; pair++) {
    const left = 2 * pair * dimension;
    const right = left + dimension;
    let squared = 0;
    let dot = 0;
    let leftNorm = 0;
    let rightNorm = 0;
    for (let d = 0; d < dimension; d++) {
      const a = data[left + d]! - zero[d]!;
      const b = data[right + d]! - zero[d]!;
      squared += (a - b) * (a - b);
      dot += a * b;
      leftNorm += a * a;
      rightNorm += b * b;
    }
    const distance = metric === 0 ? squared : angle(dot, leftNorm, rightNorm);
    distances[pair] = Number.isFinite(distance) ? distance : Infinity;
  }
  return distances;
}

function angle(dot: number, leftNorm: number, rightNorm: number): number {
  const norms = Math.sqrt(leftNorm) * Math.sqrt(rightNorm);
  const cosine = norms === 0 ? 0 : dot / norms;
  return Math.acos(Math.min(1, Math.max(-1, cosine))) / Math.PI;
}

/**
 * Mean of both embeddings over the pairs outside `[start, end)`: a fold's training pairs (spec §7.6). Embeddings that are
 * not finite are left out, so that one of them does not spoil all distances.
 */
export function meanOutside({ data, dimension }: PairEmbeddings, start: number, end: number): Float64Array {
  const mean = new Float64Array(dimension);
  const rows = data.length / dimension;
  let counted = 0;
  for (let row = 0; row < rows; row++) {
    const pair = row >> 1;
    if (pair >= start && pair < end) continue;
    const offset = row * dimension;
    let sum = 0;
    for (let d = 0; d < dimension; d++) sum += data[offset + d]!;
    if (!Number.isFinite(sum)) continue;
    counted++;
    for (let d = 0; d < dimension; d++) mean[d]! += data[offset + d]!;
  }
  for (let d = 0; d < dimension; d++) mean[d]! /= Math.max(counted, 1);
  return mean;
}
