import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseFace } from '../../../src/align/chooseFace';
import { isEmpty, marginRectangle } from '../../../src/align/cropFace';

const first = { x1: 74.392599, y1: 60.866033, x2: 172.838278, y2: 192.810241 };
const second = { x1: 72.024271, y1: 62.081512, x2: 170.038988, y2: 188.072413 };

test('margins give the integers of the reference aligner', () => {
  const numbers = (box: typeof first, margin: number): number[] => {
    const { x1, y1, x2, y2 } = marginRectangle(box, margin, 250, 250);
    return [x1, y1, x2, y2];
  };
  assert.deepEqual(numbers(first, 32), [58, 44, 188, 208]);
  assert.deepEqual(numbers(second, 32), [56, 46, 186, 204]);
  assert.deepEqual(numbers(first, 44), [52, 38, 194, 214]);
  assert.deepEqual(numbers(second, 44), [50, 40, 192, 210]);
});

test('a margin ends at the edge of the image', () => {
  assert.deepEqual(marginRectangle({ x1: 5, y1: -3, x2: 95, y2: 99 }, 32, 100, 100), {
    x1: 0,
    y1: 0,
    x2: 100,
    y2: 100,
  });
  assert.ok(isEmpty(marginRectangle({ x1: 120, y1: 0, x2: 140, y2: 50 }, 0, 100, 100)));
});

test('the large face in the middle is chosen before a larger one at the edge', () => {
  const middle = { x1: 100, y1: 100, x2: 150, y2: 150 };
  const edge = { x1: 0, y1: 0, x2: 60, y2: 60 };
  assert.equal(chooseFace([edge, middle], 250, 250), middle);
  assert.equal(chooseFace([middle, { ...middle }], 250, 250), middle);
  assert.equal(chooseFace([], 250, 250), undefined);
});
