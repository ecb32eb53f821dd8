import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent, StepEvent } from '../../../src/protocol/events';
import { seriesCsv } from '../../../src/series/seriesCsv';
import { runEvents } from '../../fixtures/webview/runEvents';
import { seriesOf } from '../../fixtures/webview/snapshots';

const step = (number: number, more: Partial<StepEvent> = {}): StepEvent => ({
  type: 'step',
  time: 1000 * number,
  step: number,
  epoch: 1,
  phase: 'all, "frozen" below',
  loss: 0.1,
  crossEntropy: 0.05,
  regularization: 0.05,
  accuracy: 0.5,
  learningRate: 0.0005,
  imagesPerSecond: 12.5,
  ...more,
});

const events: RunEvent[] = [
  {
    type: 'lfw',
    time: 0,
    step: 0,
    accuracy: 0.9683,
    accuracyStd: 0.01,
    validationRate: 0.9,
    far: 0.001,
    auc: 0.99,
    report: 'evaluations/lfw-0.json',
  },
  { type: 'phase', time: 0, step: 0, name: 'all, "frozen" below', trainableFrom: 'a', epochs: 1, boundary: 'start' },
  step(2),
  step(4, { loss: null, residentBytes: 640_123_456, tensorBytes: 96_000_000 }),
  { type: 'validation', time: 4, step: 4, epoch: 1, loss: 1, crossEntropy: 1.5, accuracy: 0.75 },
  { type: 'checkpoint', time: 5, step: 5, prefix: 'm.ckpt-5', best: true },
];

const table = (range?: [number, number]): string[] =>
  [...seriesCsv(seriesOf(events), range)].join('').split('\r\n').slice(0, -1);

test('a row per step with what was measured, evaluated and saved then', () => {
  assert.deepEqual(table(), [
    'step,time,epoch,loss,cross_entropy,regularization,accuracy,learning_rate,images_per_second,resident_bytes,' +
      'tensor_bytes,validation_cross_entropy,validation_accuracy,lfw_accuracy,lfw_accuracy_std,lfw_validation_rate,' +
      'lfw_far,lfw_auc,lfw_eer,event',
    '0,,,,,,,,,,,,,0.9683,0.01,0.9,0.001,0.99,,"phase all, ""frozen"" below begins"',
    '2,1970-01-01T00:00:02.000Z,1,0.1,0.05,0.05,0.5,0.0005,12.5,,,,,,,,,,,',
    '4,1970-01-01T00:00:04.000Z,1,NaN,0.05,0.05,0.5,0.0005,12.5,640123500,96000000,1.5,0.75,,,,,,,',
    '5,,,,,,,,,,,,,,,,,,,checkpoint m.ckpt-5 (best)',
  ]);
});

test('a range of steps is the rows of these steps', () => {
  assert.deepEqual(
    table([2, 4]).map((line) => line.split(',')[0]),
    ['step', '2', '4'],
  );
  assert.equal(table([6, 9]).length, 1);
});

test('every row has as many fields as the header, and a long run comes in parts', () => {
  const series = seriesOf(runEvents({ stepsPerEpoch: 800, logEvery: 1, seed: 3 }));
  const parts = [...seriesCsv(series)];
  assert.ok(parts.length > 1);
  const lines = parts.join('').trimEnd().split('\r\n');
  assert.equal(lines.length, 1 + 1 + 30_400);
  assert.ok(lines.every((line) => line.split(',').length === 20));
});

test('triplets have columns of their own and none of a classifier', () => {
  const measures = {
    tripletLoss: 0.1,
    activeTriplets: 0.5,
    positiveDistance: 0.4,
    negativeDistance: 0.75,
    spread: 0.9,
    gradientNorm: 2.5,
  };
  const [head, row] = [...seriesCsv(seriesOf([step(1, { crossEntropy: null, accuracy: null, measures })]))]
    .join('')
    .split('\r\n');
  assert.match(
    head!,
    /^step,time,epoch,loss,regularization,learning_rate,images_per_second,resident_bytes,tensor_bytes,triplet/,
  );
  assert.match(
    head!,
    /,triplet_loss,active_triplets,positive_distance,negative_distance,spread,gradient_norm,validation_cross_entropy,/,
  );
  assert.match(row!, /,0\.1,0\.05,0\.0005,12\.5,,,0\.1,0\.5,0\.4,0\.75,0\.9,2\.5,,/);
});
