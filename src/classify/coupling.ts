/** Place of the pair (i, j), i < j, among the pairs of `classes` in their order (0, 1), (0, 2) … */
export function pairIndex(i: number, j: number, classes: number): number {
  return i * classes - (i * (i + 1)) / 2 + (j - i - 1);
}

export function pairsOf(classes: number): number {
  return (classes * (classes - 1)) / 2;
}

/**
 * Probability of each of several classes from those of every two of them: the second method of T.-F. Wu, C.-J. Lin, R. C. Weng,
 * Probability Estimates for Multi-class Classification by Pairwise Coupling, JMLR 5 (2004), as libsvm iterates it (spec §8.1).
 * @param pairwise P(i | i or j) for i < j, in the order of `pairIndex`, each within (0, 1)
 * @param members classes that there are to choose from, ascending; default all
 * @returns a probability for each member, sum 1
 */
export function couplePairs(pairwise: Float64Array, classes: number, members?: readonly number[]): Float64Array {
  const chosen = members ?? Array.from({ length: classes }, (_, index) => index);
  const k = chosen.length;
  const q = new Float64Array(k * k);
  for (let a = 0; a < k; a++) {
    for (let b = a + 1; b < k; b++) {
      const r = pairwise[pairIndex(chosen[a]!, chosen[b]!, classes)]!;
      q[a * k + a]! += (1 - r) * (1 - r);
      q[b * k + b]! += r * r;
      q[a * k + b] = q[b * k + a] = -r * (1 - r);
    }
  }
  const p = new Float64Array(k).fill(1 / k);
  const qp = new Float64Array(k);
  const enough = 0.005 / k;
  for (let round = 0; round < Math.max(100, k); round++) {
    let pqp = 0;
    for (let t = 0; t < k; t++) {
      let sum = 0;
      for (let s = 0; s < k; s++) sum += q[t * k + s]! * p[s]!;
      qp[t] = sum;
      pqp += p[t]! * sum;
    }
    let worst = 0;
    for (let t = 0; t < k; t++) worst = Math.max(worst, Math.abs(qp[t]! - pqp));
    if (worst < enough) break;
    for (let t = 0; t < k; t++) {
      const delta = (pqp - qp[t]!) / q[t * k + t]!;
      const scale = 1 + delta;
      p[t]! += delta;
      pqp = (pqp + delta * (delta * q[t * k + t]! + 2 * qp[t]!)) / (scale * scale);
      for (let s = 0; s < k; s++) {
        qp[s] = (qp[s]! + delta * q[t * k + s]!) / scale;
        p[s]! /= scale;
      }
    }
  }
  return p;
}
