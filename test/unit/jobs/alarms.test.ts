// Trainings of which nothing comes: a mark and a sentence in the run's log, once.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { openRunFolder } from '../../../src/run/runFolder';
import type { TrainRequest } from '../../../src/protocol/job';
import { within } from '../../fixtures/deadlines.mjs';
import { newTraining, smallTraining, train, writeSmallDataset } from '../../fixtures/smallTraining';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

describe('a training of which nothing comes', { timeout: within(120_000) }, () => {
  const workspace = temporaryFolder();
  before(async () => writeSmallDataset(workspace));

  /** Alarms of a training whose rate is too small to change anything. */
  const alarmsOf = async (phase: object, changes: Partial<TrainRequest['config']>) => {
    const phases = [{ name: 'idle', epochs: 1, learningRate: 1e-12, ...phase }] as TrainRequest['config']['phases'];
    const settings = { validationSplitRatio: 0, lfw: undefined, phases, ...changes };
    const { path } = await newTraining(workspace, smallTraining(workspace, settings));
    assert.equal(await train(path), undefined);
    const events = await (await openRunFolder(path)).readEvents();
    return events.flatMap((event) => (event.type === 'alarm' ? [event] : []));
  };

  test('a classifier whose loss stays at ln(people)', async () => {
    const alarms = await alarmsOf({ trainableFrom: 'Logits' }, { epochSize: 220 });
    assert.deepEqual(
      alarms.map(({ what }) => what),
      ['stuck'],
    );
    const [{ step, message }] = alarms as [(typeof alarms)[0]];
    assert.ok(step >= 200 && step <= 220, String(step));
    assert.match(
      message,
      /^Nothing is learned: .* while guessing among 2 people costs 0\.693\. .* in phase idle, raise/,
    );
  });

  test('an embedding that does not tell people apart, of which the loss of triplets stays at its margin', async () => {
    const triplets = { alpha: 1000, peoplePerBatch: 2, imagesPerPerson: 6, batchSize: 3, epochSize: 110 } as const;
    const alarms = await alarmsOf({ trainableFrom: 'LastBlock' }, { head: 'triplet', ...triplets });
    assert.deepEqual(
      alarms.map(({ what }) => what),
      ['collapsed'],
    );
    assert.match(alarms[0]!.message, /^The loss has stayed at the margin of 1000 for 100 steps up to step 1\d\d: /);
  });
});
