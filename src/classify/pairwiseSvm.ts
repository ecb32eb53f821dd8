// One linear support vector machine for every two people, as scikit-learn's SVC(kernel="linear", probability=True).
import { NumpyRandom } from '../dataset/random';
import { fitSigmoid, probabilityOf } from '../evaluate/sigmoid';
import { throwIfStopped } from '../protocol/errors';
import { heedRequests } from '../run/heedRequests';
import { couplePairs, pairIndex, pairsOf } from './coupling';
import { decisionsOfOthers } from './platt';
import { pickRows, products, rowCount, type Rows } from './products';
import { solveTwoClasses, type TwoClasses } from './twoClasses';

/** What training leaves; everything that a decision is made of. */
export interface PairwiseSvm {
  /** Rows that support a decision, class by class. */
  readonly support: Rows;
  /** How many of them belong to each class. */
  readonly supportCounts: readonly number[];
  /** For each pair in the order of `pairIndex`: α·y of the first class's rows, then of the second's. */
  readonly coefficients: Float64Array;
  /** For each pair. */
  readonly bias: Float64Array;
  readonly slope: Float64Array;
  readonly offset: Float64Array;
}

export interface SvmOptions {
  /** C. */
  cost?: number;
  /** Of the parts that Platt's method keeps aside. */
  seed?: number;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/** Pairs between two looks at what else there is to do. */
const pairsAtOnce = 256;
/** A probability is never nearer than this to 0 or 1 before coupling. */
const leastProbability = 1e-7;

/**
 * Trains one machine for every two classes, each with its sigmoid. The same rows and seed give the same machine everywhere.
 * @param rows one example each
 * @param labels class of each row, 0 … K − 1, each of which has a row; K is at least 2
 */
export async function trainPairwiseSvm(
  rows: Rows,
  labels: ArrayLike<number>,
  { cost = 1, seed = 0, signal, onProgress }: SvmOptions = {},
): Promise<PairwiseSvm> {
  const members: number[][] = [];
  for (let row = 0; row < labels.length; row++) (members[labels[row]!] ??= []).push(row);
  const classes = members.length;
  const total = pairsOf(classes);
  const random = new NumpyRandom(seed);
  const byClass = members.map((indices) => pickRows(rows, indices));
  const own = byClass.map((examples) => products(examples, examples));
  const solved: Float64Array[] = [];
  const [bias, slope, offset] = [new Float64Array(total), new Float64Array(total), new Float64Array(total)];
  for (let i = 0; i < classes; i++) {
    for (let j = i + 1; j < classes; j++) {
      const pair = pairIndex(i, j, classes);
      const two = twoClasses(own[i]!, own[j]!, products(byClass[i]!, byClass[j]!));
      const decision = solveTwoClasses(two, { cost });
      const sigmoid = fitSigmoid(decisionsOfOthers(two, random), two.positives);
      solved.push(decision.coefficients);
      [bias[pair], slope[pair], offset[pair]] = [decision.bias, sigmoid.slope, sigmoid.offset];
      if (pair % pairsAtOnce === 0) {
        onProgress?.(pair, total);
        await heedRequests();
        throwIfStopped(signal);
      }
    }
  }
  onProgress?.(total, total);
  return { ...supportOf(byClass, solved, rows.dimension), bias, slope, offset };
}

/** Products of the rows of two classes as one matrix, float32 as the solver takes them. */
function twoClasses(first: Float64Array, second: Float64Array, between: Float64Array): TwoClasses {
  const [n, m] = [Math.sqrt(first.length), Math.sqrt(second.length)];
  const rows = n + m;
  const kernel = new Float32Array(rows * rows);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) kernel[i * rows + j] = first[i * n + j]!;
    for (let j = 0; j < m; j++) kernel[i * rows + n + j] = kernel[(n + j) * rows + i] = between[i * m + j]!;
  }
  for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) kernel[(n + i) * rows + n + j] = second[i * m + j]!;
  const squares = new Float64Array(rows);
  for (let i = 0; i < n; i++) squares[i] = first[i * n + i]!;
  for (let i = 0; i < m; i++) squares[n + i] = second[i * m + i]!;
  return { kernel, squares, rows, positives: n };
}

