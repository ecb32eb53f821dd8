import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineageOf } from '../../../src/protocol/lineage';

test('the way from photographs to a report has what is known of it, in its order, with what the page is about', () => {
  const known = {
    report: { name: 'report', path: '/r/evaluations/lfw-600.json' },
    run: { name: 'The first', path: '/r' },
    photographs: { name: 'photographs', path: '/p' },
    faces: { name: 'faces', path: '/f' },
  };
  const steps = lineageOf(known, 'run');
  assert.deepEqual(
    steps.map(({ kind }) => kind),
    ['photographs', 'faces', 'run', 'report'],
  );
  assert.deepEqual(steps[2], { kind: 'run', name: 'The first', path: '/r', here: true });
});

test('of a thing alone there is no way', () => {
  assert.deepEqual(lineageOf({ faces: { name: 'faces', path: '/f' } }, 'faces'), []);
});
