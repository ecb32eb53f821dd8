import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pyramidLevels } from '../../../src/align/mtcnn/pyramid';

test('the levels of a 250×250 image are those of the reference trace', () => {
  const levels = pyramidLevels(250, 250);
  assert.deepEqual(
    levels.map(({ width }) => width),
    [150, 107, 76, 54, 38, 27, 20, 14],
  );
  const scales = [0.6, 0.4254, 0.3016086, 0.2138404974, 0.1516129127, 0.1074935551, 0.0762129305, 0.0540349678];
  levels.forEach(({ scale }, index) => assert.ok(Math.abs(scale - scales[index]!) < 5e-11));
});

test('width and height of a level are rounded up on their own', () => {
  assert.deepEqual(pyramidLevels(799, 533)[1], { scale: 0.6 * 0.709, width: 340, height: 227 });
});

test('an image smaller than the smallest face has no level', () => {
  assert.deepEqual(pyramidLevels(19, 4000), []);
  assert.deepEqual(pyramidLevels(1, 4000), []);
  assert.equal(pyramidLevels(20, 4000).length, 1);
});