/** Leaves out the rows that support no decision. */
function supportOf(
  byClass: readonly Rows[],
  solved: readonly Float64Array[],
  dimension: number,
): Pick<PairwiseSvm, 'support' | 'supportCounts' | 'coefficients'> {
  const classes = byClass.length;
  const sizes = byClass.map((examples) => rowCount(examples));
  const used = sizes.map((size) => new Uint8Array(size));
  eachPair(classes, (i, j, pair) => {
    const values = solved[pair]!;
    for (let row = 0; row < values.length; row++) {
      if (values[row] === 0) continue;
      if (row < sizes[i]!) used[i]![row] = 1;
      else used[j]![row - sizes[i]!] = 1;
    }
  });
  const kept = used.map((marks) => [...marks.keys()].filter((row) => marks[row] === 1));
  const supportCounts = kept.map(({ length }) => length);
  const vectors = supportCounts.reduce((sum, count) => sum + count, 0);
  const data = new Float64Array(vectors * dimension);
  let filled = 0;
  for (const [index, examples] of byClass.entries()) {
    data.set(pickRows(examples, kept[index]!).data, filled);
    filled += kept[index]!.length * dimension;
  }
  const coefficients = new Float64Array(vectors * (classes - 1));
  let next = 0;
  eachPair(classes, (i, j, pair) => {
    for (const row of kept[i]!) coefficients[next++] = solved[pair]![row]!;
    for (const row of kept[j]!) coefficients[next++] = solved[pair]![sizes[i]! + row]!;
  });
  return { support: { data, dimension }, supportCounts, coefficients };
}

function eachPair(classes: number, take: (i: number, j: number, pair: number) => void): void {
  for (let i = 0; i < classes; i++) for (let j = i + 1; j < classes; j++) take(i, j, pairIndex(i, j, classes));
}

/** Decision value of each pair for each row, [rows, pairs] row-major; above 0 is the first class of the pair. */
export function decisionValues(svm: PairwiseSvm, rows: Rows): Float64Array {
  const { supportCounts, coefficients, bias } = svm;
  const classes = supportCounts.length;
  const kernel = products(rows, svm.support);
  const vectors = rowCount(svm.support);
  const first = supportCounts.map((_, index) => supportCounts.slice(0, index).reduce((sum, count) => sum + count, 0));
  const count = rowCount(rows);
  const decisions = new Float64Array(count * bias.length);
  for (let row = 0; row < count; row++) {
    const start = row * vectors;
    let next = 0;
    eachPair(classes, (i, j, pair) => {
      let value = -bias[pair]!;
      const [endI, endJ] = [first[i]! + supportCounts[i]!, first[j]! + supportCounts[j]!];
      for (let place = first[i]!; place < endI; place++) value += coefficients[next++]! * kernel[start + place]!;
      for (let place = first[j]!; place < endJ; place++) value += coefficients[next++]! * kernel[start + place]!;
      decisions[row * bias.length + pair] = value;
    });
  }
  return decisions;
}

/** P(first | first or second) of each pair for the decisions of one row. */
export function pairProbabilities({ slope, offset }: PairwiseSvm, decisions: Float64Array): Float64Array {
  return decisions.map((decision, pair) => {
    const probability = probabilityOf({ slope: slope[pair]!, offset: offset[pair]! }, decision);
    return Math.min(1 - leastProbability, Math.max(leastProbability, probability));
  });
}

/** Probability of each class for each row, [rows, classes] row-major. */
export function probabilities(svm: PairwiseSvm, rows: Rows): Float64Array {
  const classes = svm.supportCounts.length;
  const pairs = pairsOf(classes);
  const count = rowCount(rows);
  const result = new Float64Array(count * classes);
  const decisions = decisionValues(svm, rows);
  for (let row = 0; row < count; row++) {
    const pairwise = pairProbabilities(svm, decisions.subarray(row * pairs, (row + 1) * pairs));
    result.set(couplePairs(pairwise, classes), row * classes);
  }
  return result;
}
