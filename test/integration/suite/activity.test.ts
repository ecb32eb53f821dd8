import assert from 'node:assert/strict';
import { describeProgress } from '../../../extension/jobs/activity';
import type { ProgressEvent, StepEvent } from '../../../src/protocol/events';
import { trainRequestSchema } from '../../../src/protocol/job';
import type { RunRecord } from '../../../src/protocol/run';

describe('what a training does, in a few words', () => {
  it('places the phase among all phases and tells the time left', () => {
    const phase = { trainableFrom: 'Logits', learningRate: 0.1 };
    const phases = [
      { ...phase, name: 'classifier', epochs: 4 },
      { ...phase, name: 'last block', epochs: 6 },
    ];
    const config = { dataDir: '/d', phases, batchSize: 50, epochSize: 100 };
    const request = trainRequestSchema.parse({ kind: 'train', config });
    const times = { createdAt: '', updatedAt: '' };
    const record: RunRecord = {
      ...{ version: 1, id: 'x', title: 'x', state: 'running', request, config: request.config },
      ...times,
    };
    const losses = { loss: 1.234, crossEntropy: 1, regularization: 0, accuracy: 1, learningRate: 0.1 };
    const step: StepEvent = {
      ...{ type: 'step', time: 0, step: 500, epoch: 5, phase: 'last block', imagesPerSecond: 100 },
      ...losses,
    };
    assert.equal(describeProgress(record, step), 'last block (2 of 2): step 500, loss 1.23, 100 images/s');
    const progress: ProgressEvent = {
      ...{ type: 'progress', time: 0, activity: 'Training last block', done: 500, total: 1000, unit: 'images' },
      ...{ etaSeconds: 5, runSecondsLeft: 250 },
    };
    assert.equal(
      describeProgress(record, progress),
      'Training last block 500/1,000 images, about 4 min left',
      'until the end of the run, not of the phase',
    );
    assert.equal(describeProgress(record, undefined), undefined);
  });
});
