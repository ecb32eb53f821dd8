import assert from 'node:assert/strict';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { mock, test } from 'node:test';
import { openSummaryLog } from '../../../src/files/tensorboard';
import { locateModel } from '../../../src/checkpoint/locateModel';
import { createRunFolder, openRunFolder, runsDirectory } from '../../../src/run/runFolder';
import { listRuns } from '../../../src/run/runList';
import { livenessOf } from '../../../src/run/liveness';
import { Checkpoints } from '../../../src/train/loop/checkpoints';
import { drawingRun } from '../../fixtures/runs';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const year = 365 * 24 * 3_600_000;

/** Does `work` while the clock is a year behind. */
async function yearsBefore<T>(work: () => Promise<T>): Promise<T> {
  mock.timers.enable({ apis: ['Date'], now: Date.now() - year });
  try {
    return await work();
  } finally {
    mock.timers.reset();
  }
}

test('TensorBoard reads the files of a run in their order, although the clock was set back between two of them', async () => {
  const folder = temporaryFolder();
  const first = await openSummaryLog(folder);
  const second = await yearsBefore(() => openSummaryLog(folder));
  await writeFile(join(folder, 'events.out.tfevents.x'), 'not one of ours');
  const third = await openSummaryLog(folder);
  const names = [first, second, third].map(({ path }) => basename(path));
  assert.deepEqual([...names].sort(), names);
  for (const log of [first, second, third]) log.close();
});

test('the newest checkpoint is the one of the largest step, and none is deleted for its date', async () => {
  const folder = temporaryFolder();
  const tensors = (value: number) => new Map([['w', { shape: [1], data: Float32Array.of(value) }]]);
  const checkpoints = await Checkpoints.open(folder, 'model-r', 2, Buffer.from('graph'));
  for (const step of [1, 2]) await checkpoints.save(step, tensors(step));
  await yearsBefore(() => checkpoints.save(3, tensors(3)));
  const kept = (await readdir(folder)).filter((name) => name.endsWith('.index')).sort();
  assert.deepEqual(kept, ['model-r.ckpt-2.index', 'model-r.ckpt-3.index']);
  const located = await locateModel(folder);
  assert.ok(located.kind === 'checkpoint' && located.prefix.endsWith('ckpt-3'));
  // Without the list of the checkpoints only their names and dates tell.
  await rm(join(folder, 'checkpoint'));
  const unlisted = await locateModel(folder);
  assert.ok(unlisted.kind === 'checkpoint' && unlisted.prefix.endsWith('ckpt-3'));
});

test('runs of before and after have names of their own, and one that never began is not waited for until the clock has caught up', async () => {
  const workspace = temporaryFolder();
  const { record, path } = await drawingRun(workspace);
  await yearsBefore(async () => {
    assert.equal(await livenessOf(record, path), 'lost');
    await createRunFolder(runsDirectory(workspace), record.request, 'after');
  });
  assert.equal(new Set((await listRuns(workspace)).map(({ folder }) => folder)).size, 2);

  // Set back to the very second in which another one of this title began.
  const now = Date.now();
  const [first, second] = [0, 1].map(async () => {
    mock.timers.enable({ apis: ['Date'], now });
    const run = createRunFolder(runsDirectory(workspace), record.request, 'same');
    mock.timers.reset();
    return run;
  });
  const paths = [(await first!).path, (await second!).path];
  assert.equal(new Set(paths).size, 2);
  for (const run of paths) assert.equal((await openRunFolder(run)).record.id, basename(run));
});
