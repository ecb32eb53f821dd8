import type { Samples } from '../../dataset/samples';
import type { BatchRows } from '../../input/pixels';
import type { RowSource } from '../../input/rows';
import { sliceOfRank, type Ranks } from '../../mpi/ranks';
import type { Tensor, Weights } from '../../network/tensor';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { TripletRound } from '../../protocol/events';
import type { SampleRows } from './batches';
import type { Batch, BatchSource, Learner } from './batchSource';
import { cosinesOf } from './cosines';
import { randomSequence } from './counterRandom';
import { samplePeople, samplesOfPeople, shuffle } from './people';
import { selectTriplets, type SelectionSettings } from './tripletSelection';

/** Rounds one after another without a triplet until there is nothing left to learn. */
export const mostEmptyRounds = 10;

/** Names in a checkpoint. */
const firstStepName = 'triplets/first_step';
const samplesName = 'triplets/samples';

/** Places of a round's images in the queue of looks lie behind those of all steps. */
const roundPositions = 2 ** 40;

export interface TripletBatchesParts {
  samples: Pick<Samples, 'length' | 'label' | 'labels'>;
  /** Rows before the first computed stage. */
  rows: SampleRows;
  /** Rows of one step, a multiple of 3. */
  batchSize: number;
  seed: number;
  settings: SelectionSettings & { imagesPerPerson: number };
  tf: TensorFlow;
  /** Embeddings of length 1 of the first `count` rows, [count, E], with these weights of what is trained. */
  embed(weights: Weights, rows: RowSource, count: number): Promise<Float32Array>;
  /** Which share the images of a round and the triplets of a step. */
  ranks?: Ranks | undefined;
  /** Told of each round, one without triplets too; of ranks the first one is. */
  report(round: TripletRound): void;
}

/** Triplets that are served until all have been. */
interface Round {
  firstStep: number;
  /** Indices of samples, [3T]: anchor, positive, negative, anchor … */
  samples: Uint32Array;
}

/**
 * Triplets in rounds (spec §5.8): some people are sampled, their images embedded with the present weights, and the
 * triplets that the embedding gets wrong are served in random order until all have been; then the next round begins. Which
 * people a round has depends on the seed and its first step; the last batch of a round may be smaller.
 *
 * Ranks embed a part of a round's images each; rank 0 chooses, and each takes its part of the triplets of a step.
 */
export class TripletBatches implements BatchSource {
  private readonly people: readonly Uint32Array[];
  /** One is trained with while the other is filled. */
  private readonly buffers: [BatchRows, BatchRows];
  private round: Round | undefined;
  private ahead: { step: number; batch: Promise<Batch> } | undefined;

  /** @param saved what `state` gave, where a run goes on */
  constructor(
    private readonly parts: TripletBatchesParts,
    saved: ReadonlyMap<string, Float32Array> = new Map(),
  ) {
    const { samples, batchSize, rows, ranks } = parts;
    this.people = samplesOfPeople(samples.labels());
    const most = 3 * Math.ceil(batchSize / 3 / (ranks?.size ?? 1));
    this.buffers = [rows.room(most), rows.room(most)];
    const [firstStep] = saved.get(firstStepName) ?? [];
    const chosen = saved.get(samplesName);
    // Where images have gone since, the run chooses anew.
    if (firstStep !== undefined && chosen?.every((sample) => sample < samples.length) === true)
      this.round = { firstStep, samples: Uint32Array.from(chosen) };
  }

  pausesBefore(step: number): boolean {
    return this.remaining(step) === 0;
  }

  async batch(step: number, learner: Learner): Promise<Batch | undefined> {
    if (this.pausesBefore(step)) {
      this.round = await this.choose(step, learner);
      if (this.round === undefined) return undefined;
    }
    const batch = await (this.ahead?.step === step ? this.ahead.batch : this.prepare(step));
    this.ahead = undefined;
    if (!this.pausesBefore(step + 1)) {
      const next = this.prepare(step + 1);
      // Awaited at the next step; if there is none, its failure does not matter.
      next.catch(() => undefined);
      this.ahead = { step: step + 1, batch: next };
    }
    return batch;
  }

  state(step: number): ReadonlyMap<string, Tensor> {
    if (this.remaining(step) === 0) return new Map();
    const { firstStep, samples } = this.round!;
    return new Map([
      [firstStepName, { shape: [], data: Float32Array.of(firstStep) }],
      // Exact up to 2²⁴ images.
      [samplesName, { shape: [samples.length / 3, 3], data: Float32Array.from(samples) }],
    ]);
  }

  async close(): Promise<void> {
    await this.ahead?.batch.catch(() => undefined);
    await this.parts.rows.close();
  }

