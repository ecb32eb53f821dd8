import type { Journal } from '../../journal/journal';
import type { StepMeasure } from '../../journal/measures';
import { UserError } from '../../protocol/errors';
import { heedRequests } from '../../run/heedRequests';
import { epochOf, stepInEpoch, type PlannedPhase } from '../plan/phases';
import type { Trainer } from '../step/trainer';

/** How often measurements are read from the engine and told; reading at every step would slow short steps down. */
const readEveryMilliseconds = 250;

/** Reads what steps measured, tells the journal, and stops at once when a loss is not a number. */
export class StepReader {
  private lastRead = performance.now();
  private stepsSinceRead = 0;

  constructor(
    private readonly journal: Journal,
    private readonly batchSize: number,
  ) {}

  /** Called where something else than training has taken time, so that it does not count as training. */
  restart(): void {
    this.lastRead = performance.now();
    this.stepsSinceRead = 0;
  }

  /**
   * Counts a step; reads when it is time or when `now` is set, and gives what it has read.
   * @throws UserError when a loss is not a number
   */
  async afterStep(
    trainer: Pick<Trainer, 'measures' | 'tensorBytes'>,
    phase: PlannedPhase,
    now: boolean,
  ): Promise<StepMeasure[]> {
    this.stepsSinceRead++;
    if (!now && performance.now() - this.lastRead < readEveryMilliseconds) return [];
    const measures = await trainer.measures();
    const elapsed = (performance.now() - this.lastRead) / 1000;
    const imagesPerSecond = (this.stepsSinceRead * this.batchSize) / Math.max(elapsed, 1e-6);
    this.restart();
    const broken = measures.findIndex(({ loss }) => !Number.isFinite(loss));
    const sound = broken === -1 ? measures : measures.slice(0, broken);
    if (sound.length > 0) {
      const { name, epochs, stepsPerEpoch } = phase;
      this.journal.tell('steps', {
        steps: sound.map((measure) => ({
          ...measure,
          epoch: epochOf(measure.step, phase),
          stepInEpoch: stepInEpoch(measure.step, phase),
        })),
        phase: { name, steps: epochs * stepsPerEpoch, stepsPerEpoch },
        done: sound.at(-1)!.step - phase.firstStep,
        batchSize: this.batchSize,
        machine: {
          imagesPerSecond,
          residentBytes: process.memoryUsage.rss(),
          tensorBytes: trainer.tensorBytes,
        },
      });
    }
    if (broken !== -1) throw notANumber(measures[broken]!, phase);
    await heedRequests();
    return measures;
  }
}

function notANumber({ step }: StepMeasure, phase: PlannedPhase): UserError {
  return new UserError(
    `The loss is not a number any more at step ${step} (epoch ${epochOf(step, phase)}, phase ${phase.name}): the training diverged.`,
    `Lower the learning rate of phase ${phase.name} and start again, or resume from the last checkpoint.`,
  );
}
