import { spreadOf } from '../../evaluate/spread';
import type { StepMeasure } from '../../journal/measures';
import type { LossHead } from '../heads/head';

/** Part of the first spread below which an embedding has collapsed. */
const collapsedPart = 0.1;
/** Readings in a row that have to say so: a batch may by chance have little but one person. */
const readingsInARow = 3;
/** Steps in a row whose loss is the margin: fewer happen by chance. */
const stepsAtMargin = 100;
/** How near to the margin such a loss is. */
const marginTolerance = 0.02;

const advice = {
  classifier: 'Lower the learning rate, start from a pretrained model, or train from a later stage on.',
  triplet:
    'Lower the learning rate, start from a pretrained model, or take negatives that are farther away than the ' +
    'positive only (--semi_hard).',
};

/**
 * Says once when an embedding collapses: when it maps everybody to nearly the same point, distances mean nothing. Of what
 * is read together the last step is looked at, and the run's first: four times in a second at most.
 */
export class CollapseWatch {
  private readonly advice: string;
  private atMargin = 0;
  private below = 0;
  private told = false;

  /** @param run keeps the spread of the run's first step, which is saved with it */
  constructor(
    private readonly head: Pick<LossHead, 'mainMeasure' | 'margin'>,
    private readonly run: { firstSpread: number | undefined },
  ) {
    this.advice = head.margin === undefined ? advice.classifier : advice.triplet;
  }

  /** What is wrong after these steps; undefined where nothing is or it was said before. */
  add(measures: readonly StepMeasure[]): { step: number; message: string } | undefined {
    const last = measures.at(-1);
    if (last === undefined) return undefined;
    const message = this.judgeSpread(measures[0]!, last) ?? this.judgeLosses(measures);
    if (message === undefined || this.told) return undefined;
    this.told = true;
    return { step: last.step, message };
  }

  private judgeSpread(first: StepMeasure, { step, prelogits }: StepMeasure): string | undefined {
    // A single image does not spread.
    if (first.prelogits.rows > 1) this.run.firstSpread ??= spreadOf(first.prelogits);
    const { firstSpread } = this.run;
    if (firstSpread === undefined || prelogits.rows < 2) return undefined;
    const spread = spreadOf(prelogits);
    this.below = spread < collapsedPart * firstSpread ? this.below + 1 : 0;
    if (this.below < readingsInARow) return undefined;
    return (
      `The embedding collapses: at step ${step} its spread is ${spread.toPrecision(2)}, less than a tenth of the ` +
      `${firstSpread.toPrecision(2)} that the run began with. ${this.advice}`
    );
  }

  private judgeLosses(measures: readonly StepMeasure[]): string | undefined {
    const { margin, mainMeasure } = this.head;
    if (margin === undefined) return undefined;
    for (const { step, values } of measures) {
      const isAtMargin = Math.abs(values[mainMeasure]! - margin) <= marginTolerance * margin;
      this.atMargin = isAtMargin ? this.atMargin + 1 : 0;
      if (this.atMargin < stepsAtMargin) continue;
      return (
        `The loss has stayed at the margin of ${margin} for ${stepsAtMargin} steps up to step ${step}: positives are no ` +
        `nearer than negatives. ${this.advice}`
      );
    }
    return undefined;
  }
}