  /** Rows of the present round that steps before this one have not had. */
  private remaining(step: number): number {
    if (this.round === undefined) return 0;
    return Math.max(0, this.round.samples.length - (step - this.round.firstStep) * this.parts.batchSize);
  }

  private async prepare(step: number): Promise<Batch> {
    const { batchSize, rows: source, samples, ranks } = this.parts;
    const first = (step - this.round!.firstStep) * batchSize;
    const all = this.round!.samples.subarray(first, first + batchSize);
    const { start, end, counts } = partOf(all.length / 3, ranks);
    const picked = all.subarray(3 * start, 3 * end);
    const rows = this.buffers[step % 2]!.subarray(0, picked.length * source.rowLength);
    await source.read(picked, step * batchSize + 3 * start, rows);
    const labels = Int32Array.from(picked, (sample) => samples.label(sample));
    return { rows, labels, images: all.length, own: counts ? picked.length : 0 };
  }

  /** Goes through rounds until one has triplets; undefined when too many have had none. */
  private async choose(step: number, learner: Learner): Promise<Round | undefined> {
    const weights = await learner.weights();
    for (let attempt = 0; attempt < mostEmptyRounds; attempt++) {
      const samples = await this.chooseAmongSome(step, attempt, weights);
      if (samples.length > 0) return { firstStep: step, samples };
    }
    return undefined;
  }

  private async chooseAmongSome(step: number, attempt: number, weights: Weights): Promise<Uint32Array> {
    const { parts } = this;
    const { seed, settings, tf, ranks } = parts;
    const round = step * mostEmptyRounds + attempt;
    const random = randomSequence(seed, 'people', round);
    const { samples, counts } = samplePeople(this.people, settings, random);
    const began = performance.now();
    const position = roundPositions + round * settings.peoplePerBatch * settings.imagesPerPerson;
    const embeddings = await this.embed(weights, samples, position);
    if (ranks !== undefined && ranks.rank > 0) return chosenByFirst(ranks);
    const embedded = performance.now();
    const cosines = cosinesOf(tf, embeddings, embeddings.length / samples.length);
    const { triplets, pairs } = await selectTriplets(counts, cosines, settings, random).finally(() =>
      cosines.dispose(),
    );
    const order = shuffle([...Array(triplets.length / 3).keys()], random);
    const chosen = order.flatMap((triplet) => [0, 1, 2].map((part) => samples[triplets[3 * triplet + part]!]!));
    const [people, images] = [counts.length, samples.length];
    parts.report({
      ...{ step, people, images, pairs, triplets: order.length },
      embeddingSeconds: (embedded - began) / 1000,
      selectionSeconds: (performance.now() - embedded) / 1000,
    });
    return ranks === undefined ? Uint32Array.from(chosen) : chosenByFirst(ranks, chosen);
  }

  /** Embeddings of samples whose looks are those of the places from `position` on; of ranks each computes a part. */
  private async embed(weights: Weights, samples: Uint32Array, position: number): Promise<Float32Array> {
    const { parts } = this;
    const { rows, ranks } = parts;
    const { start, end, counts } = partOf(samples.length, ranks);
    const some = sampledRows(rows, samples.subarray(start, end), position + start);
    const own = await parts.embed(weights, some, end - start);
    if (ranks === undefined) return own;
    const dimension = own.length / (end - start);
    const all = new Float32Array(samples.length * dimension);
    if (counts) all.set(own, start * dimension);
    await ranks.sum(all);
    return all;
  }
}

/** Of so many things those of this rank; where there is none for it the first one, which does not count. */
function partOf(count: number, ranks: Ranks | undefined): { start: number; end: number; counts: boolean } {
  if (ranks === undefined) return { start: 0, end: count, counts: true };
  const { start, end } = sliceOfRank(count, ranks);
  return start < end ? { start, end, counts: true } : { start: 0, end: 1, counts: false };
}

/** Rank 0's samples, on all ranks: machines that compute otherwise might choose others. Exact up to 2²⁴. */
async function chosenByFirst(ranks: Ranks, chosen: readonly number[] = []): Promise<Uint32Array> {
  const length = Float32Array.of(chosen.length);
  await ranks.share(length);
  const samples = new Float32Array(length[0]!);
  if (ranks.rank === 0) samples.set(chosen);
  await ranks.share(samples);
  return Uint32Array.from(samples);
}

/** The rows of some samples as a source of its own, whose looks are those of the places from `position` on. */
function sampledRows(rows: SampleRows, samples: Uint32Array, position: number): RowSource {
  return {
    rowLength: rows.rowLength,
    async read(indices, out) {
      const picked = Uint32Array.from(indices, (index) => samples[index]!);
      await rows.read(picked, position + indices[0]!, out);
    },
    close: async () => undefined,
  };
}
