import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { UserError } from '../../../../src/protocol/errors';
import { openSampleOrder, peoplePerBatch, remarksOnOrder } from '../../../../src/train/data/openSampleOrder';
import { sizeOfEpoch } from '../../../../src/train/plan/phases';
import { SampleQueue } from '../../../../src/train/data/sampleQueue';
import type { SampleOrder } from '../../../../src/train/data/sampleOrder';

type Settings = Parameters<typeof openSampleOrder>[0];

const take = (order: SampleOrder, count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, i) => order.at(from + i));
const countsOf = (items: readonly number[], kinds: number): number[] => {
  const counts = new Array<number>(kinds).fill(0);
  for (const item of items) counts[item]!++;
  return counts;
};
const spread = (counts: readonly number[]): number => Math.max(...counts) - Math.min(...counts);

/** People with these numbers of images, their labels mixed as a filter or a split would not leave them. */
const labelsOf = (images: readonly number[]): number[] =>
  Array.from({ length: Math.max(...images) }, (_, image) =>
    images.flatMap((count, label) => (image < count ? [label] : [])),
  ).flat();

/** Samples of which the labels are known. */
const samples = (labels: readonly number[]): Parameters<typeof openSampleOrder>[1] => ({
  length: labels.length,
  labels: () => Uint32Array.from(labels),
});

const imagesOfPeople = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 });
const seed = fc.nat();

test('a queue whose samples are taken in windows gives permutations, and no window holds one twice', () => {
  fc.assert(
    fc.property(seed, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 40 }), (of, size, window) => {
      const order = new SampleQueue(of, size, window);
      const rounds = 2 * window + 1;
      const all = take(order, rounds * size);
      for (let round = 0; round < rounds; round++)
        assert.equal(new Set(all.slice(round * size, (round + 1) * size)).size, size);
      if (window > size) return;
      for (let from = 0; from + window <= all.length; from += window)
        assert.equal(new Set(all.slice(from, from + window)).size, window);
    }),
  );
});

test('windows of one change nothing of the queue', () => {
  assert.deepEqual(take(new SampleQueue(5, 12, 1), 60), take(new SampleQueue(5, 12), 60));
  assert.deepEqual(take(new SampleQueue(5, 12, 4), 60), take(new SampleQueue(5, 12), 60));
});

