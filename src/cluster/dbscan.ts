/** What a row that belongs to no cluster is labelled with. */
export const noise = -1;

/**
 * DBSCAN on a matrix of distances, as scikit-learn's with precomputed ones (spec §8.4): a row with `leastNeighbours` rows
 * within `reach`, itself included, is a core; clusters are what cores reach, numbered by their first core in the order of rows.
 * @param distances [N, N] row-major
 * @returns the cluster of each row, or `noise`
 */
export function dbscan(distances: Float64Array, reach: number, leastNeighbours: number): Int32Array {
  const count = Math.sqrt(distances.length);
  const neighbours = (row: number): number[] => {
    const found: number[] = [];
    for (let other = 0; other < count; other++) if (distances[row * count + other]! <= reach) found.push(other);
    return found;
  };
  const labels = new Int32Array(count).fill(noise);
  const cores = Uint8Array.from({ length: count }, (_, row) => (neighbours(row).length >= leastNeighbours ? 1 : 0));
  let clusters = 0;
  for (let first = 0; first < count; first++) {
    if (labels[first] !== noise || cores[first] === 0) continue;
    const waiting = [first];
    labels[first] = clusters;
    for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
      if (cores[row] === 0) continue;
      for (const other of neighbours(row)) {
        if (labels[other] !== noise) continue;
        labels[other] = clusters;
        waiting.push(other);
      }
    }
    clusters++;
  }
  return labels;
}
