// A logistic curve through values of two classes.

/** P(first class) = 1 / (1 + exp(slope · f + offset)). */
export interface Sigmoid {
  readonly slope: number;
  readonly offset: number;
}

const mostSteps = 100;
const ridge = 1e-12;
const enough = 1e-5;
const leastStep = 1e-10;

/** log(1 + exp(x)) without overflow. */
function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/**
 * Platt's sigmoid for decision values, the first `positives` of which are of the first class: Newton's method with backtracking
 * (H.-T. Lin, C.-J. Lin, R. C. Weng, A Note on Platt's Probabilistic Outputs for Support Vector Machines, Machine Learning 68,
 * 2007; spec §8.1).
 */
export function fitSigmoid(decisions: Float64Array, positives: number): Sigmoid {
  const negatives = decisions.length - positives;
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (negatives + 2)];
  const target = (row: number): number => (row < positives ? high : low);
  const loss = (slope: number, offset: number): number => {
    let sum = 0;
    for (let row = 0; row < decisions.length; row++) {
      const x = slope * decisions[row]! + offset;
      sum += softplus(x) - (1 - target(row)) * x;
    }
    return sum;
  };
  let [slope, offset] = [0, Math.log((negatives + 1) / (positives + 1))];
  let value = loss(slope, offset);
  for (let step = 0; step < mostSteps; step++) {
    let [h11, h22, h21, g1, g2] = [ridge, ridge, 0, 0, 0];
    for (let row = 0; row < decisions.length; row++) {
      const f = decisions[row]!;
      const p = probabilityOf({ slope, offset }, f);
      const weight = p * (1 - p);
      const error = target(row) - p;
      h11 += f * f * weight;
      h22 += weight;
      h21 += f * weight;
      g1 += f * error;
      g2 += error;
    }
    if (Math.abs(g1) < enough && Math.abs(g2) < enough) break;
    const determinant = h11 * h22 - h21 * h21;
    const [moveSlope, moveOffset] = [-(h22 * g1 - h21 * g2) / determinant, -(-h21 * g1 + h11 * g2) / determinant];
    const descent = g1 * moveSlope + g2 * moveOffset;
    let size = 1;
    for (; size >= leastStep; size /= 2) {
      const [nextSlope, nextOffset] = [slope + size * moveSlope, offset + size * moveOffset];
      const next = loss(nextSlope, nextOffset);
      if (next < value + 1e-4 * size * descent) {
        [slope, offset, value] = [nextSlope, nextOffset, next];
        break;
      }
    }
    if (size < leastStep) break;
  }
  return { slope, offset };
}

/** 0 … 1, without overflow for any finite decision. */
export function probabilityOf({ slope, offset }: Sigmoid, decision: number): number {
  const x = slope * decision + offset;
  return x >= 0 ? Math.exp(-x) / (1 + Math.exp(-x)) : 1 / (1 + Math.exp(x));
}