describe('people × images', () => {
  const drawn = fc.record({
    seed,
    images: imagesOfPeople,
    samplerImagesPerPerson: fc.integer({ min: 1, max: 6 }),
    people: fc.integer({ min: 1, max: 14 }),
  });
  const settingsOf = (of: { seed: number; samplerImagesPerPerson: number; people: number }): Settings => ({
    ...{ sampler: 'people', seed: of.seed, samplerImagesPerPerson: of.samplerImagesPerPerson },
    batchSize: of.people * of.samplerImagesPerPerson,
  });

  test('a batch has as many different people as it should, with so many images of each', () => {
    fc.assert(
      fc.property(drawn, (of) => {
        const labels = labelsOf(of.images);
        const settings = settingsOf(of);
        const people = peoplePerBatch(settings, of.images.length);
        assert.equal(people, Math.min(of.people, of.images.length));
        const { batchSize } = sizeOfEpoch(
          { ...settings, head: 'softmax', epochSize: 0 },
          labels.length,
          of.images.length,
        );
        const order = openSampleOrder(settings, samples(labels));
        for (let step = 0; step < 12; step++) {
          const batch = take(order, batchSize, step * batchSize);
          const perPerson = countsOf(
            batch.map((sample) => labels[sample]!),
            of.images.length,
          );
          assert.equal(perPerson.filter((count) => count === of.samplerImagesPerPerson).length, people);
          assert.equal(batchSize, people * of.samplerImagesPerPerson);
          // Nobody is twice in a batch who has enough images.
          for (const [label, count] of of.images.entries()) {
            const own = batch.filter((sample) => labels[sample] === label);
            if (count >= of.samplerImagesPerPerson) assert.equal(new Set(own).size, own.length);
          }
        }
      }),
    );
  });

  test('every person is equally often, and every image of a person before any of theirs again', () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 60 }), (of, turns) => {
        const labels = labelsOf(of.images);
        const all = take(openSampleOrder(settingsOf(of), samples(labels)), turns * of.samplerImagesPerPerson);
        const turnsOf = countsOf(
          all.map((sample) => labels[sample]!),
          of.images.length,
        ).map((count) => count / of.samplerImagesPerPerson);
        assert.ok(spread(turnsOf) <= 1, turnsOf.join());
        const times = countsOf(all, labels.length);
        for (const label of of.images.keys())
          assert.ok(spread(times.filter((_, sample) => labels[sample] === label)) <= 1, times.join());
      }),
    );
  });

  test('an order entered anywhere gives what it would have given', () => {
    fc.assert(
      fc.property(drawn, fc.nat(400), (of, from) => {
        const labels = labelsOf(of.images);
        const straight = take(openSampleOrder(settingsOf(of), samples(labels)), from + 60);
        assert.deepEqual(take(openSampleOrder(settingsOf(of), samples(labels)), 60, from), straight.slice(from));
        const backwards = openSampleOrder(settingsOf(of), samples(labels));
        for (const position of [from + 59, from, Math.floor(from / 2), 0])
          assert.equal(backwards.at(position), straight[position]);
      }),
    );
  });

  test('batches of the same people differ from round to round and by seed', () => {
    const labels = labelsOf(new Array<number>(40).fill(9));
    const of = (number: number): Settings => settingsOf({ seed: number, samplerImagesPerPerson: 3, people: 7 });
    const neighbours = (order: SampleOrder, round: number): string[] =>
      take(order, 40 * 3, 40 * 3 * round).map((sample) => String(labels[sample]));
    const order = openSampleOrder(of(1), samples(labels));
    assert.notDeepEqual(neighbours(order, 0), neighbours(order, 1));
    assert.notDeepEqual(neighbours(order, 0), neighbours(openSampleOrder(of(2), samples(labels)), 0));
    // Two people do not go through their images in step.
    const firsts = take(order, 120)
      .filter((_, i) => i % 3 === 0)
      .map((sample) => Math.floor(sample / 40));
    assert.ok(new Set(firsts).size > 3, firsts.join());
  });

  test('a batch that has no room for the images of a person is refused with what to change', () => {
    const settings = { ...settingsOf({ seed: 1, samplerImagesPerPerson: 4, people: 1 }), batchSize: 3 };
    assert.throws(
      () => openSampleOrder(settings, samples([0, 1])),
      (error: unknown) => error instanceof UserError && /batch of 3 .* 4 images .*batch_size/.test(error.sentence),
    );
  });

  test('what it means is told, people with too few images among it', () => {
    const settings = settingsOf({ seed: 1, samplerImagesPerPerson: 4, people: 6 });
    const remarks = remarksOnOrder(settings, samples(labelsOf([9, 2, 3, 4])));
    assert.match(remarks.join(' '), /4 images of each of 4 people.* 2 of 4 people have fewer than 4 images/);
    assert.deepEqual(remarksOnOrder({ ...settings, sampler: 'shuffled' }, samples([0, 1])), []);
  });
});

test('balanced: every person is equally often, whoever has more images', () => {
  fc.assert(
    fc.property(seed, imagesOfPeople, fc.integer({ min: 1, max: 120 }), (of, images, count) => {
      const labels = labelsOf(images);
      const settings: Settings = { sampler: 'balanced', seed: of, samplerImagesPerPerson: 4, batchSize: 9 };
      const all = take(openSampleOrder(settings, samples(labels)), count);
      assert.ok(
        spread(
          countsOf(
            all.map((sample) => labels[sample]!),
            images.length,
          ),
        ) <= 1,
      );
      const times = countsOf(all, labels.length);
      for (const label of images.keys())
        assert.ok(spread(times.filter((_, sample) => labels[sample] === label)) <= 1, times.join());
      const middle = Math.floor(count / 2);
      assert.deepEqual(take(openSampleOrder(settings, samples(labels)), count - middle, middle), all.slice(middle));
    }),
  );
});

test('the size of a batch and of an epoch follow from people and images', () => {
  const config = {
    head: 'softmax',
    sampler: 'people',
    samplerImagesPerPerson: 4,
    batchSize: 90,
    epochSize: 0,
  } as const;
  assert.deepEqual(sizeOfEpoch(config, 1000, 50), { batchSize: 88, stepsPerEpoch: 12 });
  assert.deepEqual(sizeOfEpoch({ ...config, epochSize: 7 }, 1000, 10), { batchSize: 40, stepsPerEpoch: 7 });
  assert.deepEqual(sizeOfEpoch({ ...config, sampler: 'balanced' }, 50, 10), { batchSize: 50, stepsPerEpoch: 1 });
});
