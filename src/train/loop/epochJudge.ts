import type { StepMeasure } from '../../journal/measures';
import type { LossHead } from '../heads/head';
import type { PlannedPhase } from '../plan/phases';

/** Compares each epoch's main term with that of guessing among all people, and says once a phase when it is off. */
export class EpochJudge {
  private sum = 0;
  private count = 0;
  private readonly judged = new Set<string>();

  /** @param classes people of the head */
  constructor(
    private readonly head: Pick<LossHead, 'mainMeasure' | 'term' | 'guessing'>,
    private readonly classes: number,
  ) {}

  /** Steps of the epoch that goes on. */
  add(measures: readonly StepMeasure[]): void {
    for (const { values } of measures) this.sum += values[this.head.mainMeasure]!;
    this.count += measures.length;
  }

  /**
   * What is wrong with the epoch that has ended; undefined where nothing is or the phase was warned of before.
   * @param epoch of the phase, from 1 on
   */
  endEpoch(phase: PlannedPhase, epoch: number): string | undefined {
    const mean = this.sum / Math.max(this.count, 1);
    this.sum = this.count = 0;
    const { guessing, term } = this.head;
    if (guessing === undefined || this.judged.has(phase.name)) return undefined;
    const diverges = epoch > 1 && mean > 2 * guessing;
    const idles = epoch === phase.epochs && mean > 0.95 * guessing;
    if (!diverges && !idles) return undefined;
    this.judged.add(phase.name);
    const compared = `The ${term} of epoch ${phase.epochsBefore + epoch} (${mean.toPrecision(3)})`;
    const guess = `guessing among ${this.classes} people (${guessing.toFixed(2)})`;
    return diverges
      ? `${compared} is worse than ${guess}: the learning rate of phase ${phase.name} is too high.`
      : `${compared} is hardly better than ${guess}: phase ${phase.name} needs more epochs or a higher learning rate.`;
  }
}
