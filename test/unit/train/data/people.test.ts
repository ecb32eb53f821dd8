import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { randomSequence } from '../../../../src/train/data/counterRandom';
import { samplePeople, samplesOfPeople } from '../../../../src/train/data/people';

const random = (round: number) => randomSequence(666, 'people', round);

/** People with so many images each, by the indices of their samples. */
function peopleOf(images: readonly number[]): number[][] {
  let next = 0;
  return images.map((count) => Array.from({ length: count }, () => next++));
}

test('samples are found by their people, whoever has none is left out', () => {
  assert.deepEqual(
    samplesOfPeople([2, 0, 2, 5, 0]).map((samples) => [...samples]),
    [[1, 4], [0, 2], [3]],
  );
});

test('a round has as many images as asked, at most so many of a person, and none twice', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(9), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 2, max: 6 }),
      fc.integer({ min: 2, max: 5 }),
      fc.nat(99),
      (images, peoplePerBatch, imagesPerPerson, round) => {
        const people = peopleOf(images);
        const { samples, counts } = samplePeople(people, { peoplePerBatch, imagesPerPerson }, random(round));
        const available = images.reduce((sum, count) => sum + Math.min(count, imagesPerPerson), 0);
        assert.equal(samples.length, Math.min(peoplePerBatch * imagesPerPerson, available));
        assert.equal(new Set(samples).size, samples.length);
        assert.equal(
          counts.reduce((a, b) => a + b, 0),
          samples.length,
        );
        let start = 0;
        for (const count of counts) {
          assert.ok(count <= imagesPerPerson);
          const owners = [...samples.subarray(start, start + count)].map((sample) =>
            people.findIndex((person) => person.includes(sample)),
          );
          assert.ok(new Set(owners).size <= 1, 'the images of a person lie one after another');
          start += count;
        }
      },
    ),
  );
});

test('a round depends on its number alone, and rounds differ', () => {
  const people = peopleOf([7, 7, 7, 7, 7]);
  const round = (number: number) =>
    samplePeople(people, { peoplePerBatch: 3, imagesPerPerson: 4 }, random(number)).samples;
  assert.deepEqual(round(3), round(3));
  assert.notDeepEqual(round(3), round(4));
});

test('everybody is sampled about equally often', () => {
  const people = peopleOf(new Array<number>(10).fill(4));
  const often = new Array<number>(40).fill(0);
  for (let round = 0; round < 4000; round++)
    for (const sample of samplePeople(people, { peoplePerBatch: 2, imagesPerPerson: 3 }, random(round)).samples)
      often[sample]!++;
  // 4000 · 6 / 40
  for (const count of often) assert.ok(count > 480 && count < 720, String(count));
});
