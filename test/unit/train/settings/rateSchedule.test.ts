import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scheduledPart } from '../../../../src/train/settings/rateSchedule';

const parts = (schedule: Parameters<typeof scheduledPart>[0], steps: number, warmupSteps: number): number[] =>
  Array.from({ length: steps }, (_, step) => scheduledPart(schedule, step, { steps, warmupSteps }));
const near = (actual: readonly number[], expected: readonly number[]): void => {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) < 1e-12, `${i}: ${value} is not ${expected[i]}`),
  );
};

test('a cosine falls by half of itself to the middle', () => {
  near(parts('cosine', 4, 0), [1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2]);
});

test('a line falls by the same at every step', () => {
  near(parts('linear', 5, 0), [1, 0.8, 0.6, 0.4, 0.2]);
});

test('a warm-up rises by the same at every step, and what falls begins after it', () => {
  near(parts('constant', 6, 3), [0.25, 0.5, 0.75, 1, 1, 1]);
  near(parts('linear', 6, 2), [1 / 3, 2 / 3, 1, 0.75, 0.5, 0.25]);
  near(parts('cosine', 6, 2).slice(2), parts('cosine', 4, 0));
});

test('every schedule rises while it warms up, never rises afterwards and never ends before its last step', () => {
  const steps = fc.integer({ min: 1, max: 200 }).chain((count) => fc.tuple(fc.constant(count), fc.nat(count - 1)));
  fc.assert(
    fc.property(fc.constantFrom(...(['constant', 'cosine', 'linear'] as const)), steps, (schedule, [count, warmup]) => {
      const all = parts(schedule, count, warmup);
      all.forEach((part, step) => {
        assert.ok(part > 0 && part <= 1, `${step}: ${part}`);
        if (step > 0 && step <= warmup) assert.ok(part > all[step - 1]!);
        if (step > warmup) assert.ok(part <= all[step - 1]!);
      });
      assert.equal(all[warmup], 1);
    }),
  );
});
