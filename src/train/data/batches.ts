import type { Samples } from '../../dataset/samples';
import { patiently } from '../../files/patience';
import { type BatchRows, standardizeEach } from '../../input/pixels';
import { RowThread } from '../../input/rowThread';
import type { RowSource } from '../../input/rows';
import { inputLength, type InputRecipe } from '../../input/prepareImage';
import type { Tensor } from '../../network/tensor';
import type { Batch, BatchSource } from './batchSource';
import type { SampleOrder } from './sampleOrder';
import { drawVariant, freshVariant, variantCount, type Augmentation, type VariantPlan } from './variants';

/** The rows of samples, whose look may depend on their place in the queue. */
export interface SampleRows {
  readonly rowLength: number;
  /** Room for so many rows of a batch, as a trainer takes them. */
  room(rows: number): BatchRows;
  /**
   * Puts the rows of `samples` into `out`, which is of such room or takes values; the first of them has this position in the
   * queue, the others follow it.
   */
  read(samples: Uint32Array, position: number, out: BatchRows): Promise<void>;
  close(): Promise<void>;
}

/** Cached activations: row `sample · variants + variant` of the source, with a variant drawn for each position. */
export function cachedRows(source: RowSource, plan: VariantPlan, seed: number): SampleRows {
  const variants = variantCount(plan);
  const { rowLength } = source;
  return {
    rowLength,
    room: (rows) => new Float32Array(rows * rowLength),
    async read(samples, position, out: Float32Array) {
      const rows = samples.map((sample, index) => {
        const variant = variants === 1 ? 0 : drawVariant(plan, seed, position + index);
        return sample * variants + variant;
      });
      await source.read(rows, out);
    },
    close: () => source.close(),
  };
}

/** Images, decoded and prepared afresh each time, in a thread of its own: for networks that are trained whole. */
export function freshRows(samples: Pick<Samples, 'path'>, augmentation: Augmentation, recipe: InputRecipe): SampleRows {
  const rowLength = inputLength(recipe);
  const thread = new RowThread(recipe);
  return {
    rowLength,
    room: (rows) => new Uint8Array(rows * rowLength),
    async read(picked, position, out) {
      const looks = Array.from(picked, (sample, index) => ({
        path: samples.path(sample),
        variant: freshVariant(augmentation, position + index),
      }));
      const pixels = await thread.pixels(looks);
      out.set(out instanceof Uint8Array ? pixels : standardizeEach(pixels, rowLength, recipe.standardization));
    },
    close: () => thread.close(),
  };
}

/** The same rows; while the disk of `folder`, which they are read from, is away it is waited for. */
export function patientRows(rows: SampleRows, folder: string, signal: AbortSignal): SampleRows {
  return {
    rowLength: rows.rowLength,
    room: (count) => rows.room(count),
    read: async (samples, position, out) => patiently(folder, async () => rows.read(samples, position, out), signal),
    close: () => rows.close(),
  };
}

/** Images in an order of their own: which ones a step has depends on the order and the step alone. */
export class Batches implements BatchSource {
  /** One is trained with while the other is filled. */
  private readonly buffers: [BatchRows, BatchRows];
  private ahead: { step: number; batch: Promise<Batch> } | undefined;

  constructor(
    private readonly samples: Pick<Samples, 'label'>,
    private readonly source: SampleRows,
    private readonly batchSize: number,
    private readonly order: SampleOrder,
    /** Of each batch, the images that this process takes; all where it is alone. */
    private readonly part: { start: number; end: number } = { start: 0, end: batchSize },
  ) {
    const images = part.end - part.start;
    this.buffers = [source.room(images), source.room(images)];
  }

  pausesBefore(): boolean {
    return false;
  }

  /** The next one is prepared meanwhile. */
  async batch(step: number): Promise<Batch> {
    const batch = await (this.ahead?.step === step ? this.ahead.batch : this.prepare(step));
    const next = this.prepare(step + 1);
    // Awaited at the next step; if there is none, its failure does not matter.
    next.catch(() => undefined);
    this.ahead = { step: step + 1, batch: next };
    return batch;
  }

  private async prepare(step: number): Promise<Batch> {
    const { start, end } = this.part;
    const first = step * this.batchSize + start;
    const picked = Uint32Array.from({ length: end - start }, (_, index) => this.order.at(first + index));
    const rows = this.buffers[step % 2]!;
    await this.source.read(picked, first, rows);
    const labels = Int32Array.from(picked, (sample) => this.samples.label(sample));
    return { rows, labels, images: this.batchSize, own: picked.length };
  }

  state(): ReadonlyMap<string, Tensor> {
    return new Map();
  }

  async close(): Promise<void> {
    await this.ahead?.batch.catch(() => undefined);
    await this.source.close();
  }
}
