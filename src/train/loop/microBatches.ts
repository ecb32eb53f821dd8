// Gradients within the memory that there is: a batch that does not fit goes in parts, and so do those after it.
import { isOutOfMemory } from '../../engine/outOfMemory';
import type { Journal } from '../../journal/journal';
import type { JobContext } from '../../protocol/jobContext';
import type { Recovery } from '../../protocol/recovery';
import type { PlannedPhase } from '../plan/phases';
import { halved } from '../step/microBatches';

export interface MicroBatchesParts {
  state: { readonly step: number };
  /** What the engine is called in a sentence. */
  engine: string;
  journal: Journal;
  context: Pick<JobContext, 'update'>;
}

/** Images of one pass forward and back, which become fewer where memory is exhausted and stay so for the run. */
export class MicroBatches {
  private largest: number | undefined;

  /**
   * @param configured images of a pass that the user wants at most; undefined: the whole batch
   * @param recovery of the run so far
   */
  constructor(
    private readonly parts: MicroBatchesParts,
    configured: number | undefined,
    private recovery: Recovery | undefined,
  ) {
    const limits = [configured, recovery?.microBatch].filter((limit) => limit !== undefined);
    this.largest = limits.length === 0 ? undefined : Math.min(...limits);
  }

  /** Images of one pass over a batch of so many. */
  of(images: number): number {
    return Math.min(this.largest ?? images, images);
  }

  /**
   * What `attempt` gives for a batch of so many images with so many of them in one pass. Where there is no memory for a
   * pass, half as many are taken and it is tried again.
   * @param unit images that belong together
   * @param save brings the run so far to the disk, so that one that goes on from there takes as few images from the same
   *   step on, and computes the same
   * @throws what the engine says where a single image, or triplet, is too much
   */
  async within<T>(
    batch: number,
    unit: number,
    phase: PlannedPhase,
    save: () => Promise<void>,
    attempt: (largest: number) => T | Promise<T>,
  ): Promise<T> {
    for (;;) {
      const images = this.of(batch);
      try {
        return await attempt(images);
      } catch (error) {
        const fewer = isOutOfMemory(error) ? halved(images, unit) : undefined;
        if (fewer === undefined) throw error;
        this.largest = fewer;
        await this.record(images, batch, phase);
        await save();
      }
    }
  }

  private async record(before: number, batch: number, phase: PlannedPhase): Promise<void> {
    const { state, engine, journal, context } = this.parts;
    const step = state.step + 1;
    const microBatch = this.largest!;
    const attempt = { at: new Date().toISOString(), step, cause: 'memory' as const, microBatch };
    this.recovery = { ...this.recovery, microBatch, attempts: [...(this.recovery?.attempts ?? []), attempt] };
    await context.update({ recovery: this.recovery });
    const statistics = phase.batchNorm === 'frozen' ? '' : ', while batch norms see the statistics of as few images';
    journal.tell('recovery', {
      ...{ cause: 'memory', step, microBatch },
      message:
        `${engine} had too little free memory for ${before} images at step ${step}. From there on the run takes ` +
        `${microBatch} at a time and adds up their gradients: the batch of a step stays ${batch}${statistics}.`,
    });
  }
}
