import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { effectiveDimensions, selfCheckOf, thresholdOfPaper } from '../../../src/evaluate/selfCheck';
import { selfCheckSchema } from '../../../src/protocol/selfCheck';
import { SeededRandom } from '../../../src/demo/seededRandom';

const dimension = 16;

/** Rows of length 1. */
function unit(rows: readonly (readonly number[])[]): Float32Array {
  return Float32Array.from(
    rows.flatMap((row) => {
      const length = Math.hypot(...row);
      return row.map((value) => value / length);
    }),
  );
}

/** Two images each of some people, whose centres lie at `centreOf`, with noise of this size around them. */
function clusters(people: number, centreOf: (person: number) => readonly number[], noise: number) {
  const random = new SeededRandom(7, 'clusters');
  const labels = Array.from({ length: 2 * people }, (_, image) => image >> 1);
  const look = (): Float32Array =>
    unit(labels.map((person) => centreOf(person).map((value) => value + random.normal(noise))));
  const plain = look();
  return { dimension, plain, mirrored: look(), recompressed: plain, labels };
}

const corner = (place: number): number[] => Array.from({ length: dimension }, (_, i) => Number(i === place));

describe('the self-check of a model', () => {
  test('measures well separated people by the formulas', () => {
    const check = selfCheckOf(clusters(8, corner, 0), undefined);
    const figures = check.figures!;
    assert.deepEqual([check.images, check.people, check.finding], [16, 8, 'sound']);
    assert.deepEqual([figures.mirrored, figures.recompressed], Array(2).fill({ mean: 0, most: 0 }));
    // Of 120 pairs of images 8 show one person.
    assert.equal(figures.people.pairs, 112);
    assert.ok(Math.abs(figures.people.mean - Math.SQRT2) < 1e-6 && figures.people.deviation < 1e-6);
    assert.equal(figures.people.beyond, 1);
    assert.deepEqual(figures.threshold, { distance: thresholdOfPaper, source: 'paper' });
    assert.ok(Math.abs(figures.spread - Math.sqrt(1 - 1 / 8)) < 1e-6);
    assert.ok(Math.abs(figures.dimensions - 7) < 1e-4, `${figures.dimensions}`);
    assert.doesNotThrow(() => selfCheckSchema.parse(check));
  });

  test('counts pairs beyond the threshold of the model itself', () => {
    const embeddings = clusters(2, (person) => (person === 0 ? corner(0) : [1, 1, ...corner(0).slice(2)]), 0);
    const distance = 2 * Math.sin(Math.PI / 8);
    assert.equal(selfCheckOf(embeddings, distance - 1e-3).figures!.people.beyond, 1);
    const { people, threshold } = selfCheckOf(embeddings, distance + 1e-3).figures!;
    assert.deepEqual([people.beyond, threshold.source], [0, 'pairs']);
  });

  test('finds that everybody is at one point, on one line, or nowhere', () => {
    const point = selfCheckOf(
      clusters(8, () => corner(0), 0),
      undefined,
    );
    assert.equal(point.finding, 'collapsed');
    assert.deepEqual([point.figures!.spread, point.figures!.dimensions], [0, 0]);
    const nearly = selfCheckOf(
      clusters(8, () => corner(0), 0.01),
      undefined,
    );
    assert.equal(nearly.finding, 'collapsed');
    const poles = selfCheckOf(
      clusters(8, (person) => corner(person % 2), 0.02),
      undefined,
    );
    assert.ok(poles.figures!.spread > 0.5 && poles.finding === 'collapsed');
    // Two people are always on one line.
    assert.equal(selfCheckOf(clusters(2, corner, 0.02), undefined).finding, 'sound');
    const broken = clusters(8, corner, 0);
    broken.mirrored[3] = NaN;
    const check = selfCheckOf(broken, undefined);
    assert.deepEqual([check.finding, check.figures], ['notFinite', undefined]);
    assert.doesNotThrow(() => selfCheckSchema.parse(check));
  });

  test('an untidy embedding is sound all the same', () => {
    const check = selfCheckOf(clusters(8, corner, 0.2), undefined);
    assert.equal(check.finding, 'sound');
    assert.ok(check.figures!.mirrored.most >= check.figures!.mirrored.mean && check.figures!.mirrored.mean > 0.5);
  });

  test('images of one person are refused', () => {
    assert.throws(
      () =>
        selfCheckOf(
          clusters(1, () => corner(0), 0),
          undefined,
        ),
      RangeError,
    );
  });

  test('the effective dimension is that of the variances', () => {
    // Variances 4, 1 and 0 along three axes: 25 / 17.
    const rows = [
      [2, 1],
      [-2, 1],
      [2, -1],
      [-2, -1],
    ].flatMap(([x, y]) => [x!, y!, 3]);
    assert.ok(Math.abs(effectiveDimensions(Float32Array.from(rows), 3) - 25 / 17) < 1e-9);
  });
});
