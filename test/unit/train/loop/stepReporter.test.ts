import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { JobContext } from '../../../../src/protocol/jobContext';
import type { SummaryLog } from '../../../../src/files/tensorboard';
import { planPhases } from '../../../../src/train/plan/phases';
import { Statistics } from '../../../../src/train/loop/statistics';
import { isSummarized, StepReporter } from '../../../../src/train/loop/stepReporter';
import type { StepMeasure, TailTrainer } from '../../../../src/train/step/tailTrainer';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const [before, phase] = planPhases(
  { stages: [], lastBlock: '' },
  [5, 2].map((epochs) => ({
    name: 'x',
    trainableFrom: 'Logits',
    epochs,
    learningRate: 0.5,
    batchNorm: 'frozen' as const,
  })),
  250,
) as [ReturnType<typeof planPhases>[0], ReturnType<typeof planPhases>[0]];

const measure = (step: number): StepMeasure => ({
  step,
  loss: 3,
  crossEntropy: 2,
  regularization: 1,
  accuracy: 0.5,
  centerLoss: 0.25,
  learningRate: 0.5,
  prelogits: { rows: 1, data: Float32Array.of(1, 2) },
});

test('summaries stand at every hundredth step of an epoch from its first on', () => {
  const steps = Array.from({ length: 500 }, (_, i) => 1251 + i).filter((step) => isSummarized(step, phase));
  assert.equal(phase.firstStep, 1250);
  assert.deepEqual(steps, [1251, 1351, 1451, 1501, 1601, 1701]);
  assert.ok(isSummarized(1, before));
});

test('averages are those from before the step, and the line is the reference’s', async () => {
  const said: string[] = [];
  const scalars: [number, Readonly<Record<string, number>>][] = [];
  const context = {
    report: (event: { type: string; message?: string }) => event.type === 'log' && said.push(event.message!),
  } as unknown as JobContext;
  const summaries = {
    scalars: (step: number, values: Readonly<Record<string, number>>) => scalars.push([step, values]),
  } as unknown as SummaryLog;
  const statistics = new Statistics(join(temporaryFolder(), 'stat.h5'), {
    epochs: 7,
    stepsPerEpoch: 250,
    validateEveryEpochs: 5,
    prelogitsNormP: 1,
    prelogitsHistMax: 10,
  });
  const reporter = new StepReporter(context, summaries, statistics, 90, 10);
  const measures = Array.from({ length: 102 }, (_, i) => measure(1251 + i));
  const trainer = { measures: async () => measures } as unknown as TailTrainer;
  await reporter.afterStep(trainer, phase, true);
  assert.deepEqual(
    scalars.map(([step]) => step),
    [1251, 1351],
  );
  const [[, first], [, second]] = scalars as [(typeof scalars)[0], (typeof scalars)[0]];
  assert.deepEqual([first['cross_entropy_1'], first['total_loss_1']], [0, 0]);
  assert.deepEqual([first['cross_entropy__raw_'], first['total_loss__raw_'], first['learning_rate_1']], [2, 3, 0.5]);
  assert.ok(Math.abs(second['cross_entropy_1']! - 2 * (1 - 0.9 ** 100)) < 1e-9);
  assert.match(
    said.join('\n'),
    /^Epoch: \[6\]\[102\/250\]\tTime \d+\.\d{3}\tLoss 3\.000\tXent 2\.000\tRegLoss 1\.000\tAccuracy 0\.500\tLr 0\.50000\tCl 0\.250$/,
  );
});
