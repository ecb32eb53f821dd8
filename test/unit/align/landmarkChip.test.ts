import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chipRectangle, chipToImage, fitSimilarity, type Similarity } from '../../../src/align/landmarkChip';
import { type Chip, chipNames } from '../../../src/protocol/chip';
import type { FacePoints, Landmarks, Point } from '../../../src/align/face';

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
  const at = (nose: number): Landmarks => [{ x: 47.7, y: 47.1 }, { x: 100.3, y: 47.1 }, { x: 74, y: nose }, ...mouth];
  const eyesAndNoseBase = [
    { x: 37.1, y: 46.4 },
    { x: 58.4, y: 47.9 },
    { x: 89.6, y: 47.9 },
    { x: 111, y: 46.3 },
    { x: 74, y: 87.8 },
  ] as const;
  const isSame = (face: FacePoints, chip: Chip): boolean => {
    const same = chipToImage(face, chip, 150)!;
    return Object.entries({ a: 1, b: 0, tx: 0, ty: 0 }).every(
      ([key, value]) => Math.abs(same[key as keyof Similarity] - value) < 1e-12,
    );
  };
  assert.ok(isSame({ landmarks: at(87.8) }, 'tip-at-base'));
  assert.ok(isSame({ landmarks: at(80) }, 'mean-face'));
  assert.ok(!isSame({ landmarks: at(87.8) }, 'mean-face'));
  // The corners and the base are nearer to what the model was trained on; a chip of older versions has the five points alone.
  assert.ok(isSame({ landmarks: at(0), eyesAndNoseBase }, 'mean-face'));
  assert.ok(!isSame({ landmarks: at(0), eyesAndNoseBase }, 'tip-at-base'));
  assert.ok(Math.abs(chipToImage({ landmarks: at(80) }, 'mean-face', 300)!.a - 0.5) < 1e-12);
  assert.deepEqual(chipRectangle({ a: 0, b: 1, tx: 150, ty: 0 }, 150, 120, 400), { x1: 0, y1: 0, x2: 120, y2: 150 });
});

test('landmarks that fall together give no chip', () => {
  const p = { x: 3, y: 4 };
  for (const chip of chipNames) assert.equal(chipToImage({ landmarks: [p, p, p, p, p] }, chip, 150), undefined);
});
