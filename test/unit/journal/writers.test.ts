// What each writer makes of the same facts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { SummaryLog } from '../../../src/files/tensorboard';
import { eventWriter } from '../../../src/journal/eventWriter';
import { Journal, type Facts } from '../../../src/journal/journal';
import { Statistics, statisticsWriter } from '../../../src/journal/statistics';
import { isSummarized, tensorboardWriter } from '../../../src/journal/tensorboardWriter';
import { textWriter } from '../../../src/journal/textWriter';
import { runEventSchema } from '../../../src/protocol/events';
import type { ReportedEvent } from '../../../src/protocol/jobContext';
import type { LfwReport } from '../../../src/protocol/lfwReport';
import { tripletLines } from '../../../src/journal/scriptLines';
import { softmaxHead } from '../../../src/train/heads/softmax';
import { tripletHead } from '../../../src/train/heads/triplet';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const { measures } = softmaxHead(
  { prelogitsNormLossFactor: 0, prelogitsNormP: 1, centerLossFactor: 1, centerLossAlfa: 0.9, labelSmoothing: 0 },
  { classes: 10, embeddingSize: 2 },
);

/** A journal whose writers write into arrays. */
function openJournal(reportLines = 2) {
  const events: ReportedEvent[] = [];
  const lines: string[] = [];
  const scalars: [number, Readonly<Record<string, number>>][] = [];
  const summaries = {
    scalars: (step: number, values: Readonly<Record<string, number>>) => scalars.push([step, values]),
  } as unknown as SummaryLog;
  const folder = temporaryFolder();
  const sizes = { epochs: 7, stepsPerEpoch: 250, validateEveryEpochs: 5, prelogitsNormP: 1, prelogitsHistMax: 10 };
  const statistics = new Statistics(join(folder, 'stat.h5'), { ...sizes, measures });
  const results = join(folder, 'lfw_result.txt');
  const journal = new Journal([
    eventWriter((event) => events.push(event)),
    tensorboardWriter(summaries, measures),
    statisticsWriter(statistics, results),
    textWriter((line) => lines.push(line), { measures, reportLines }),
  ]);
  return { journal, events, lines, scalars, results };
}

const stepsFrom = (first: number, count: number, values: object = {}): Facts['steps'] => ({
  steps: Array.from({ length: count }, (_, i) => ({
    ...{ step: first + i, epoch: 6, stepInEpoch: i + 1, loss: 3, learningRate: 0.5 },
    values: { crossEntropy: 2, regularization: 1, accuracy: 0.5, ...values },
    prelogits: { rows: 1, data: Float32Array.of(1, 2) },
  })),
  phase: { name: 'x', steps: 500, stepsPerEpoch: 250 },
  done: count,
  batchSize: 90,
  machine: { imagesPerSecond: 45, residentBytes: 1, tensorBytes: 2 },
});

const report = {
  accuracy: { mean: 0.95, std: 0.01, perFold: [], thresholds: [] },
  validation: { rate: 0.7, std: 0.02, far: 0.001, farTarget: 0.001 },
  auc: 0.99,
  eer: 0.05,
} as unknown as LfwReport;

test('summaries stand at every hundredth step of an epoch from its first on', () => {
  const steps = Array.from({ length: 250 }, (_, i) => i + 1).filter(isSummarized);
  assert.deepEqual(steps, [1, 101, 201]);
});

test('averages are those from before the step, and the line is the reference’s', () => {
  const { journal, lines, scalars } = openJournal();
  journal.tell('steps', stepsFrom(1251, 102, { centerLoss: 0.25 }));
  assert.deepEqual(
    scalars.map(([step]) => step),
    [1251, 1351],
  );
  const [[, first], [, second]] = scalars as [(typeof scalars)[0], (typeof scalars)[0]];
  assert.deepEqual(first, {
    ...{ learning_rate_1: 0.5, cross_entropy__raw_: 2, cross_entropy_1: 0, total_loss__raw_: 3, total_loss_1: 0 },
    ...{ accuracy: 0.5, regularization: 1 },
  });
  assert.ok(Math.abs(second['cross_entropy_1']! - 2 * (1 - 0.9 ** 100)) < 1e-9);
  assert.deepEqual(lines, [
    'Epoch: [6][102/250]\tTime 2.000\tLoss 3.000\tXent 2.000\tRegLoss 1.000\tAccuracy 0.500\tLr 0.50000\tCl 0.250',
  ]);
  journal.tell('steps', stepsFrom(1353, 3));
  assert.equal(lines.length, 1, 'one line a second');
  journal.tell('steps', { ...stepsFrom(1748, 3), done: 500 });
  assert.match(lines[1]!, /Cl 0\.000$/, 'the last of a phase; what is not measured is told as 0');
});

test('of a reading with many steps eight are events, the last among them, and one says how far it is', () => {
  const { journal, events } = openJournal();
  journal.tell('steps', stepsFrom(1, 100, { centerLoss: 0.25, crossEntropy: NaN }));
  const steps = events.flatMap((event) => (event.type === 'step' ? [event] : []));
  assert.deepEqual([steps.length, steps.at(-1)!.step], [8, 100]);
  assert.deepEqual(steps[0]!.measures, { centerLoss: 0.25 }, 'what has no field of its own');
  const last = events.at(-1)!;
  assert.ok(last.type === 'progress' && last.done === 9000 && last.total === 45_000 && last.etaSeconds === 800);
  for (const event of events) {
    const line = JSON.parse(JSON.stringify({ ...event, time: 1 })) as unknown;
    assert.equal(runEventSchema.safeParse(line).success, true, JSON.stringify(event));
  }
  const plain = openJournal();
  plain.journal.tell('steps', stepsFrom(1, 1));
  assert.ok(plain.events.every((event) => !('measures' in event)));
});

