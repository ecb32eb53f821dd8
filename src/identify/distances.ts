/** Euclidean distance of each two of N embeddings, [N, N] row-major: not squared, as compare.py prints it (spec §8.2). */
export function distanceMatrix(embeddings: Float32Array, dimension: number): Float64Array {
  const count = embeddings.length / dimension;
  const distances = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      let squared = 0;
      for (let d = 0; d < dimension; d++)
        squared += (embeddings[i * dimension + d]! - embeddings[j * dimension + d]!) ** 2;
      distances[i * count + j] = distances[j * count + i] = Math.sqrt(squared);
    }
  }
  return distances;
}

/** The lines of compare.py and cluster.py for a matrix (spec §8.2). */
export function matrixLines(distances: Float64Array): string[] {
  const count = Math.sqrt(distances.length);
  const indices = Array.from({ length: count }, (_, index) => index);
  const row = (i: number): string => indices.map((j) => `  ${distances[i * count + j]!.toFixed(4)}  `).join('');
  return [
    'Distance matrix',
    `    ${indices.map((index) => `    ${index}     `).join('')}`,
    ...indices.map((index) => `${index}  ${row(index)}`),
  ];
}
