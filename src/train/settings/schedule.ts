import { UserError } from '../../protocol/errors';
import type { Phase } from '../../protocol/trainConfig';

export interface SchedulePoint {
  /** The rate holds from this epoch (1-based) on. */
  epoch: number;
  /** Values ≤ 0 end the training before that epoch. */
  rate: number;
}

/**
 * Reads a learning rate schedule: lines `epoch: rate`, `#` starts a comment, `-` for the rate means −1 (spec §6.3).
 * More lenient than the reference: blank and indented lines and spaces around the rate are fine.
 * @param name what the text is called in error messages
 * @throws UserError naming the line that is not a schedule line
 */
export function parseSchedule(text: string, name: string): SchedulePoint[] {
  const points: SchedulePoint[] = [];
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const entry = line.replace(/#.*$/, '').trim();
    if (entry === '') continue;
    const match = /^(\d+)\s*:\s*(\S+)$/.exec(entry);
    const rate = match?.[2] === '-' ? -1 : Number(match?.[2]);
    if (match === null || !Number.isFinite(rate)) {
      throw new UserError(
        `${name}, line ${index + 1}: "${line.trim().slice(0, 80)}" is not a schedule entry.`,
        'Write "epoch: rate", for example "60: 0.005", or "91: -" for the end.',
      );
    }
    points.push({ epoch: Number(match[1]), rate });
  }
  if (points.length === 0) {
    throw new UserError(`${name} holds no learning rates.`, 'Write lines like "0: 0.05" and "60: 0.005".');
  }
  return points;
}

/**
 * The rate of an epoch (1-based within its phase), before decay. Of the points in their order the last one whose epoch
 * has come, up to the first one that lies ahead; the last point holds for ever, the first also for earlier epochs
 * (spec §6.3, where the reference crashes instead).
 */
export function rateOfEpoch(learningRate: Phase['learningRate'], epoch: number): number {
  if (typeof learningRate === 'number') return learningRate;
  let rate = learningRate[0]!.rate;
  for (const point of learningRate) {
    if (point.epoch > epoch) break;
    rate = point.rate;
  }
  return rate;
}

/**
 * How many of a phase's epochs are run: training stops before the first epoch whose rate is not positive. The work is that
 * of the points, however many epochs a file states.
 */
export function scheduledEpochs({ epochs, learningRate }: Pick<Phase, 'epochs' | 'learningRate'>): number {
  if (typeof learningRate === 'number') return learningRate > 0 ? epochs : 0;
  let from = 1;
  for (const [index, { rate }] of learningRate.entries()) {
    const next = learningRate[index + 1];
    const last = Math.max(learningRate[index]!.epoch, from);
    // A point holds from the latest epoch of those up to it on, until that of the next one is later.
    const until = next === undefined ? Infinity : Math.max(last, next.epoch);
    if (!(rate > 0) && until > from) return Math.min(epochs, from - 1);
    from = until;
  }
  return epochs;
}

/** rate · factor ^ floor(step / (decayEpochs · stepsPerEpoch)) (spec §6.3); `step` counts from the phase's start. */
export function decayedRate(
  rate: number,
  step: number,
  decay: { factor: number; epochs: number; stepsPerEpoch: number },
): number {
  return rate * decay.factor ** Math.floor(step / (decay.epochs * decay.stepsPerEpoch));
}
