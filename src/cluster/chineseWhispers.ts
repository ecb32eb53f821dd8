import type { NumpyRandom } from '../dataset/random';

/** Who resembles a node: its neighbours with the weights of their edges. */
export interface Edges {
  readonly nodes: readonly number[];
  readonly weights: readonly number[];
}

/** Rounds in which every node listens to its neighbours. */
const rounds = 20;

/** For each of N embeddings of length 1 the others whose scalar product with it is above `least` (spec §8.5). */
export function edgesAbove(embeddings: Float32Array, dimension: number, least: number): Edges[] {
  const count = embeddings.length / dimension;
  const edges = Array.from({ length: count }, () => ({ nodes: [] as number[], weights: [] as number[] }));
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      let product = 0;
      for (let d = 0; d < dimension; d++) product += embeddings[i * dimension + d]! * embeddings[j * dimension + d]!;
      if (product <= least) continue;
      edges[i]!.nodes.push(j);
      edges[i]!.weights.push(product);
      edges[j]!.nodes.push(i);
      edges[j]!.weights.push(product);
    }
  }
  return edges;
}

/**
 * Chinese whispers (C. Biemann, 2006) as clustering.py has it (spec §8.5): in 20 rounds each node, in a shuffled order, joins the
 * cluster that most weight among its neighbours is in, the first met of equal ones.
 * @returns the nodes of each cluster, largest first; nodes without a neighbour are in none
 */
export function chineseWhispers(edges: readonly Edges[], random: NumpyRandom): number[][] {
  const cluster = Int32Array.from(edges.keys());
  const order = [...edges.keys()];
  for (let round = 0; round < rounds; round++) {
    random.shuffle(order);
    for (const node of order) {
      const { nodes, weights } = edges[node]!;
      const heard = new Map<number, number>();
      nodes.forEach((other, index) => {
        heard.set(cluster[other]!, (heard.get(cluster[other]!) ?? 0) + weights[index]!);
      });
      let most = 0;
      for (const [label, weight] of heard) {
        if (weight <= most) continue;
        most = weight;
        cluster[node] = label;
      }
    }
  }
  const members = new Map<number, number[]>();
  for (const node of edges.keys()) {
    if (edges[node]!.nodes.length === 0) continue;
    members.set(cluster[node]!, [...(members.get(cluster[node]!) ?? []), node]);
  }
  return [...members.values()].sort((a, b) => b.length - a.length);
}
