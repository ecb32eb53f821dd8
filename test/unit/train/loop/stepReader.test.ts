import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Journal, type Facts } from '../../../../src/journal/journal';
import type { StepMeasure } from '../../../../src/journal/measures';
import { EpochJudge } from '../../../../src/train/loop/epochJudge';
import { StepReader } from '../../../../src/train/loop/stepReader';
import { planPhases, type PlannedPhase } from '../../../../src/train/plan/phases';

const [, phase] = planPhases(
  { stages: [], lastBlock: '' },
  [5, 2].map((epochs) => ({
    name: 'x',
    trainableFrom: 'Logits',
    epochs,
    learningRate: 0.5,
    batchNorm: 'frozen' as const,
  })),
  250,
) as [PlannedPhase, PlannedPhase];

const measure = (step: number, loss = 3): StepMeasure => ({
  step,
  loss,
  learningRate: 0.5,
  values: { crossEntropy: loss },
  prelogits: { rows: 1, data: Float32Array.of(1, 2) },
});

function readerOf(measures: StepMeasure[]) {
  const told: Facts['steps'][] = [];
  const reader = new StepReader(new Journal([{ steps: (fact) => told.push(fact) }]), 90);
  const trainer = { measures: async () => measures, tensorBytes: 7 };
  return { told, step: (images: number, now: boolean) => reader.afterStep(trainer, phase, images, now) };
}

test('steps are told with their place in the run', async () => {
  const { told, step } = readerOf([measure(1500), measure(1501)]);
  assert.equal((await step(90, true)).length, 2);
  const [{ steps, done, machine }] = told as [Facts['steps']];
  assert.deepEqual(
    steps.map(({ epoch, stepInEpoch }) => [epoch, stepInEpoch]),
    [
      [6, 250],
      [7, 1],
    ],
  );
  assert.deepEqual([done, told[0]!.phase], [251, { name: 'x', steps: 500, stepsPerEpoch: 250 }]);
  assert.ok(machine.residentBytes > 1e6 && machine.tensorBytes === 7 && machine.imagesPerSecond > 0);
});

test('images per second are those that steps really had, also where the last batch of a round is smaller', async (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const { told, step } = readerOf([measure(1500)]);
  await step(90, false);
  now = 200;
  await step(10, true);
  assert.equal(told[0]!.machine.imagesPerSecond, 500);
});

test('an epoch is held against guessing, and a phase warned of once', () => {
  const open = (): EpochJudge => new EpochJudge({ mainMeasure: 'crossEntropy', term: 'cross entropy', guessing: 2 }, 8);
  const judge = open();
  judge.add([measure(1, 9)]);
  assert.equal(judge.endEpoch(phase, 1), undefined, 'the first epoch may be bad');
  judge.add([measure(2, 3), measure(3, 6)]);
  assert.match(judge.endEpoch(phase, 2)!, /^The cross entropy of epoch 7 \(4\.50\) is worse than guessing among 8/);
  judge.add([measure(4, 9)]);
  assert.equal(judge.endEpoch(phase, 2), undefined);
  const idle = open();
  idle.add([measure(1, 1.95)]);
  assert.match(idle.endEpoch(phase, 2)!, /hardly better than guessing among 8 people \(2\.00\): phase x needs more/);
  const learns = open();
  learns.add([measure(1, 1.5)]);
  assert.equal(learns.endEpoch(phase, 2), undefined);
});
