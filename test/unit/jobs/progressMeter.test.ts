import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressMeter } from '../../../src/jobs/progressMeter';

const progress = (activity: string, done: number, total = 100) => ({
  type: 'progress' as const,
  activity,
  done,
  total,
  unit: 'images',
});

test('rate and time left are measured from the start of the activity', () => {
  let now = 0;
  const meter = progressMeter(() => now);
  assert.deepEqual(meter(progress('Aligning', 0)), progress('Aligning', 0));
  now = 2000;
  assert.deepEqual(meter(progress('Aligning', 20)), { ...progress('Aligning', 20), perSecond: 10, etaSeconds: 8 });
});

test('a job that resumes at 50 of 100 is not credited with what was done before', () => {
  let now = 0;
  const meter = progressMeter(() => now);
  meter(progress('Aligning', 50));
  now = 1000;
  assert.deepEqual(meter(progress('Aligning', 60)), { ...progress('Aligning', 60), perSecond: 10, etaSeconds: 4 });
});

test('at most four events a second pass, the first and the last of an activity always', () => {
  let now = 0;
  const meter = progressMeter(() => now);
  const passed: number[] = [];
  for (let done = 0; done <= 100; done++, now += 10)
    if (meter(progress('Aligning', done)) !== undefined) passed.push(done);
  assert.deepEqual(passed, [0, 25, 50, 75, 100]);
  assert.notEqual(meter(progress('Embedding', 0)), undefined);
});

test('what the job measured itself is kept', () => {
  assert.deepEqual(progressMeter(() => 0)({ ...progress('Training', 1), perSecond: 3, etaSeconds: 7 }), {
    ...progress('Training', 1),
    perSecond: 3,
    etaSeconds: 7,
  });
});
