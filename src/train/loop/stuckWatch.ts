import type { StepMeasure } from '../../journal/measures';
import type { LossHead } from '../heads/head';
import type { PlannedPhase } from '../plan/phases';

/** Before it has seen about as many images of each person, a new classifier cannot know people from each other. */
const imagesOfAPerson = 20;
/** With few people as well, a rate that is just low needs some steps. */
const leastSteps = 200;
/** How near to that of guessing a loss is that has not moved. */
const tolerance = 0.02;

/**
 * Says once a phase when a classifier's loss stays at that of guessing, which is ln(people) for the softmax: when the
 * means of two stretches of steps one after the other both lie there. One stretch shows every person ten times on
 * average, and has a hundred steps at least: within both a classifier that learns anything at all leaves it, whereas
 * in fewer one for many people has not met them yet.
 */
export class StuckWatch {
  private readonly stretch: number;
  private phase: PlannedPhase | undefined;
  private stuckBefore = false;
  private sum = 0;
  private count = 0;
  private told = false;

  /** @param classes people of the head */
  constructor(
    private readonly head: Pick<LossHead, 'mainMeasure' | 'term' | 'guessing'>,
    private readonly classes: number,
    batchSize: number,
  ) {
    this.stretch = Math.ceil(Math.max(leastSteps, (imagesOfAPerson * classes) / batchSize) / 2);
  }

  /** What is wrong after these steps of a phase; undefined where nothing is or it was said before. */
  add(phase: PlannedPhase, measures: readonly StepMeasure[]): { step: number; message: string } | undefined {
    const { guessing } = this.head;
    if (guessing === undefined) return undefined;
    if (this.phase !== phase) this.begin(phase);
    for (const { step, values } of measures) {
      this.sum += values[this.head.mainMeasure]!;
      if (++this.count < this.stretch) continue;
      const mean = this.sum / this.count;
      this.sum = this.count = 0;
      const isStuck = Math.abs(mean - guessing) <= tolerance * guessing;
      const stays = isStuck && this.stuckBefore;
      this.stuckBefore = isStuck;
      if (!stays || this.told) continue;
      this.told = true;
      return { step, message: this.sentence(step, mean, guessing, phase) };
    }
    return undefined;
  }

  private begin(phase: PlannedPhase): void {
    this.phase = phase;
    this.stuckBefore = this.told = false;
    this.sum = this.count = 0;
  }

  private sentence(step: number, mean: number, guessing: number, { name, cut, stepsPerEpoch }: PlannedPhase): string {
    const steps = 2 * this.stretch;
    const passes = steps / stepsPerEpoch;
    const helps =
      cut === 0
        ? 'lower the learning rate, as a network that is trained whole does not recover from one that is too high'
        : 'raise the learning rate, or train from an earlier stage on';
    return (
      `Nothing is learned: the ${this.head.term} of the ${steps} steps up to step ${step} (${passes.toPrecision(2)} epochs) ` +
      `has stayed at ${mean.toPrecision(3)}, while guessing among ${this.classes} people costs ${guessing.toPrecision(3)}. ` +
      `See that each folder holds one person; then, in phase ${name}, ${helps}.`
    );
  }
}
