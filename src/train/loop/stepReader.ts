import type { Journal } from '../../journal/journal';
import type { StepMeasure } from '../../journal/measures';
import { heedRequests } from '../../run/heedRequests';
import { epochOf, stepInEpoch, type PlannedPhase } from '../plan/phases';
import type { StepTrainer } from '../step/stepTrainer';

/** How often measurements are read from the engine and told; reading at every step would slow short steps down. */
const readEveryMilliseconds = 250;

type MeasuringTrainer = Pick<StepTrainer, 'measures' | 'tensorBytes'>;

/** Reads what steps measured and tells the journal. */
export class StepReader {
  private lastRead = performance.now();
  private imagesSinceRead = 0;

  constructor(
    private readonly journal: Journal,
    private readonly batchSize: number,
  ) {}

  /** Called where something else than training has taken time, so that it does not count as training. */
  restart(): void {
    this.lastRead = performance.now();
    this.imagesSinceRead = 0;
  }

  /**
   * Counts a step of so many images, of which the last one of a round may have fewer; reads when it is time or when `now`
   * is set, and gives what it has read.
   */
  async afterStep(
    trainer: MeasuringTrainer,
    phase: PlannedPhase,
    images: number,
    now: boolean,
  ): Promise<StepMeasure[]> {
    this.imagesSinceRead += images;
    if (!now && performance.now() - this.lastRead < readEveryMilliseconds) return [];
    return this.read(trainer, phase);
  }

  /** Reads what has been measured since the last time, and gives it. */
  async read(trainer: MeasuringTrainer, phase: PlannedPhase): Promise<StepMeasure[]> {
    const measures = await trainer.measures();
    const elapsed = (performance.now() - this.lastRead) / 1000;
    const imagesPerSecond = this.imagesSinceRead / Math.max(elapsed, 1e-6);
    this.restart();
    if (measures.length > 0) {
      const { name, epochs, stepsPerEpoch } = phase;
      this.journal.tell('steps', {
        steps: measures.map((measure) => ({
          ...measure,
          epoch: epochOf(measure.step, phase),
          stepInEpoch: stepInEpoch(measure.step, phase),
        })),
        phase: { name, steps: epochs * stepsPerEpoch, stepsPerEpoch },
        done: measures.at(-1)!.step - phase.firstStep,
        batchSize: this.batchSize,
        machine: {
          imagesPerSecond,
          residentBytes: process.memoryUsage.rss(),
          tensorBytes: trainer.tensorBytes,
        },
      });
    }
    await heedRequests();
    return measures;
  }
}
