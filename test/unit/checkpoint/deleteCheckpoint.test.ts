import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { readCheckpointState, writeCheckpointState } from '../../../src/checkpoint/checkpointState';
import { deleteCheckpoint, planDeletion } from '../../../src/checkpoint/deleteCheckpoint';
import { UserError } from '../../../src/protocol/errors';
import { trainRequestSchema } from '../../../src/protocol/job';
import { createRunFolder, openRunFolder, type RunFolder } from '../../../src/run/runFolder';

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'facenet-deletion-'));
});
after(() => rm(root, { recursive: true }));

const prefixOf = (run: RunFolder, step: number, best = false): string =>
  join(run.checkpoints, ...(best ? ['best'] : []), `model-x.ckpt-${step}`);

/** A stopped run with checkpoints of these steps, and a best one. */
async function trained(steps: readonly number[], best?: number): Promise<RunFolder> {
  const phases = [{ name: 'c', trainableFrom: 'Logits', epochs: 1, learningRate: 0.1 }];
  const request = trainRequestSchema.parse({ kind: 'train', config: { dataDir: '/people', phases } });
  const run = await createRunFolder(root, request, 'Run');
  const write = async (prefix: string): Promise<void> => {
    for (const end of ['index', 'data-00000-of-00001']) await writeFile(`${prefix}.${end}`, end);
  };
  await mkdir(join(run.checkpoints, 'best'), { recursive: true });
  for (const step of steps) await write(prefixOf(run, step));
  await writeFile(join(run.checkpoints, 'model-x.meta'), '');
  if (steps.length > 0)
    await writeCheckpointState(
      run.checkpoints,
      steps.map((step) => `model-x.ckpt-${step}`),
    );
  if (best !== undefined) {
    await write(prefixOf(run, best, true));
    for (const name of ['run.json', 'model-x.meta']) await writeFile(join(run.checkpoints, 'best', name), '{}');
    await writeCheckpointState(join(run.checkpoints, 'best'), [`model-x.ckpt-${best}`]);
  }
  const last = steps.at(-1);
  await run.update({
    state: 'stopped',
    ...(last !== undefined && { checkpoint: { step: last, prefix: prefixOf(run, last) } }),
    ...(best !== undefined && { best: { step: best, accuracy: 0.9, checkpoint: prefixOf(run, best, true) } }),
  });
  return run;
}

const away = async (file: string): Promise<void> => rm(file);

test('an older checkpoint goes with its files and out of the list, and nothing else changes', async () => {
  const run = await trained([10, 20, 30], 10);
  const plan = await deleteCheckpoint(run.path, prefixOf(run, 20), away);
  assert.deepEqual([plan.best, plan.resumed], [false, false]);
  assert.deepEqual(await readCheckpointState(run.checkpoints), {
    latest: 'model-x.ckpt-30',
    all: ['model-x.ckpt-10', 'model-x.ckpt-30'],
  });
  assert.deepEqual(
    (await readdir(run.checkpoints)).filter((name) => name.includes('ckpt-20')),
    [],
  );
  assert.ok(existsSync(join(run.checkpoints, 'model-x.meta')));
  const { record } = await openRunFolder(run.path);
  assert.deepEqual([record.checkpoint, record.best], [run.record.checkpoint, run.record.best]);
});

test('step 2 does not take step 20 with it', async () => {
  const run = await trained([2, 20]);
  await deleteCheckpoint(run.path, prefixOf(run, 2), away);
  assert.ok(existsSync(`${prefixOf(run, 20)}.index`) && existsSync(`${prefixOf(run, 20)}.data-00000-of-00001`));
});

test('without the newest one a resume goes on from the one before', async () => {
  const run = await trained([10, 20]);
  const plan = await deleteCheckpoint(run.path, prefixOf(run, 20), away);
  assert.equal(plan.resumed, true);
  const { record } = await openRunFolder(run.path);
  assert.deepEqual(record.checkpoint, { step: 10, prefix: prefixOf(run, 10) });
});

test('without the last kept one it goes on from the best, and without that the run begins again', async () => {
  const run = await trained([20], 10);
  await deleteCheckpoint(run.path, prefixOf(run, 20), away);
  assert.ok(!existsSync(join(run.checkpoints, 'checkpoint')));
  let { record } = await openRunFolder(run.path);
  assert.deepEqual(record.checkpoint, { step: 10, prefix: prefixOf(run, 10, true) });
  const plan = await deleteCheckpoint(run.path, prefixOf(run, 10, true), away);
  assert.deepEqual([plan.best, plan.resumed, plan.resumesFrom], [true, true, undefined]);
  ({ record } = await openRunFolder(run.path));
  assert.deepEqual([record.checkpoint, record.best], [undefined, undefined]);
});

test("the best one goes with its own folder's files; what somebody put there stays", async () => {
  const run = await trained([10, 20], 10);
  await writeFile(join(run.checkpoints, 'best', 'notes.txt'), 'mine');
  await deleteCheckpoint(run.path, prefixOf(run, 10, true), away);
  assert.deepEqual(await readdir(join(run.checkpoints, 'best')), ['notes.txt']);
  assert.ok(existsSync(`${prefixOf(run, 10)}.index`));
  const { record } = await openRunFolder(run.path);
  assert.deepEqual([record.best, record.checkpoint?.step], [undefined, 20]);
});

test('where the first file cannot be moved nothing has changed; where a later one cannot, nothing names the gone', async () => {
  const run = await trained([10, 20]);
  const refuse = async (): Promise<void> => Promise.reject(new Error('no trash'));
  await assert.rejects(deleteCheckpoint(run.path, prefixOf(run, 20), refuse), /no trash/);
  assert.equal((await readCheckpointState(run.checkpoints))?.latest, 'model-x.ckpt-20');
  assert.equal((await openRunFolder(run.path)).record.checkpoint?.step, 20);
  const onlyIndex = async (file: string): Promise<void> => (file.endsWith('.index') ? away(file) : refuse());
  await assert.rejects(deleteCheckpoint(run.path, prefixOf(run, 20), onlyIndex), /no trash/);
  assert.equal((await readCheckpointState(run.checkpoints))?.latest, 'model-x.ckpt-10');
  assert.equal((await openRunFolder(run.path)).record.checkpoint?.step, 10);
});

test('an active run and a checkpoint that is not there are refused', async () => {
  const run = await trained([10]);
  await assert.rejects(planDeletion(run.path, prefixOf(run, 11)), UserError);
  // Just created: it counts as active until its worker has had the time to start.
  await run.update({ state: 'starting' });
  await assert.rejects(deleteCheckpoint(run.path, prefixOf(run, 10), away), /is running.*cannot be deleted/);
  assert.equal(
    basename((await readdir(run.checkpoints)).find((name) => name.endsWith('.index'))!),
    'model-x.ckpt-10.index',
  );
});
