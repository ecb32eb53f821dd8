import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openWasm } from '../../../../src/engine/wasm/openWasm';
import { cosinesOf } from '../../../../src/train/data/cosines';
import { selectTriplets, type SelectionSettings } from '../../../../src/train/data/tripletSelection';
import { randomSequence } from '../../../../src/train/data/counterRandom';

/** Cosines between points of the unit circle at these angles. */
const onACircle = (angles: readonly number[]) => ({
  rows: async (start: number, count: number): Promise<Float32Array> =>
    Float32Array.from(angles.slice(start, start + count).flatMap((from) => angles.map((to) => Math.cos(from - to)))),
});

/** Everything that may be chosen, by spec §5.7: for each pair its candidates in the order of the images. */
function allowed(
  angles: readonly number[],
  counts: readonly number[],
  { peoplePerBatch, alpha, semiHard }: SelectionSettings,
): { anchor: number; positive: number; candidates: number[] }[] {
  const person = counts.flatMap((count, index) => new Array<number>(count).fill(index));
  const squared = (i: number, j: number): number => 2 - 2 * Math.fround(Math.cos(angles[i]! - angles[j]!));
  const pairs = [];
  for (let anchor = 0; anchor < angles.length; anchor++)
    for (let positive = anchor + 1; positive < angles.length; positive++) {
      if (person[anchor] !== person[positive] || person[anchor]! >= peoplePerBatch) continue;
      const candidates = [...angles.keys()].filter(
        (negative) =>
          person[negative] !== person[anchor] &&
          squared(anchor, negative) < squared(anchor, positive) + alpha &&
          (!semiHard || squared(anchor, negative) > squared(anchor, positive)),
      );
      pairs.push({ anchor, positive, candidates });
    }
  return pairs;
}

test('each pair with a candidate has one triplet, drawn among all of its candidates', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 20, maxLength: 20 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 4 }),
      async (counts, eighths, semiHard, peoplePerBatch) => {
        const angles = eighths
          .slice(
            0,
            counts.reduce((a, b) => a + b, 0),
          )
          .map((place) => place / 8);
        const settings = { peoplePerBatch, alpha: 0.3, semiHard };
        const draws = randomSequence(1, 'people', 7);
        const again = randomSequence(1, 'people', 7);
        const { triplets, pairs } = await selectTriplets(counts, onACircle(angles), settings, draws);
        const expected = allowed(angles, counts, settings);
        assert.equal(pairs, expected.length);
        assert.deepEqual(
          [...triplets],
          expected.flatMap(({ anchor, positive, candidates }) =>
            candidates.length === 0 ? [] : [anchor, positive, candidates[Math.floor(again() * candidates.length)]!],
          ),
        );
      },
    ),
    { numRuns: 300 },
  );
});

test('where everybody keeps the margin there are pairs and no triplets', async () => {
  const settings = { peoplePerBatch: 2, alpha: 0.2, semiHard: false };
  const result = await selectTriplets([2, 2], onACircle([0, 0.1, 2, 2.1]), settings, () => 0);
  assert.deepEqual(result, { triplets: new Uint32Array(0), pairs: 2 });
});

test("the engine's cosines are those of the definition", async () => {
  const tf = await openWasm();
  const [images, dimension] = [30, 64];
  const draw = randomSequence(5, 'people', 1);
  const rows = Array.from({ length: images }, () => Array.from({ length: dimension }, () => draw() - 0.5));
  const unit = rows.map((row) => row.map((value) => Math.fround(value / Math.hypot(...row))));
  const before = tf.memory().numTensors;
  const cosines = cosinesOf(tf, Float32Array.from(unit.flat()), dimension);
  const some = await cosines.rows(7, 3);
  cosines.dispose();
  assert.equal(tf.memory().numTensors, before);
  assert.equal(some.length, 3 * images);
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < images; j++) {
      const cosine = unit[7 + i]!.reduce((sum, value, k) => sum + value * unit[j]![k]!, 0);
      assert.ok(Math.abs(some[i * images + j]! - cosine) < 5e-7, `${i},${j}`);
    }
});
