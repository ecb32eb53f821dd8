// A linear support vector machine for two classes.

/** Training rows of two classes by their scalar products: the first `positives` are of class +1, the others of −1. */
export interface TwoClasses {
  /** [rows, rows] row-major. */
  readonly kernel: Float32Array;
  /** Product of each row with itself, unrounded. */
  readonly squares: Float64Array;
  readonly rows: number;
  readonly positives: number;
}

/** f(x) = Σ coefficients[i] · ⟨row i, x⟩ − bias; the first class where it is above 0. */
export interface DecisionFunction {
  /** α·y of each row; 0 for a row that supports nothing. */
  readonly coefficients: Float64Array;
  readonly bias: number;
}

/** Stands for a curvature that is not positive (Chen and Lin; libsvm's TAU). */
const leastCurvature = 1e-12;

/**
 * C-SVC by sequential minimal optimisation with second-order choice of the pair that moves: R.-E. Fan, P.-H. Chen, C.-J. Lin,
 * Working Set Selection Using Second Order Information for Training SVM, JMLR 6 (2005), as scikit-learn's SVC solves it
 * (spec §8.1): the products are float32, everything else is double. Rounding decides between rows that pull alike, and with
 * them where within the tolerance it ends, so that each sum is made in the same order as there.
 * @param cost C
 * @param tolerance greatest violation of the optimality conditions that ends it
 */
export function solveTwoClasses(
  classes: TwoClasses,
  { cost = 1, tolerance = 1e-3 }: { cost?: number; tolerance?: number } = {},
): DecisionFunction {
  const { kernel, rows, positives } = classes;
  const alpha = new Float64Array(rows);
  const gradient = new Float64Array(rows).fill(-1);
  const sign = (row: number): number => (row < positives ? 1 : -1);
  const mostSteps = Math.max(10_000_000, 100 * rows);
  for (let step = 0; step < mostSteps; step++) {
    const pair = choosePair(classes, alpha, gradient, cost, tolerance);
    if (pair === undefined) break;
    const [i, j] = pair;
    const [rowI, rowJ] = [i * rows, j * rows];
    const [before, beforeJ] = [alpha[i]!, alpha[j]!];
    movePair(alpha, gradient, i, j, sign(i) === sign(j), curvature(classes, i, j), cost);
    const moveI = sign(i) * (alpha[i]! - before);
    const moveJ = sign(j) * (alpha[j]! - beforeJ);
    for (let k = 0; k < rows; k++) {
      const change = kernel[rowI + k]! * moveI + kernel[rowJ + k]! * moveJ;
      gradient[k]! += k < positives ? change : -change;
    }
  }
  const bias = biasOf(alpha, gradient, positives, cost);
  const coefficients = alpha.map((value, row) => sign(row) * value);
  return { coefficients, bias };
}

/** ‖row i − row j‖², whatever the classes are. */
function curvature({ kernel, squares, rows }: TwoClasses, i: number, j: number): number {
  const value = squares[i]! + squares[j]! - 2 * kernel[i * rows + j]!;
  return value > 0 ? value : leastCurvature;
}

/** The rows whose multipliers violate the conditions most, by the gain of moving them; undefined where none does. */
function choosePair(
  classes: TwoClasses,
  alpha: Float64Array,
  gradient: Float64Array,
  cost: number,
  tolerance: number,
): [number, number] | undefined {
  const { rows, positives } = classes;
  let most = -Infinity;
  let i = -1;
  for (let t = 0; t < rows; t++) {
    const positive = t < positives;
    const mayRise = positive ? alpha[t]! < cost : alpha[t]! > 0;
    const pull = positive ? -gradient[t]! : gradient[t]!;
    if (!mayRise || pull < most) continue;
    most = pull;
    i = t;
  }
  if (i < 0) return undefined;
  let least = -Infinity;
  let best = Infinity;
  let j = -1;
  for (let t = 0; t < rows; t++) {
    const positive = t < positives;
    const mayFall = positive ? alpha[t]! > 0 : alpha[t]! < cost;
    if (!mayFall) continue;
    const pull = positive ? gradient[t]! : -gradient[t]!;
    if (pull >= least) least = pull;
    const gap = most + pull;
    if (gap <= 0) continue;
    const gain = -(gap * gap) / curvature(classes, i, t);
    if (gain > best) continue;
    best = gain;
    j = t;
  }
  return most + least < tolerance || j < 0 ? undefined : [i, j];
}

/**
 * Moves two multipliers to the best place on their line within the box. One that meets a bound lies on it exactly: whether a
 * row is at its bound decides the bias.
 */
function movePair(
  alpha: Float64Array,
  gradient: Float64Array,
  i: number,
  j: number,
  sameClass: boolean,
  curve: number,
  cost: number,
): void {
  if (sameClass) {
    const delta = (gradient[i]! - gradient[j]!) / curve;
    const sum = alpha[i]! + alpha[j]!;
    let [first, second] = [alpha[i]! - delta, alpha[j]! + delta];
    if (sum > cost) {
      if (first > cost) [first, second] = [cost, sum - cost];
      else if (second > cost) [first, second] = [sum - cost, cost];
    } else if (second < 0) [first, second] = [sum, 0];
    else if (first < 0) [first, second] = [0, sum];
    [alpha[i], alpha[j]] = [first, second];
    return;
  }
  const delta = (-gradient[i]! - gradient[j]!) / curve;
  const difference = alpha[i]! - alpha[j]!;
  let [first, second] = [alpha[i]! + delta, alpha[j]! + delta];
  if (difference > 0) {
    if (second < 0) [first, second] = [difference, 0];
    else if (first > cost) [first, second] = [cost, cost - difference];
  } else if (first < 0) [first, second] = [0, -difference];
  else if (second > cost) [first, second] = [cost + difference, cost];
  [alpha[i], alpha[j]] = [first, second];
}

/** What the decision is shifted by: mean over the multipliers inside the box, else the middle of what the bounds leave. */
function biasOf(alpha: Float64Array, gradient: Float64Array, positives: number, cost: number): number {
  let [upper, lower] = [Infinity, -Infinity];
  let [sum, free] = [0, 0];
  for (let t = 0; t < alpha.length; t++) {
    const positive = t < positives;
    const value = positive ? gradient[t]! : -gradient[t]!;
    if (alpha[t]! >= cost) {
      if (positive) lower = Math.max(lower, value);
      else upper = Math.min(upper, value);
    } else if (alpha[t]! <= 0) {
      if (positive) upper = Math.min(upper, value);
      else lower = Math.max(lower, value);
    } else {
      sum += value;
      free++;
    }
  }
  return free > 0 ? sum / free : (upper + lower) / 2;
}
