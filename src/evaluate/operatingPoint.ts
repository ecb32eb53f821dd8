// What a threshold means for the pairs of a report; shared by the LFW tab and the exported report.
import { chipsDiffer } from '../protocol/chip';
import type { LfwReport, ReportPair } from '../protocol/lfwReport';

export interface OperatingPoint {
  /** Index in the report's ROC. */
  index: number;
  threshold: number;
  /** False accept rate: mean of the folds, 0 … 1. */
  far: number;
  /** True accept rate, also called validation rate: mean of the folds, 0 … 1. */
  tpr: number;
  /** Mean of the folds at this threshold, 0 … 1. */
  accuracy: number;
}

export interface WrongPairs {
  /** One person, taken for two: the greatest distance first. */
  falseRejects: ReportPair[];
  /** Two people, taken for one: the smallest distance first. */
  falseAccepts: ReportPair[];
}

/** Two images are taken for one person when their distance is below the threshold (spec §7.7). */
export function wrongPairs(pairs: readonly ReportPair[], threshold: number): WrongPairs {
  return {
    falseRejects: pairs
      .filter(({ same, distance }) => same && !(distance < threshold))
      .sort((a, b) => b.distance - a.distance),
    falseAccepts: pairs
      .filter(({ same, distance }) => !same && distance < threshold)
      .sort((a, b) => a.distance - b.distance),
  };
}

/** The point of the ROC at the threshold nearest to the one asked for. */
export function operatingPoint({ roc }: Pick<LfwReport, 'roc'>, threshold: number): OperatingPoint {
  let index = 0;
  roc.thresholds.forEach((value, candidate) => {
    if (Math.abs(value - threshold) < Math.abs(roc.thresholds[index]! - threshold)) index = candidate;
  });
  return pointAt({ roc }, index);
}

/** The point of the ROC with this index; the nearest end where it lies outside. */
export function pointAt({ roc }: Pick<LfwReport, 'roc'>, index: number): OperatingPoint {
  const inside = Math.max(0, Math.min(roc.thresholds.length - 1, index));
  return {
    index: inside,
    threshold: roc.thresholds[inside] ?? 0,
    far: roc.fpr[inside] ?? 0,
    tpr: roc.tpr[inside] ?? 0,
    accuracy: roc.accuracy[inside] ?? 0,
  };
}

/** Where the page begins: the mean of the thresholds that the folds chose, as a point of the ROC. */
export function chosenThreshold(report: Pick<LfwReport, 'roc' | 'accuracy'>): number {
  const { thresholds } = report.accuracy;
  const mean = thresholds.reduce((sum, threshold) => sum + threshold, 0) / Math.max(1, thresholds.length);
  return operatingPoint(report, mean).threshold;
}

/** Last index of the ROC that is worth reaching: the first threshold above every distance. */
export function lastUsefulIndex({ roc, distances }: Pick<LfwReport, 'roc' | 'distances'>): number {
  const greatest = distances.reduce((most, { distance }) => Math.max(most, distance), 0);
  const index = roc.thresholds.findIndex((threshold) => threshold > greatest);
  return index < 0 ? Math.max(0, roc.thresholds.length - 1) : index;
}

export interface Histogram {
  /** Centres of the bins, ascending and evenly apart. */
  centers: number[];
  width: number;
  /** Pairs of each bin. */
  same: number[];
  different: number[];
}

/** Distances of same and different pairs in `bins` equal bins from 0 to the greatest; NaN distances are left out. */
export function histogram(pairs: readonly ReportPair[], bins: number): Histogram {
  const finite = pairs.filter(({ distance }) => Number.isFinite(distance));
  const greatest = finite.reduce((most, { distance }) => Math.max(most, distance), 0) || 1;
  // The least doubles vanish when divided: all such pairs are then of the first bin.
  const width = greatest / bins || 1 / bins;
  const same = new Array<number>(bins).fill(0);
  const different = new Array<number>(bins).fill(0);
  for (const pair of finite) {
    const bin = Math.max(0, Math.min(bins - 1, Math.floor(pair.distance / width)));
    (pair.same ? same : different)[bin]!++;
  }
  return { centers: same.map((_, bin) => (bin + 0.5) * width), width, same, different };
}

/** Settings in which two reports differ, so that their numbers cannot be compared without saying so. */
export function recipeDifferences(now: LfwReport['recipe'], before: LfwReport['recipe']): string[] {
  const names: Record<keyof LfwReport['recipe'], string> = {
    alignment: 'alignment',
    chip: 'landmark chip',
    imageSize: 'image size',
    standardization: 'standardisation',
    useFlippedImages: 'flipped images',
    subtractMean: 'subtracted mean',
    distanceMetric: 'distance metric',
    folds: 'number of folds',
  };
  return (Object.keys(names) as (keyof typeof names)[])
    .filter((key) => (key === 'chip' ? chipsDiffer(now, before) : now[key] !== before[key]))
    .map((key) => names[key]);
}
