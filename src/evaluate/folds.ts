import { UserError } from '../protocol/errors';

/** Test pairs `[start, end)` of one fold; all other pairs train it. */
export interface Fold {
  readonly start: number;
  readonly end: number;
}

/**
 * Contiguous, unshuffled folds: the first n mod k have one pair more (spec §7.6).
 * Throws UserError for fewer than 2 folds or more folds than pairs.
 */
export function makeFolds(pairs: number, folds: number): Fold[] {
  if (!Number.isInteger(folds) || folds < 2) {
    throw new UserError(`${folds} folds cannot be evaluated.`, 'Use at least 2 folds.');
  }
  if (folds > pairs) {
    throw new UserError(
      `Cannot have number of folds ${folds} greater than the number of pairs: ${pairs}.`,
      'Use fewer folds, or check that the pairs name images that exist.',
    );
  }
  const small = Math.floor(pairs / folds);
  const larger = pairs % folds;
  return Array.from({ length: folds }, (_, index) => {
    const start = index * small + Math.min(index, larger);
    return { start, end: start + small + (index < larger ? 1 : 0) };
  });
}