test('an evaluation and a validation are told to each in its own way', () => {
  const { journal, events, lines, scalars, results } = openJournal();
  const place = { step: 500, epoch: 2, seconds: 3 };
  journal.tell('begin', { what: 'evaluation' });
  journal.tell('evaluation', { ...place, phase: 'x', report, file: 'evaluations\\lfw-500.json' });
  journal.tell('evaluation', { step: 0, report, file: 'evaluations/lfw-0.json', seconds: 1 });
  journal.tell('validation', {
    ...place,
    loss: 1.5,
    values: { crossEntropy: 1.25, accuracy: 0.5, regularization: 0.25 },
  });
  assert.deepEqual(
    lines,
    [
      'Runnning forward pass on LFW images',
      'Accuracy: 0.95000+-0.01000',
      'Validation rate: 0.70000+-0.02000 @ FAR=0.00100',
      'Accuracy: 0.95000+-0.01000',
      'Validation rate: 0.70000+-0.02000 @ FAR=0.00100',
      'Validation Epoch: 2\tTime 3.000\tLoss 1.500\tXent 1.250\tAccuracy 0.500',
    ],
    lines.join('\n'),
  );
  assert.equal(readFileSync(results, 'utf8'), '500\t0.95000\t0.70000\n0\t0.95000\t0.70000\n');
  assert.deepEqual(scalars, [
    [500, { 'lfw/accuracy': 0.95, 'lfw/val_rate': 0.7, 'time/lfw': 3 }],
    [0, { 'lfw/accuracy': 0.95, 'lfw/val_rate': 0.7, 'time/lfw': 1 }],
    [500, { 'validation/loss': 1.5, 'validation/cross_entropy': 1.25, 'validation/accuracy': 0.5 }],
  ]);
  const [after, before, validation] = events;
  assert.ok(after!.type === 'lfw' && after.phase === 'x' && after.report === 'evaluations/lfw-500.json');
  assert.ok(before!.type === 'lfw' && !('phase' in before));
  assert.deepEqual(validation, {
    type: 'validation',
    step: 500,
    epoch: 2,
    loss: 1.5,
    crossEntropy: 1.25,
    accuracy: 0.5,
  });
});

test('a validation job prints all four lines', () => {
  const { journal, lines } = openJournal(4);
  journal.tell('evaluation', { step: 0, report, file: 'evaluations/lfw.json', seconds: 1 });
  assert.deepEqual(
    lines.map((line) => line.split(/[:=(]/)[0]),
    ['Accuracy', 'Validation rate', 'Area Under Curve ', 'Equal Error Rate '],
  );
});

test('the lines of triplets are those of their script, and a round is told to all', () => {
  const events: ReportedEvent[] = [];
  const lines: string[] = [];
  const scalars: [number, Readonly<Record<string, number>>][] = [];
  const head = tripletHead({ alpha: 0.2, semiHard: false, peoplePerBatch: 3, imagesPerPerson: 2 });
  const summaries = {
    scalars: (step: number, values: Readonly<Record<string, number>>) => scalars.push([step, values]),
  } as unknown as SummaryLog;
  const journal = new Journal([
    eventWriter((event) => events.push(event)),
    tensorboardWriter(summaries, head.measures),
    textWriter((line) => lines.push(line), { measures: head.measures, script: tripletLines, reportLines: 2 }),
  ]);
  const round = {
    step: 1250,
    people: 3,
    images: 6,
    pairs: 3,
    triplets: 2,
    embeddingSeconds: 1.5,
    selectionSeconds: 0.25,
  };
  journal.tell('begin', { what: 'evaluation' });
  journal.tell('round', round);
  const values = { tripletLoss: 2, activeTriplets: 0.5, positiveDistance: 1, negativeDistance: 1.5, spread: 0.9 };
  const facts = stepsFrom(1251, 1, values);
  journal.tell('steps', facts);
  journal.tell('evaluation', { step: 1251, report, file: 'x.json', seconds: 2.5 });
  assert.deepEqual(lines, [
    'Running forward pass on sampled images: 1.500',
    'Selecting suitable triplets for training',
    '(nrof_random_negs, nrof_triplets) = (3, 2): time=0.250 seconds',
    'Epoch: [5][1/250]\tTime 2.000\tLoss 3.000',
    'Running forward pass on LFW images: 2.500',
    'Accuracy: 0.950+-0.010',
    'Validation rate: 0.70000+-0.02000 @ FAR=0.00100',
  ]);
  assert.deepEqual(events[0], { type: 'round', ...round });
  for (const event of events) runEventSchema.parse({ ...event, time: 1 });
  assert.deepEqual(scalars[0], [1250, { 'time/selection': 0.25 }]);
  const [, summary] = scalars[1]!;
  assert.deepEqual(
    [summary.loss, summary.learning_rate_1, summary['triplet/active'], summary['triplet/spread']],
    [3, 0.5, 0.5, 0.9],
  );
});
