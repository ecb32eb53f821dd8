import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Samples } from '../../../../src/dataset/samples';
import type { RowSource } from '../../../../src/input/rows';
import { openWasm } from '../../../../src/engine/wasm/openWasm';
import type { Weights } from '../../../../src/network/tensor';
import type { TripletRound } from '../../../../src/protocol/events';
import type { Ranks } from '../../../../src/mpi/ranks';
import type { SampleRows } from '../../../../src/train/data/batches';
import { mostEmptyRounds, TripletBatches } from '../../../../src/train/data/tripletBatches';
import { ranksInProcess } from '../../../fixtures/ranksInProcess';

const people = 4;
const images = 5;
const samples = new Samples(Array.from({ length: people }, () => ({ images: new Array<string>(images).fill('') })));
const noWeights = { weights: async (): Promise<Weights> => new Map() };

/** The row of a sample holds its number and the place of its look. */
const rows: SampleRows = {
  rowLength: 2,
  room: (count) => new Float32Array(2 * count),
  async read(picked, position, out) {
    picked.forEach((sample, index) => out.set([sample, position + index], 2 * index));
  },
  close: async () => undefined,
};

/** Batches over embeddings that are those of the people's angles, with the images of a person a little apart. */
async function open(
  options: { batchSize?: number; alpha?: number; saved?: Map<string, Float32Array>; ranks?: Ranks } = {},
) {
  const { batchSize = 9, alpha = 0.2, saved, ranks } = options;
  const embedded: number[] = [];
  const reports: TripletRound[] = [];
  const tf = await openWasm();
  const batches = new TripletBatches(
    {
      ...{ samples, rows, batchSize, seed: 5, tf, ranks },
      settings: { peoplePerBatch: 3, imagesPerPerson: 4, alpha, semiHard: false },
      async embed(_weights, source: RowSource, count) {
        const out = new Float32Array(2 * count);
        await source.read([...Array(count).keys()], out);
        embedded.push(count);
        return Float32Array.from(
          Array.from({ length: count }).flatMap((_, index) => {
            const sample = out[2 * index]!;
            const angle = samples.label(sample) * 0.3 + 0.01 * (sample % images);
            return [Math.cos(angle), Math.sin(angle)];
          }),
        );
      },
      report: (round) => reports.push(round),
    },
    saved,
  );
  return { batches, reports, embedded };
}

/** The samples of a step's rows, and the places of their looks. */
async function stepOf(batches: TripletBatches, step: number) {
  const batch = await batches.batch(step, noWeights);
  const values = [...batch!.rows];
  return {
    samples: values.filter((_, index) => index % 2 === 0),
    places: values.filter((_, index) => index % 2 === 1),
    labels: [...batch!.labels],
    ...{ images: batch!.images, own: batch!.own },
  };
}

test('a round is served in whole triplets, then another one begins', async () => {
  const { batches, reports } = await open({ batchSize: 12 });
  const served: number[][] = [];
  for (let step = 0; step < 20; step++) {
    const begins = batches.pausesBefore(step);
    served.push((await stepOf(batches, step)).samples);
    assert.equal(begins, reports.at(-1)!.step === step, String(step));
  }
  await batches.close();
  assert.ok(reports.length > 3);
  for (const [index, { step, triplets, ...report }] of reports.slice(0, -1).entries()) {
    // Three people of four images are 18 pairs.
    assert.deepEqual([report.people, report.images, report.pairs], [3, 12, 18]);
    const ofRound = served.slice(step, reports[index + 1]!.step).map(({ length }) => length);
    assert.equal(
      ofRound.reduce((a, b) => a + b, 0),
      3 * triplets,
    );
    assert.ok(ofRound.slice(0, -1).every((length) => length === 12) && ofRound.at(-1)! % 3 === 0, ofRound.join());
  }
  assert.ok(
    served.some(({ length }) => length < 12),
    'the last batch of a round may be smaller',
  );
});

