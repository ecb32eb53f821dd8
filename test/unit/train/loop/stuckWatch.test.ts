import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StepMeasure } from '../../../../src/journal/measures';
import { StuckWatch } from '../../../../src/train/loop/stuckWatch';
import { planPhases, type PlannedPhase } from '../../../../src/train/plan/phases';

const stages = [{ name: 'First', build: () => undefined as never }];
const [classifier, whole] = planPhases(
  { stages, lastBlock: 'First' },
  ['Logits', 'All'].map((trainableFrom) => ({
    ...{ name: trainableFrom, trainableFrom, epochs: 100, learningRate: 0.5 },
    batchNorm: 'frozen' as const,
  })),
  50,
) as [PlannedPhase, PlannedPhase];

const people = 1000;
const guessing = Math.log(people);
const head = { mainMeasure: 'crossEntropy', term: 'cross entropy', guessing };
const steps = (first: number, count: number, loss: number): StepMeasure[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ step: first + index, loss, learningRate: 1, values: { crossEntropy: loss } },
    prelogits: { rows: 0, data: new Float32Array(0) },
  }));
const open = (batch: number, of = people): StuckWatch => new StuckWatch({ ...head, guessing: Math.log(of) }, of, batch);

test('a loss at ln(people) is told once everybody has been seen twenty times, once a phase', () => {
  const watch = open(50);
  assert.equal(watch.add(classifier, steps(1, 399, guessing * 1.01)), undefined);
  const told = watch.add(classifier, steps(400, 3, guessing * 0.99))!;
  assert.equal(told.step, 400);
  assert.match(told.message, /of the 400 steps up to step 400 \(8\.0 epochs\) has stayed at 6\.98/);
  assert.match(told.message, /guessing among 1000 people costs 6\.91\. .* raise the learning rate/);
  assert.equal(watch.add(classifier, steps(403, 2000, guessing)), undefined);
  assert.match(watch.add(whole, steps(3000, 400, guessing))!.message, /in phase All, lower the learning rate/);
});

test('few people need two hundred steps all the same', () => {
  const watch = open(90, 10);
  assert.equal(watch.add(classifier, steps(1, 199, Math.log(10))), undefined);
  assert.equal(watch.add(classifier, steps(200, 1, Math.log(10)))!.step, 200);
});

test('a loss that only passes by that of guessing, lies above it, or has no such value is not told', () => {
  for (const [before, after] of [
    [1.3, 0.7],
    [1, 0.9],
    [1.5, 1.5],
  ] as const) {
    const watch = open(50);
    assert.equal(watch.add(classifier, steps(1, 200, guessing * before)), undefined);
    assert.equal(watch.add(classifier, steps(201, 200, guessing * after)), undefined);
  }
  assert.equal(
    new StuckWatch({ ...head, guessing: undefined }, people, 50).add(classifier, steps(1, 1000, guessing)),
    undefined,
  );
});
