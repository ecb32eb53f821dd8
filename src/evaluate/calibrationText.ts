import type { CalibratedThreshold, Calibration } from '../protocol/calibration';
import { trialsToClaim } from './rateInterval';

const goals: readonly (readonly [keyof Calibration['thresholds'], name: string, far?: number])[] = [
  ['accuracy', 'greatest accuracy'],
  ['far2', 'FAR 1e-2', 1e-2],
  ['far3', 'FAR 1e-3', 1e-3],
  ['eer', 'equal error rate'],
];

function thresholdLine(
  name: string,
  found: CalibratedThreshold | undefined,
  { different, far }: { different: number; far?: number },
): string {
  if (found === undefined) {
    const needed = far === undefined ? '' : `; it takes ${trialsToClaim(far)}`;
    return `Threshold at ${name}: insufficient data (${different} pairs of two people${needed})`;
  }
  const { threshold, tar, farInterval } = found;
  const [low, high] = farInterval.map((rate) => rate.toFixed(5));
  return `Threshold at ${name}: ${threshold.toFixed(4)} (TAR ${tar.toFixed(5)}, FAR ${found.far.toFixed(5)}, 95 % from ${low} to ${high})`;
}

/** Thresholds, the curve of the confidence, and how far it is right, as lines. */
export function calibrationLines(calibration: Calibration | undefined): string[] {
  if (calibration === undefined) return ['Confidence: insufficient data (there are no pairs of one of both kinds)'];
  const { logistic, pairs, reliability, thresholds } = calibration;
  return [
    ...goals.map(([goal, name, far]) => thresholdLine(name, thresholds[goal], { different: pairs.different, far })),
    `Confidence at distance d: 1 / (1 + exp(${logistic.slope.toFixed(4)} d ${logistic.offset < 0 ? '-' : '+'} ${Math.abs(logistic.offset).toFixed(4)}))`,
    'Confidence   pairs   predicted   observed',
    ...reliability.map(
      ({ from, to, pairs: count, predicted, observed }) =>
        `${from.toFixed(1)} to ${to.toFixed(1)} ${String(count).padStart(7)} ${predicted.toFixed(3).padStart(11)} ${observed.toFixed(3).padStart(10)}`,
    ),
  ];
}
