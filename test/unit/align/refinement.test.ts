import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refine, refineProposal, squared, truncated } from '../../../src/align/mtcnn/refinement';

test('stage one measures a box without its last pixel, the later stages with it', () => {
  const box = { x1: 10, y1: 20, x2: 20, y2: 40, score: 1, regression: [0.1, 0.2, -0.1, 0.5] as const };
  const { x1, y1, x2, y2 } = refineProposal(box);
  assert.deepEqual([x1, y1, x2, y2], [11, 24, 19, 50]);
  const later = refine(box, box.regression);
  assert.deepEqual([later.x1, later.y1, later.x2, later.y2], [10 + 1.1, 20 + 4.2, 20 - 1.1, 40 + 10.5]);
  assert.equal(later.score, 1);
});

test('a box becomes a square around its centre', () => {
  assert.deepEqual(squared({ x1: 0, y1: 0, x2: 10, y2: 20 }), { x1: -5, y1: 0, x2: 15, y2: 20 });
  assert.deepEqual(squared({ x1: 0, y1: 0, x2: 21, y2: 20 }), { x1: 0, y1: -0.5, x2: 21, y2: 20.5 });
});

test('corners are rounded towards zero', () => {
  assert.deepEqual(truncated({ x1: -1.9, y1: 1.9, x2: 2.5, y2: -0.5 }), { x1: -1, y1: 1, x2: 2, y2: -0 });
});
