import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepMeasure } from '../../../../src/journal/measures';
import { CollapseWatch } from '../../../../src/train/loop/collapseWatch';
import { tripletHead } from '../../../../src/train/heads/triplet';

const alpha = 0.2;
const head = tripletHead({ alpha, semiHard: false, peoplePerBatch: 2, imagesPerPerson: 2 });

const step = (number: number, spread: number, tripletLoss = 0.1): StepMeasure => ({
  ...{ step: number, loss: tripletLoss, learningRate: 1 },
  values: { tripletLoss, spread },
  prelogits: { rows: 0, data: new Float32Array(0) },
});

test('a spread below a tenth of the first one is told once, with advice', () => {
  const watch = new CollapseWatch(head, { firstSpread: undefined });
  assert.equal(watch.add([step(1, 0.8), step(2, 0.3), step(3, 0.081)]), undefined);
  assert.match(
    watch.add([step(4, 0.079), step(5, 0.07)])!,
    /collapses: at step 4 its spread is 0\.079, less than a tenth of the 0\.80 .* Lower the learning rate/,
  );
  assert.equal(watch.add([step(6, 0.01)]), undefined);
});

test('a run that goes on compares with its first step', () => {
  const run = { firstSpread: 0.9 };
  assert.equal(new CollapseWatch(head, run).add([step(50, 0.1)]), undefined);
  assert.match(new CollapseWatch(head, run).add([step(50, 0.08)])!, /collapses/);
  assert.equal(run.firstSpread, 0.9);
});

test('a loss at the margin for many steps in a row is told, one that leaves it is not', () => {
  const run = { firstSpread: undefined };
  const steps = (first: number, count: number, loss: number) =>
    Array.from({ length: count }, (_, index) => step(first + index, 0.5, loss));
  const watch = new CollapseWatch(head, run);
  assert.equal(watch.add(steps(1, 99, alpha)), undefined);
  assert.equal(watch.add(steps(100, 1, 0.19)), undefined);
  assert.equal(watch.add(steps(101, 99, 0.203)), undefined);
  assert.match(watch.add(steps(200, 1, 0.197))!, /margin of 0\.2 for 100 steps up to step 200/);
});

test('a loss that has no spread is not watched', () => {
  const run = { firstSpread: undefined };
  const watch = new CollapseWatch({ mainMeasure: 'crossEntropy' }, run);
  assert.equal(watch.add([step(1, 0.5), step(2, 0)]), undefined);
  assert.equal(run.firstSpread, undefined);
});
