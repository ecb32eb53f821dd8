import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Dataset } from '../../../src/dataset/scan';
import { setPeopleAside } from '../../../src/evaluate/setAside';

/** People with so many images each, named as LFW names them. */
function datasetOf(counts: readonly number[]): Dataset {
  const people = counts.map((count, index) => {
    const name = `P${String(index).padStart(4, '0')}`;
    const images = Array.from({ length: count }, (_, n) => `/d/${name}/${name}_${String(n + 1).padStart(4, '0')}.png`);
    return { name, images };
  });
  return { root: '/d', people, ignored: 0 };
}

const alike = (people: number, images: number): Dataset => datasetOf(Array<number>(people).fill(images));

test('as few people as give enough pairs: between a tenth and a quarter', async () => {
  const counts = async ([people, images]: readonly [number, number]) =>
    (await setPeopleAside(alike(people, images), 1))?.people.length;
  assert.equal(await counts([12, 12]), 2);
  assert.equal(await counts([24, 12]), 4, 'a fifth, as a tenth has fewer than 300 pairs of each kind');
  assert.equal(await counts([200, 20]), 20, 'a tenth is plenty');
  assert.equal(await counts([8, 10]), 2);
});

test('too few people or images set nobody aside', async () => {
  for (const [people, images] of [
    [7, 50],
    [8, 5],
    [1000, 1],
    [2, 100],
  ] as const)
    assert.equal(await setPeopleAside(alike(people, images), 1), undefined, `${people} × ${images}`);
});

test('pairs are of exactly the people who are set aside, at least two people stay, and the seed decides', async () => {
  const count = fc.integer({ min: 0, max: 25 });
  await fc.assert(
    fc.asyncProperty(fc.array(count, { maxLength: 60 }), fc.integer({ min: 0, max: 1000 }), async (counts, seed) => {
      const dataset = datasetOf(counts);
      const aside = await setPeopleAside(dataset, seed);
      if (aside === undefined) return;
      const named = [...new Set(aside.text.match(/P\d{4}/g))].sort();
      assert.deepEqual(named, aside.people);
      assert.ok(aside.people.length >= 2 && aside.people.length <= dataset.people.length / 4);
      const lines = aside.text.trimEnd().split('\n');
      assert.equal(lines[0], `${aside.folds}\t${aside.pairsPerFold}`);
      assert.equal(lines.length - 1, 2 * aside.folds * aside.pairsPerFold);
      assert.ok(aside.folds * aside.pairsPerFold >= 40);
      assert.deepEqual(await setPeopleAside(dataset, seed), aside);
    }),
    { numRuns: 60 },
  );
});