test('rows are anchor, positive and negative, each with a look of its own, and labels are those of the rows', async () => {
  const { batches } = await open({ batchSize: 6, alpha: 4 });
  for (const step of [0, 1, 2]) {
    const { samples: picked, labels, places } = await stepOf(batches, step);
    assert.deepEqual(
      labels,
      picked.map((sample) => samples.label(sample)),
    );
    assert.deepEqual(
      places,
      picked.map((_, index) => 6 * step + index),
    );
    for (let row = 0; row < picked.length; row += 3) {
      const [anchor, positive, negative] = labels.slice(row, row + 3);
      assert.ok(anchor === positive && anchor !== negative, labels.join());
      assert.notEqual(picked[row], picked[row + 1]);
    }
  }
  await batches.close();
});

test('what goes on from a state in the middle of a round serves what was left', async () => {
  const { batches: straight } = await open({ alpha: 4, batchSize: 6 });
  const expected = [];
  let saved = new Map<string, Float32Array>();
  for (let step = 0; step < 12; step++) {
    if (step === 4) saved = new Map([...straight.state(4)].map(([name, { data }]) => [name, data]));
    expected.push((await stepOf(straight, step)).samples);
  }
  assert.deepEqual([...saved.keys()], ['triplets/first_step', 'triplets/samples']);
  const { batches: resumed, reports } = await open({ alpha: 4, batchSize: 6, saved });
  for (let step = 4; step < 12; step++) assert.deepEqual((await stepOf(resumed, step)).samples, expected[step]);
  assert.ok(
    reports.every(({ step }) => step > 4),
    'the round is not chosen again',
  );
  await straight.close();
  await resumed.close();
});

test('a state of images that are gone is not taken', async () => {
  const saved = new Map([
    ['triplets/first_step', Float32Array.of(0)],
    ['triplets/samples', Float32Array.of(0, 1, people * images)],
  ]);
  const { batches } = await open({ saved });
  assert.equal(batches.pausesBefore(0), true);
});

test('between rounds there is nothing to save', async () => {
  const { batches } = await open();
  for (let step = 0; step < 12; step++) {
    assert.equal(batches.state(step).size, batches.pausesBefore(step) ? 0 : 2, String(step));
    await batches.batch(step, noWeights);
  }
  await batches.close();
});

test('where no round has a triplet it gives up after some of different people', async () => {
  const { batches, reports } = await open({ alpha: 1e-6 });
  assert.equal(await batches.batch(3, noWeights), undefined);
  assert.equal(reports.length, mostEmptyRounds);
  assert.ok(reports.every(({ triplets, pairs }) => triplets === 0 && pairs === 18));
  await batches.close();
});

test('ranks have together the triplets and looks of one process, and embed a part of the images each', async () => {
  // A triplet for each rank, and batches at the end of a round that have fewer.
  const steps = [...Array(20).keys()];
  const alone = await open({ batchSize: 12 });
  const expected = [];
  for (const step of steps) expected.push(await stepOf(alone.batches, step));
  const ranks = await Promise.all(
    ranksInProcess(4).map(async (one) => {
      const { batches, reports, embedded } = await open({ batchSize: 12, ranks: one });
      const had = [];
      for (const step of steps) had.push(await stepOf(batches, step));
      await batches.close();
      return { had, reports, embedded };
    }),
  );
  let idle = 0;
  for (const step of steps) {
    const parts = ranks.map(({ had }) => had[step]!);
    const counted = parts.filter(({ own }) => own > 0);
    idle += parts.length - counted.length;
    for (const what of ['samples', 'places', 'labels'] as const)
      assert.deepEqual(
        counted.flatMap((part) => part[what]),
        expected[step]![what],
      );
    for (const part of parts) assert.ok(part.samples.length >= 3 && part.images === expected[step]!.images);
  }
  assert.ok(idle > 0, 'some batch has fewer triplets than there are ranks');
  assert.deepEqual(
    ranks.map(({ reports, embedded }) => [reports.length > 0, embedded[0]]),
    [true, false, false, false].map((told) => [told, 3]),
  );
  await alone.batches.close();
});
