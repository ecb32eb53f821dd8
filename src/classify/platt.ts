// Probabilities of a support vector machine for two classes.
import type { NumpyRandom } from '../dataset/random';
import { solveTwoClasses, type TwoClasses } from './twoClasses';

/** Parts of the training rows that are decided by a machine that has not seen them. */
const folds = 5;

/**
 * Decision value of each training row by a machine that was trained without it: contiguous fifths of a random permutation
 * (spec §8.1). Where only one class is left to train on the value is that class's, ±1; where nothing is, 0.
 */
export function decisionsOfOthers(classes: TwoClasses, random: NumpyRandom): Float64Array {
  const { kernel, squares, rows, positives } = classes;
  const order = random.permutation(rows);
  const decisions = new Float64Array(rows);
  for (let fold = 0; fold < folds; fold++) {
    const [begin, end] = [Math.floor((fold * rows) / folds), Math.floor(((fold + 1) * rows) / folds)];
    const others = [...order.slice(0, begin), ...order.slice(end)];
    const kept = [...others.filter((row) => row < positives), ...others.filter((row) => row >= positives)];
    const keptPositives = others.filter((row) => row < positives).length;
    const tested = order.slice(begin, end);
    if (keptPositives === 0 || keptPositives === kept.length) {
      const value = kept.length === 0 ? 0 : keptPositives > 0 ? 1 : -1;
      for (const row of tested) decisions[row] = value;
      continue;
    }
    const part = new Float32Array(kept.length * kept.length);
    for (let i = 0; i < kept.length; i++) {
      for (let j = 0; j < kept.length; j++) part[i * kept.length + j] = kernel[kept[i]! * rows + kept[j]!]!;
    }
    const { coefficients, bias } = solveTwoClasses({
      kernel: part,
      squares: Float64Array.from(kept, (row) => squares[row]!),
      rows: kept.length,
      positives: keptPositives,
    });
    for (const row of tested) {
      let value = -bias;
      for (let i = 0; i < kept.length; i++) value += coefficients[i]! * kernel[row * rows + kept[i]!]!;
      decisions[row] = value;
    }
  }
  return decisions;
}
