import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepMeasure } from '../../../../src/journal/measures';
import { CollapseWatch } from '../../../../src/train/loop/collapseWatch';
import { spreadOf } from '../../../../src/evaluate/spread';

const margin = 0.2;
const triplet = { mainMeasure: 'tripletLoss', margin };
const classifier = { mainMeasure: 'crossEntropy' };

/** Two rows whose directions are as far from their mean as `spread` says: sin of the angle to either side. */
const rowsOf = (spread: number): StepMeasure['prelogits'] => {
  const cosine = Math.sqrt(1 - spread ** 2);
  return { rows: 2, data: Float32Array.of(5 * cosine, 5 * spread, 0.3 * cosine, -0.3 * spread) };
};
const step = (number: number, spread: number, loss = 0.1): StepMeasure => ({
  ...{ step: number, loss, learningRate: 1 },
  values: { tripletLoss: loss, crossEntropy: loss },
  prelogits: rowsOf(spread),
});

test('the spread is that of the directions, and rows without one are all alike', () => {
  for (const spread of [0, 0.01, 0.6, 1]) assert.ok(Math.abs(spreadOf(rowsOf(spread)) - spread) < 1e-3, `${spread}`);
  assert.equal(spreadOf({ rows: 3, data: new Float32Array(6) }), 0);
  const half = spreadOf({ rows: 2, data: Float32Array.of(1, 0, 0, 0) });
  assert.ok(Math.abs(half - Math.SQRT1_2) < 1e-6, 'one without a direction is at a right angle to all others');
});

test('a spread below a tenth of the first one, three readings in a row, is told once, with advice', () => {
  for (const head of [triplet, classifier]) {
    const watch = new CollapseWatch(head, { firstSpread: undefined });
    assert.equal(watch.add([step(1, 0.8), step(2, 0.3), step(3, 0.07)]), undefined);
    assert.equal(watch.add([step(4, 0.079)]), undefined);
    assert.equal(watch.add([step(5, 0.09)]), undefined, 'not in a row');
    for (const number of [6, 7]) assert.equal(watch.add([step(number, 0.01), step(number, 0.079)]), undefined);
    const told = watch.add([step(8, 0.079)])!;
    assert.equal(told.step, 8);
    assert.match(told.message, /collapses: at step 8 its spread is 0\.079, less than a tenth of the 0\.80/);
    assert.match(told.message, /Lower the learning rate/);
    assert.equal(told.message.includes('--semi_hard'), head === triplet);
    assert.equal(watch.add([step(9, 0.01)]), undefined);
  }
});

test('a run that goes on compares with its first step', () => {
  const run = { firstSpread: 0.9 };
  const thrice = (spread: number): unknown => {
    const watch = new CollapseWatch(classifier, run);
    return [50, 51, 52].map((number) => watch.add([step(number, spread)])).at(-1);
  };
  assert.equal(thrice(0.1), undefined);
  assert.notEqual(thrice(0.08), undefined);
  assert.equal(run.firstSpread, 0.9);
});

test('a single image does not spread', () => {
  const run = { firstSpread: undefined };
  const watch = new CollapseWatch(classifier, run);
  const one = { ...step(1, 0.5), prelogits: { rows: 1, data: Float32Array.of(1, 0) } };
  for (let reading = 0; reading < 5; reading++) assert.equal(watch.add([one]), undefined);
  assert.equal(run.firstSpread, undefined);
});

test('a loss at the margin for many steps in a row is told, one that leaves it is not', () => {
  const steps = (first: number, count: number, loss: number) =>
    Array.from({ length: count }, (_, index) => step(first + index, 0.5, loss));
  const watch = new CollapseWatch(triplet, { firstSpread: undefined });
  assert.equal(watch.add(steps(1, 99, margin)), undefined);
  assert.equal(watch.add(steps(100, 1, 0.19)), undefined);
  assert.equal(watch.add(steps(101, 99, 0.203)), undefined);
  assert.match(watch.add(steps(200, 1, 0.197))!.message, /margin of 0\.2 for 100 steps up to step 200/);
  const other = new CollapseWatch(classifier, { firstSpread: undefined });
  assert.equal(other.add(steps(1, 300, margin)), undefined, 'a classifier has no margin to stay at');
});
