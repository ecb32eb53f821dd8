import type { Sample } from '../../dataset/scan';
import type { TrainConfig } from '../../protocol/trainConfig';
import { inputLength, prepareImage, type InputRecipe } from '../../input/prepareImage';
import type { RowReader } from './activationStore';
import { SampleQueue } from './sampleQueue';
import { drawVariant, freshVariant, variantCount, type VariantPlan } from './variants';

export interface Batch {
  /** [N, rowLength] */
  rows: Float32Array;
  labels: Int32Array;
}

/** Gives the batch of each step: which samples are in it depends on the seed and the step alone. */
export abstract class Batches {
  private readonly queue: SampleQueue;
  /** One is trained with while the other is filled. */
  private readonly buffers: [Float32Array, Float32Array];
  private ahead: { step: number; batch: Promise<Batch> } | undefined;

  constructor(
    protected readonly samples: readonly Sample[],
    protected readonly seed: number,
    private readonly batchSize: number,
    rowLength: number,
  ) {
    this.queue = new SampleQueue(seed, samples.length);
    this.buffers = [new Float32Array(batchSize * rowLength), new Float32Array(batchSize * rowLength)];
  }

  /** The batch of the step with this number (from 0); the next one is prepared meanwhile. */
  async batch(step: number): Promise<Batch> {
    const batch = await (this.ahead?.step === step ? this.ahead.batch : this.prepare(step));
    const next = this.prepare(step + 1);
    // Awaited at the next step; if there is none, its failure does not matter.
    next.catch(() => undefined);
    this.ahead = { step: step + 1, batch: next };
    return batch;
  }

  private async prepare(step: number): Promise<Batch> {
    const first = step * this.batchSize;
    const picked = Uint32Array.from({ length: this.batchSize }, (_, index) => this.queue.at(first + index));
    const rows = this.buffers[step % 2]!;
    await this.fill(picked, first, rows);
    return { rows, labels: Int32Array.from(picked, (sample) => this.samples[sample]!.label) };
  }

  /** Waits for what is being prepared. */
  async close(): Promise<void> {
    await this.ahead?.batch.catch(() => undefined);
  }

  /** Fills `rows` for the samples `picked`, the first of which has this position in the queue. */
  protected abstract fill(picked: Uint32Array, position: number, rows: Float32Array): Promise<void>;
}

/** Batches of cached activations; row `sample · variants + variant` of the reader. */
export class CachedBatches extends Batches {
  private readonly rowIndices: Uint32Array;

  constructor(
    samples: readonly Sample[],
    seed: number,
    batchSize: number,
    private readonly reader: RowReader,
    private readonly plan: VariantPlan,
  ) {
    super(samples, seed, batchSize, reader.rowLength);
    this.rowIndices = new Uint32Array(batchSize);
  }

  protected override async fill(picked: Uint32Array, position: number, rows: Float32Array): Promise<void> {
    const variants = variantCount(this.plan);
    for (let i = 0; i < picked.length; i++) {
      const variant = variants === 1 ? 0 : drawVariant(this.plan, this.seed, position + i);
      this.rowIndices[i] = picked[i]! * variants + variant;
    }
    await this.reader.read(this.rowIndices, rows);
  }

  override async close(): Promise<void> {
    await super.close();
    await this.reader.close();
  }
}

/** Batches of images, decoded and prepared afresh each time: for networks that are trained whole. */
export class ImageBatches extends Batches {
  constructor(
    samples: readonly Sample[],
    private readonly config: Pick<TrainConfig, 'seed' | 'randomFlip' | 'randomCrop' | 'randomRotate' | 'cropsPerImage'>,
    batchSize: number,
    private readonly recipe: InputRecipe,
  ) {
    super(samples, config.seed, batchSize, inputLength(recipe));
  }

  protected override async fill(picked: Uint32Array, position: number, rows: Float32Array): Promise<void> {
    const rowLength = inputLength(this.recipe);
    await Promise.all(
      Array.from(picked, async (sample, index) => {
        const variant = freshVariant(this.config, position + index);
        await prepareImage(this.samples[sample]!.path, this.recipe, variant, rows, index * rowLength);
      }),
    );
  }
}
