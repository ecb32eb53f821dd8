import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { trainingSecondsLeft } from '../../../extension/jobs/timeLeft';
import type { StepEvent } from '../../../src/protocol/events';
import { trainRequestSchema } from '../../../src/protocol/job';
import type { RunRecord } from '../../../src/protocol/run';

function record(epochSize: number): RunRecord {
  const phase = { trainableFrom: 'Logits', learningRate: 0.1 };
  const phases = [
    { ...phase, name: 'classifier', epochs: 4 },
    { ...phase, name: 'last block', epochs: 6 },
  ];
  const request = trainRequestSchema.parse({
    kind: 'train',
    config: { dataDir: '/d', phases, batchSize: 50, epochSize },
  });
  return {
    version: 1,
    id: 'x',
    title: 'x',
    state: 'running',
    createdAt: '',
    updatedAt: '',
    request,
    config: request.config,
  };
}

const step = (fields: Partial<StepEvent>): StepEvent => ({
  type: 'step',
  time: 0,
  step: 60,
  epoch: 1,
  phase: 'classifier',
  loss: 1.234,
  crossEntropy: 1,
  regularization: 0,
  accuracy: 1,
  learningRate: 0.1,
  imagesPerSecond: 100,
  ...fields,
});

describe('how long a training will take', () => {
  test('with a given length of an epoch from the first step on', () => {
    // 10 epochs of 100 batches, 60 done, half a second each.
    assert.equal(trainingSecondsLeft(record(100), step({})), 470);
    assert.equal(trainingSecondsLeft(record(100), step({ step: 1000, epoch: 10 })), 0);
  });

  test('else from the second epoch on, and never without a speed', () => {
    assert.equal(trainingSecondsLeft(record(0), step({})), undefined);
    // 150 steps in one and a half epochs.
    assert.equal(trainingSecondsLeft(record(0), step({ step: 150, epoch: 2 })), 425);
    assert.equal(trainingSecondsLeft(record(100), step({ imagesPerSecond: 0 })), undefined);
  });
});
