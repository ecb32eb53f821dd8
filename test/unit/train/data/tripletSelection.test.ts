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

/** Everything that may be chosen, by spec §5.7: for each pair its candidates. */
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

test('each pair with a candidate has one triplet with one of them, and no other pair has one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 20, maxLength: 20 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(9),
      async (counts, eighths, semiHard, peoplePerBatch, round) => {
        const images = counts.reduce((a, b) => a + b, 0);
        const angles = eighths.slice(0, images).map((place) => place / 8);
        const settings = { peoplePerBatch, alpha: 0.3, semiHard };
        const draws = randomSequence(1, 'people', round);
        const { triplets, pairs } = await selectTriplets(counts, onACircle(angles), settings, draws);
        const expected = allowed(angles, counts, settings);
        assert.equal(pairs, expected.length);
        const chosen = expected.filter(({ candidates }) => candidates.length > 0);
        assert.equal(triplets.length, 3 * chosen.length);
        for (const [index, { anchor, positive, candidates }] of chosen.entries()) {
          assert.deepEqual([...triplets.subarray(3 * index, 3 * index + 2)], [anchor, positive]);
          assert.ok(
            candidates.includes(triplets[3 * index + 2]!),
            `${triplets[3 * index + 2]} of ${candidates.join()}`,
          );
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('each candidate is as likely as any other, whether few or many fit', async () => {
  // Two pairs of the first person: few of the others fit the near one, most the far one.
  const angles = [0, 0.1, 1, ...Array.from({ length: 20 }, (_, index) => 0.4 + 0.05 * index)];
  const counts = [3, 20];
  const settings = { peoplePerBatch: 1, alpha: 0.35, semiHard: false };
  const draws = randomSequence(3, 'people', 1);
  const often = new Map<string, number>();
  const rounds = 4000;
  for (let round = 0; round < rounds; round++) {
    const { triplets } = await selectTriplets(counts, onACircle(angles), settings, draws);
    for (let at = 0; at < triplets.length; at += 3) {
      const key = triplets.subarray(at, at + 3).join();
      often.set(key, (often.get(key) ?? 0) + 1);
    }
  }
  const sizes = new Set<number>();
  for (const { anchor, positive, candidates } of allowed(angles, counts, settings)) {
    sizes.add(candidates.length);
    for (const negative of candidates) {
      const expected = rounds / candidates.length;
      const times = often.get([anchor, positive, negative].join()) ?? 0;
      assert.ok(Math.abs(times - expected) < 5 * Math.sqrt(expected), `${anchor},${positive},${negative}: ${times}`);
    }
  }
  assert.ok(Math.min(...sizes) > 1 && Math.min(...sizes) < 6 && Math.max(...sizes) > 14, [...sizes].join());
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
