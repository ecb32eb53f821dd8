import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NumpyRandom } from '../../../src/dataset/random';
import type { Dataset } from '../../../src/dataset/scan';
import { splitImages } from '../../../src/dataset/split';

test('shuffling 37 numbers with seed 666 gives NumPy’s order', () => {
  const order = Array.from({ length: 37 }, (_, i) => i);
  new NumpyRandom(666).shuffle(order);
  assert.deepEqual(order.slice(0, 8), [3, 20, 22, 26, 28, 36, 34, 10]);
});

test('the generator is MT19937', () => {
  // Known first outputs of init_genrand(5489).
  const random = new NumpyRandom(5489);
  assert.deepEqual([random.next32(), random.next32(), random.next32()], [3499211612, 581869302, 3890346734]);
});

function people(...counts: number[]): Dataset {
  const named = counts.map((count, i) => ({
    name: `p${i}`,
    images: Array.from({ length: count }, (_, j) => `p${i}/${j}.png`),
  }));
  return { root: '.', people: named, ignored: 0 };
}

test('a split keeps the reference’s counts', async () => {
  const split = await splitImages(people(2, 3, 5, 20, 21), 0.05, 0, new NumpyRandom(1));
  assert.deepEqual(
    split.train.people.map(({ images }) => images.length),
    [1, 2, 4, 19, 19],
  );
  assert.deepEqual(
    split.validation.people.map(({ images }) => images.length),
    [1, 1, 1, 1, 2],
  );
});

test('labels are the same in both sets, a single image trains, and small classes are dropped by name', async () => {
  const split = await splitImages(people(1, 0, 4), 0.25, 0, new NumpyRandom(1));
  assert.deepEqual(split.dropped, ['p1']);
  assert.deepEqual(
    [split.train, split.validation].map(({ people }) => people.map(({ name, images }) => [name, images.length])),
    [
      [
        ['p0', 1],
        ['p2', 3],
      ],
      [
        ['p0', 0],
        ['p2', 1],
      ],
    ],
  );
  assert.deepEqual((await splitImages(people(2, 9), 0.2, 3, new NumpyRandom(1))).dropped, ['p0']);
});
