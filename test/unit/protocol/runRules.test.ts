import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { demoRequestSchema, trainRequestSchema } from '../../../src/protocol/job';
import { type RunRecord, runStateSchema } from '../../../src/protocol/run';
import { divergedAt, isActive, isFinal, isResumable } from '../../../src/protocol/runRules';

const phases = [{ name: 'classifier', trainableFrom: 'Logits', epochs: 1, learningRate: 0.1 }];
const training: RunRecord = {
  ...{ version: 1, id: 'r', title: 'r', state: 'stopped', createdAt: '', updatedAt: '' },
  request: trainRequestSchema.parse({ kind: 'train', config: { dataDir: '/d', phases } }),
  checkpoint: { step: 7, prefix: '/d/model.ckpt-7' },
};

describe('the rules of a run', () => {
  test('every state is either active or final', () => {
    const { options } = runStateSchema;
    assert.deepEqual(options.filter(isActive), ['starting', 'running', 'stopping']);
    assert.deepEqual(options.filter(isFinal), ['done', 'stopped', 'failed', 'lost']);
  });

  test('a training is resumable when it has ended before it was done, with a checkpoint', () => {
    const states = runStateSchema.options.filter((state) => isResumable({ ...training, state }));
    assert.deepEqual(states, ['stopped', 'failed', 'lost']);
    assert.equal(isResumable({ ...training, checkpoint: undefined }), false);
    const request = demoRequestSchema.parse({ kind: 'demo', outputDir: '/o' });
    assert.equal(isResumable({ ...training, request }), false);
  });

  test('going back slower is offered where divergence has ended a run, once for each step', () => {
    const failed: RunRecord = { ...training, state: 'failed', error: { message: 'It diverged.', divergedAt: 9 } };
    assert.equal(divergedAt(failed), 9);
    assert.equal(divergedAt({ ...failed, checkpoint: undefined }), 9, 'else it begins again');
    assert.equal(divergedAt({ ...failed, state: 'running' }), undefined);
    assert.equal(divergedAt({ ...failed, error: { message: 'The disk is full.' } }), undefined);
    const attempts = (...steps: number[]) => steps.map((step) => ({ at: '', step, cause: 'divergence' as const }));
    assert.equal(divergedAt({ ...failed, recovery: { attempts: attempts(4, 7) } }), 9);
    assert.equal(divergedAt({ ...failed, recovery: { attempts: attempts(9) } }), undefined);
    assert.equal(divergedAt({ ...failed, recovery: { attempts: [{ at: '', step: 9, cause: 'memory' }] } }), 9);
  });
});
