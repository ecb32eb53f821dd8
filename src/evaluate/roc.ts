import { countBelow, thresholdGrid, type SortedDistances } from './counts';

/** Thresholds of the ROC: 0, 0.01 … 3.99 (spec §7.4). */
export const rocThresholds = thresholdGrid(400, 0.01);

/** Rates at every threshold: predicted the same person where distance < threshold. 0 where a rate has no pairs. */
export interface RatesByThreshold {
  readonly tpr: Float64Array;
  readonly fpr: Float64Array;
  readonly accuracy: Float64Array;
}

/** TPR, FPR and accuracy of these distances at every ROC threshold (spec §7.7). */
export function ratesByThreshold(distances: SortedDistances): RatesByThreshold {
  const truePositives = countBelow(distances.same, rocThresholds);
  const falsePositives = countBelow(distances.different, rocThresholds);
  const same = distances.same.length;
  const different = distances.different.length;
  const rates = {
    tpr: new Float64Array(rocThresholds.length),
    fpr: new Float64Array(rocThresholds.length),
    accuracy: new Float64Array(rocThresholds.length),
  };
  for (let k = 0; k < rocThresholds.length; k++) {
    const trueNegatives = different - falsePositives[k]!;
    rates.tpr[k] = same === 0 ? 0 : truePositives[k]! / same;
    rates.fpr[k] = different === 0 ? 0 : falsePositives[k]! / different;
    rates.accuracy[k] = same + different === 0 ? 0 : (truePositives[k]! + trueNegatives) / (same + different);
  }
  return rates;
}

/** Index of the first maximum: the threshold a fold takes from its training pairs. */
export function firstMaximum(values: Float64Array): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k]! > values[best]!) best = k;
  return best;
}

/** Means over the folds, threshold by threshold. */
export function meanRates(folds: readonly RatesByThreshold[]): RatesByThreshold {
  const mean = (rate: keyof RatesByThreshold): Float64Array =>
    Float64Array.from(rocThresholds, (_, k) => folds.reduce((sum, fold) => sum + fold[rate][k]!, 0) / folds.length);
  return { tpr: mean('tpr'), fpr: mean('fpr'), accuracy: mean('accuracy') };
}
