import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { trainRequestSchema, validateRequestSchema } from '../../../src/protocol/job';
import type { RunRecord } from '../../../src/protocol/run';
import { differingSettings } from '../../../src/run/compareRuns';
import type { ListedRun } from '../../../src/run/runList';
import { rowsOfRuns } from '../../../src/run/runRows';
import { runRecord } from '../../fixtures/webview/runEvents';

const about = { tags: [], star: false, archived: false };
const listed = (folder: string, record: RunRecord, name = record.title): ListedRun => ({ folder, record, about, name });
const training = (config: object): Partial<RunRecord> => {
  const phases = [{ name: 'classifier', trainableFrom: 'Logits', epochs: 1, learningRate: 0.1 }];
  const request = trainRequestSchema.parse({ kind: 'train', config: { dataDir: '/w/faces', phases, ...config } });
  return { request, config: request.config };
};

describe('the row of a run', () => {
  test('says what it is, on what, from which model, and how good its best checkpoint is', () => {
    const verdict = {
      ...({ kind: 'better', step: 600, baseline: 'starter', before: 0.907, after: 0.947 } as const),
      interval: [0.014, 0.066] as [number, number],
      pairs: { fixed: 30, broken: 6, stillWrong: 17, right: 547 },
    };
    const best = { step: 600, accuracy: 0.947, validationRate: 0.78, checkpoint: 'best/x.ckpt-600' };
    const record = runRecord('done', {
      ...training({ pretrainedModel: 'starter' }),
      ...{ verdict, best, checkpoint: { step: 900, prefix: 'x.ckpt-900' }, work: { seconds: 61 } },
    });
    const [row] = rowsOfRuns([listed('/w/.facenet/runs/a', record, 'Given')], 0);
    const { kind, dataset, model, accuracy, validationRate, bestStep, steps, seconds } = row!;
    assert.deepEqual([kind, dataset, model, steps, seconds], ['fineTuning', 'faces', 'starter', 900, 61]);
    assert.deepEqual([accuracy, validationRate, bestStep], [0.947, 0.78, 600]);
    assert.ok(row!.change!.sure && Math.abs(row!.change!.size - 0.04) < 1e-9);
  });

  test('tells trainings apart, and calls a checkpoint by the run that has made it', () => {
    const folder = '/w/.facenet/runs/20260302-090000-demo';
    const validation = validateRequestSchema.parse({
      kind: 'validate',
      model: `${folder}/checkpoints/best/model-20260302-090000-demo.ckpt-600`,
      lfw: { dir: '/w/lfw', pairs: '/w/pairs.txt' },
    });
    const runs = [
      listed('/w/.facenet/runs/v', runRecord('done', { request: validation, result: { accuracy: 0.9 } })),
      listed(folder, runRecord('done', training({})), 'The first'),
      listed('/w/.facenet/runs/t', runRecord('done', training({ head: 'triplet', pretrainedModel: '/m/20180402' }))),
    ];
    const rows = rowsOfRuns(runs, 0);
    assert.deepEqual(
      rows.map(({ kind, model }) => [kind, model]),
      [
        ['validation', 'The first, step 600'],
        ['scratch', undefined],
        ['triplets', '20180402'],
      ],
    );
    assert.equal(rows[0]!.accuracy, 0.9);
  });
});

test('runs differ in the settings that are not the same in all of them', () => {
  const records = [training({ batchSize: 32 }), training({ batchSize: 90, pretrainedModel: 'starter' })] as RunRecord[];
  assert.deepEqual(differingSettings(records), [
    { name: 'batchSize', values: ['32', '90'] },
    { name: 'pretrainedModel', values: [undefined, 'starter'] },
  ]);
  assert.deepEqual(differingSettings([records[0]!, records[0]!]), []);
});
