import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chipRectangle, chipToImage, fitSimilarity, type Similarity } from '../../../src/align/landmarkChip';
import type { Landmarks, Point } from '../../../src/align/face';

const apply = ({ a, b, tx, ty }: Similarity, { x, y }: Point): Point => ({
  x: a * x - b * y + tx,
  y: b * x + a * y + ty,
});
const error = (fit: Similarity, from: readonly Point[], to: readonly Point[]): number =>
  from.reduce((sum, point, index) => {
    const { x, y } = apply(fit, point);
    return sum + (x - to[index]!.x) ** 2 + (y - to[index]!.y) ** 2;
  }, 0);

const coordinate = fc.double({ min: -500, max: 500, noNaN: true });
const point = fc.record({ x: coordinate, y: coordinate });

test('a similarity is found again', () => {
  const small = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(fc.record({ a: small, b: small, tx: coordinate, ty: coordinate }), (wanted) => {
      const from = [
        { x: 0, y: 0 },
        { x: 10, y: 2 },
        { x: 4, y: 9 },
      ];
      const fit = fitSimilarity(
        from,
        from.map((p) => apply(wanted, p)),
      )!;
      for (const key of ['a', 'b', 'tx', 'ty'] as const) assert.ok(Math.abs(fit[key] - wanted[key]) < 1e-9);
    }),
  );
});

test('no small change of the fit lowers the squared error', () => {
  fc.assert(
    fc.property(
      fc.array(point, { minLength: 3, maxLength: 3 }),
      fc.array(point, { minLength: 3, maxLength: 3 }),
      (from, to) => {
        const fit = fitSimilarity(from, to);
        fc.pre(fit !== undefined && Math.hypot(from[0]!.x - from[1]!.x, from[0]!.y - from[1]!.y) > 1);
        const best = error(fit, from, to);
        for (const key of ['a', 'b', 'tx', 'ty'] as const) {
          for (const step of [-1e-3, 1e-3]) {
            assert.ok(error({ ...fit, [key]: fit[key] + step }, from, to) >= best - 1e-6 * (1 + best));
          }
        }
      },
    ),
  );
});

test('landmarks at the chip positions give the identity, at any chip size', () => {
  const mouth = [
    { x: 0, y: 0 },
    { x: 0, y: 0 },
  ] as const;
  const landmarks: Landmarks = [{ x: 47.7, y: 47.1 }, { x: 100.3, y: 47.1 }, { x: 74, y: 87.8 }, ...mouth];
  const same = chipToImage(landmarks, 150)!;
  for (const [key, value] of Object.entries({ a: 1, b: 0, tx: 0, ty: 0 })) {
    assert.ok(Math.abs(same[key as keyof Similarity] - value) < 1e-12);
  }
  assert.ok(Math.abs(chipToImage(landmarks, 300)!.a - 0.5) < 1e-12);
  assert.deepEqual(chipRectangle({ a: 0, b: 1, tx: 150, ty: 0 }, 150, 120, 400), { x1: 0, y1: 0, x2: 120, y2: 150 });
});

test('landmarks that fall together give no chip', () => {
  const p = { x: 3, y: 4 };
  assert.equal(chipToImage([p, p, p, p, p], 150), undefined);
});
