import { meanAndStd, sortDistances } from './counts';
import { areaUnderCurve, equalErrorRate, type EqualErrorRate } from './curves';
import { meanOutside, pairCount, pairDistances, type DistanceMetric, type PairEmbeddings } from './distances';
import { makeFolds } from './folds';
import { firstMaximum, meanRates, ratesByThreshold, rocThresholds, type RatesByThreshold } from './roc';
import { farTarget, ratesAt, thresholdAtFar } from './validationRate';

export interface EvaluationOptions {
  folds: number;
  distanceMetric: DistanceMetric;
  /** Subtract the mean of each fold's training embeddings before measuring distances. */
  subtractMean: boolean;
}

/** The LFW protocol's numbers; rates and accuracies in [0, 1]. */
export interface Evaluation {
  accuracy: { mean: number; std: number; perFold: number[]; thresholds: number[] };
  /** Each fold at the threshold that the others have chosen for `farTarget`. */
  validation: { rate: number; std: number; far: number; farTarget: number; thresholds: number[] };
  auc: number;
  eer: EqualErrorRate;
  /** Means over the test folds at each threshold. */
  roc: RatesByThreshold & { thresholds: Float64Array };
  /** Distance of each pair as measured in the fold that tests it, and that fold's index. */
  distances: Float64Array;
  foldOf: Uint16Array;
}

/**
 * Accuracy, VAL@FAR, AUC and EER of pairs under k-fold cross-validation (spec §7.4–§7.9).
 * @param pairs 2P embeddings; rows 2i and 2i+1 belong to pair i.
 * @param same whether pair i shows one person; the shorter of both lists counts.
 * @throws UserError for fewer than 2 folds or fewer pairs than folds.
 */
export function evaluatePairs(pairs: PairEmbeddings, same: readonly boolean[], options: EvaluationOptions): Evaluation {
  const count = Math.min(pairCount(pairs), same.length);
  const used = { dimension: pairs.dimension, data: pairs.data.subarray(0, 2 * count * pairs.dimension) };
  const folds = makeFolds(count, options.folds);
  const plain = options.subtractMean ? undefined : pairDistances(used, options.distanceMetric);

  const tested: RatesByThreshold[] = [];
  const perFold: number[] = [];
  const thresholds: number[] = [];
  const validation: { val: number; far: number; threshold: number }[] = [];
  const distances = new Float64Array(count);
  const foldOf = new Uint16Array(count);

  folds.forEach(({ start, end }, index) => {
    const measured = plain ?? pairDistances(used, options.distanceMetric, meanOutside(used, start, end));
    const inTest = (pair: number): boolean => pair >= start && pair < end;
    const train = sortDistances(measured, same, (pair) => !inTest(pair));
    const test = sortDistances(measured, same, inTest);

    const best = firstMaximum(ratesByThreshold(train).accuracy);
    const rates = ratesByThreshold(test);
    tested.push(rates);
    perFold.push(rates.accuracy[best]!);
    thresholds.push(rocThresholds[best]!);
    const threshold = thresholdAtFar(train.different, farTarget);
    validation.push({ ...ratesAt(test, threshold), threshold });

    distances.set(measured.subarray(start, end), start);
    foldOf.fill(index, start, end);
  });

  const roc = meanRates(tested);
  const val = meanAndStd(validation.map((fold) => fold.val));
  return {
    accuracy: { ...meanAndStd(perFold), perFold, thresholds },
    validation: {
      ...{ rate: val.mean, std: val.std, far: meanAndStd(validation.map((fold) => fold.far)).mean, farTarget },
      thresholds: validation.map(({ threshold }) => threshold),
    },
    auc: areaUnderCurve(roc.fpr, roc.tpr),
    eer: equalErrorRate(roc.fpr, roc.tpr),
    roc: { ...roc, thresholds: rocThresholds },
    distances,
    foldOf,
  };
}
