// From a distance to the probability of one person, and the thresholds that a report's pairs support.
import type { Calibration, CalibratedThreshold } from '../protocol/calibration';
import type { LfwReport } from '../protocol/lfwReport';
import { claimableRate, rateInterval } from './rateInterval';
import { fitSigmoid, probabilityOf } from './sigmoid';

/** Bins of the reliability curve: tenths of the probability. */
const bins = 10;

/**
 * What the pairs of a report say about a distance: a logistic curve from it to P(same person), how far that is right, and the
 * thresholds at the greatest accuracy, at false-accept rates of 1e-2 and 1e-3 and at the equal error rate. Pairs of both kinds
 * count as equally likely, whatever their numbers: whoever compares two faces knows no better. A false-accept rate that so many
 * pairs of two people cannot claim (`claimableRate`) has no threshold.
 * @returns undefined where pairs of one kind are missing
 */
export function calibrate({ distances, recipe }: Pick<LfwReport, 'distances' | 'recipe'>): Calibration | undefined {
  const sorted = (kind: boolean): Float64Array =>
    Float64Array.from(distances.filter(({ same }) => same === kind).map(({ distance }) => distance)).sort();
  const [same, different] = [sorted(true), sorted(false)];
  if (same.length === 0 || different.length === 0) return undefined;
  const { slope, offset } = fitSigmoid(
    Float64Array.from([...same, ...different], (value) => -value),
    same.length,
  );
  // The fit knows the share of pairs of one person; taking it out leaves even odds.
  const logistic = { slope: -slope, offset: offset + Math.log(same.length / different.length) };
  return {
    metric: recipe.distanceMetric,
    useFlippedImages: recipe.useFlippedImages,
    subtractMean: recipe.subtractMean,
    pairs: { same: same.length, different: different.length },
    logistic,
    reliability: reliability(same, different, logistic),
    thresholds: {
      accuracy: thresholdAt('accuracy', same, different),
      far2: thresholdAt(1e-2, same, different),
      far3: thresholdAt(1e-3, same, different),
      eer: thresholdAt('eer', same, different),
    },
  };
}

/**
 * The calibration of a report by its pairs, measured anew: what a report of an older version claims is held to the rule of
 * this one. Undefined where they are of one kind only, and for reports with mirrored images or a subtracted mean, which are
 * about other distances than that of two faces.
 */
export function calibrationOfReport(report: LfwReport): Calibration | undefined {
  const { useFlippedImages, subtractMean } = report.recipe;
  return useFlippedImages || subtractMean ? undefined : calibrate(report);
}

export const goals = ['accuracy', 'far2', 'far3', 'eer'] as const;
export type Goal = (typeof goals)[number];

/** A goal's threshold as the Euclidean distance of embeddings of length 1, 0 … 2; undefined where the pairs do not tell it. */
export function euclideanThreshold({ metric, thresholds }: Calibration, goal: Goal): number | undefined {
  const threshold = thresholds[goal]?.threshold;
  if (threshold === undefined) return undefined;
  if (metric === 0) return Math.sqrt(Math.max(0, threshold));
  return Math.sqrt(Math.max(0, 2 - 2 * Math.cos(Math.PI * Math.min(1, threshold))));
}

/** P(same person) at a distance of the report's kind, 0 … 1. */
export function confidenceAt({ logistic }: Pick<Calibration, 'logistic'>, distance: number): number {
  return probabilityOf(logistic, distance);
}

/** Predicted and observed share of one person by tenths of the prediction, both kinds of pairs weighing the same. */
function reliability(
  same: Float64Array,
  different: Float64Array,
  logistic: Calibration['logistic'],
): Calibration['reliability'] {
  const table = Array.from({ length: bins }, () => ({ pairs: 0, weight: 0, predicted: 0, observed: 0 }));
  const count = (values: Float64Array, observed: number): void => {
    const weight = 1 / values.length;
    for (const distance of values) {
      const probability = probabilityOf(logistic, distance);
      const bin = table[Math.min(bins - 1, Math.floor(probability * bins))]!;
      bin.pairs++;
      bin.weight += weight;
      bin.predicted += weight * probability;
      bin.observed += weight * observed;
    }
  };
  count(same, 1);
  count(different, 0);
  return table.flatMap(({ pairs, weight, predicted, observed }, bin) =>
    pairs === 0
      ? []
      : [{ from: bin / bins, to: (bin + 1) / bins, pairs, predicted: predicted / weight, observed: observed / weight }],
  );
}

/** Values of a sorted list below a threshold. */
function below(sorted: Float64Array, threshold: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The threshold of a goal among the places between two distances; undefined for a false-accept rate that the pairs cannot claim. */
function thresholdAt(
  goal: 'accuracy' | 'eer' | number,
  same: Float64Array,
  different: Float64Array,
): CalibratedThreshold | undefined {
  if (typeof goal === 'number' && goal < claimableRate(different.length)) return undefined;
  const places = Float64Array.from([...same, ...different]).sort();
  let chosen = 0;
  let worth = Number.NEGATIVE_INFINITY;
  for (let index = 0; index <= places.length; index++) {
    const threshold =
      index === 0
        ? places[0]!
        : index === places.length
          ? places[index - 1]! + 1e-6
          : (places[index - 1]! + places[index]!) / 2;
    const accepted = below(same, threshold);
    const wrong = below(different, threshold);
    const far = wrong / different.length;
    const rejected = 1 - accepted / same.length;
    const value =
      goal === 'accuracy'
        ? accepted + different.length - wrong
        : goal === 'eer'
          ? -Math.abs(far - rejected)
          : far <= goal
            ? threshold
            : -Infinity;
    if (value > worth) [worth, chosen] = [value, threshold];
  }
  const [accepted, wrong] = [below(same, chosen), below(different, chosen)];
  return {
    threshold: chosen,
    tar: accepted / same.length,
    far: wrong / different.length,
    farInterval: rateInterval(wrong, different.length),
    accuracy: (accepted + different.length - wrong) / (same.length + different.length),
  };
}
