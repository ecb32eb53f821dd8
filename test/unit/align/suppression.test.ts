import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { suppress } from '../../../src/align/mtcnn/suppression';

const box = (x1: number, y1: number, x2: number, y2: number, score: number) => ({ x1, y1, x2, y2, score });

test('nothing stays nothing', () => assert.deepEqual(suppress([], 0.5, 'union'), []));

test('both corner pixels count: 10×10 pixels moved by five share a third of their union', () => {
  const a = box(0, 0, 9, 9, 0.9);
  const b = box(5, 0, 14, 9, 0.8);
  assert.deepEqual(suppress([b, a], 1 / 3, 'union'), [a, b]);
  assert.deepEqual(suppress([b, a], 0.33, 'union'), [a]);
});

test('`minimum` drops a small box inside a large one that `union` keeps', () => {
  const large = box(0, 0, 99, 99, 0.9);
  const small = box(10, 10, 19, 19, 0.8);
  assert.deepEqual(suppress([large, small], 0.7, 'union'), [large, small]);
  assert.deepEqual(suppress([large, small], 0.7, 'minimum'), [large]);
});

test('of equal scores the later box wins', () => {
  const first = box(0, 0, 9, 9, 0.5);
  const second = box(0, 0, 9, 9, 0.5);
  const kept = suppress([first, second], 0.5, 'union');
  assert.equal(kept.length, 1);
  assert.equal(kept[0], second);
});

test('what is kept is sorted, overlaps no more than allowed, and covers what was dropped', () => {
  const edge = fc.integer({ min: 0, max: 40 });
  const boxes = fc.array(
    fc.tuple(
      edge,
      edge,
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 30 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    ),
    { maxLength: 40 },
  );
  const overlap = (a: ReturnType<typeof box>, b: ReturnType<typeof box>): number => {
    const width = Math.max(0, Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1) + 1);
    const height = Math.max(0, Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1) + 1);
    const area = (c: ReturnType<typeof box>): number => (c.x2 - c.x1 + 1) * (c.y2 - c.y1 + 1);
    return (width * height) / (area(a) + area(b) - width * height);
  };
  fc.assert(
    fc.property(boxes, (drawn) => {
      const all = drawn.map(([x, y, w, h, score]) => box(x, y, x + w, y + h, score));
      const kept = suppress(all, 0.5, 'union');
      kept.forEach((a, index) => {
        for (const b of kept.slice(index + 1)) {
          assert.ok(a.score >= b.score);
          assert.ok(overlap(a, b) <= 0.5);
        }
      });
      for (const a of all) assert.ok(kept.includes(a) || kept.some((b) => b.score >= a.score && overlap(a, b) > 0.5));
    }),
  );
});
