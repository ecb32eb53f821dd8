import type { StepMeasure } from '../../journal/measures';
import type { LossHead } from '../heads/head';

/** Part of the first spread below which an embedding has collapsed. */
const collapsedPart = 0.1;
/** Steps in a row whose loss is the margin: fewer happen by chance. */
const stepsAtMargin = 100;
/** How near to the margin such a loss is. */
const marginTolerance = 0.02;

const advice =
  'Lower the learning rate, start from a pretrained model, or take negatives that are farther away than the ' +
  'positive only (--semi_hard).';

/** Says once when an embedding collapses: when it maps everybody to nearly the same point, distances mean nothing. */
export class CollapseWatch {
  private atMargin = 0;
  private told = false;

  /** @param run keeps the spread of the run's first step, which is saved with it */
  constructor(
    private readonly head: Pick<LossHead, 'mainMeasure' | 'collapse'>,
    private readonly run: { firstSpread: number | undefined },
  ) {}

  /** What is wrong after these steps; undefined where nothing is or it was said before. */
  add(measures: readonly StepMeasure[]): string | undefined {
    const { collapse } = this.head;
    if (collapse === undefined) return undefined;
    for (const { step, values } of measures) {
      const warning = this.judge(step, values[collapse.spread]!, values[this.head.mainMeasure]!, collapse.margin);
      if (warning === undefined || this.told) continue;
      this.told = true;
      return warning;
    }
    return undefined;
  }

  private judge(step: number, spread: number, loss: number, margin: number): string | undefined {
    const first = (this.run.firstSpread ??= spread);
    this.atMargin = Math.abs(loss - margin) <= marginTolerance * margin ? this.atMargin + 1 : 0;
    if (spread < collapsedPart * first) {
      return (
        `The embedding collapses: at step ${step} its spread is ${spread.toPrecision(2)}, less than a tenth of the ` +
        `${first.toPrecision(2)} that the run began with. ${advice}`
      );
    }
    if (this.atMargin < stepsAtMargin) return undefined;
    return (
      `The loss has stayed at the margin of ${margin} for ${stepsAtMargin} steps up to step ${step}: positives are no ` +
      `nearer than negatives. ${advice}`
    );
  }
}
