import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type RunRecord, runRecordSchema } from '../../../src/protocol/run';
import { isProcessAlive, livenessOf, processStartTime } from '../../../src/run/liveness';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();

function record(patch: Partial<RunRecord>): RunRecord {
  const now = new Date().toISOString();
  const request = { kind: 'demo', outputDir: 'x', people: 4, photographs: 4, seed: 0, drawOnly: true };
  return runRecordSchema.parse({
    ...{ version: 1, id: 'r', title: 'r', state: 'running', createdAt: now, updatedAt: now, request },
    ...patch,
  });
}

test('a process is known by its number and start time', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const started = await processStartTime(child.pid!);
  assert.equal(await processStartTime(child.pid!), started);
  assert.equal(await isProcessAlive(child.pid!, started), true);
  assert.equal(await isProcessAlive(child.pid!, `${started}0`), false, 'the number was given to another process');
  child.kill('SIGKILL');
  await exited;
  assert.equal(await isProcessAlive(child.pid!, started), false);
  await assert.rejects(processStartTime(child.pid!), /there is no process/);
});

test(
  'a dead process that its parent has not collected yet is gone',
  { skip: process.platform !== 'linux' && 'needs /proc' },
  async () => {
    // The shell starts a child, which ends, and then becomes a program that never collects it.
    const parent = spawn('sh', ['-c', 'sh -c "exit 0" & echo $!; exec sleep 30']);
    try {
      const pid = await new Promise<number>((resolve) =>
        parent.stdout.once('data', (data: Buffer) => resolve(Number(data))),
      );
      let alive = true;
      for (let i = 0; i < 100 && alive; i++)
        alive = await processStartTime(pid).then(
          () => true,
          () => false,
        );
      assert.equal(alive, false);
    } finally {
      parent.kill();
    }
  },
);

test('a run is lost when its worker is gone, and only then', async () => {
  const worker = {
    pid: process.pid,
    startTime: await processStartTime(process.pid),
    hostname: hostname(),
    node: 'v20',
  };
  assert.equal(await livenessOf(record({ worker }), folder), 'running');
  assert.equal(await livenessOf(record({ worker: { ...worker, startTime: 'before' } }), folder), 'lost');
  const job = { pid: process.pid, startTime: worker.startTime };
  const kept = { ...worker, startTime: 'before' };
  assert.equal(await livenessOf(record({ worker: { ...kept, job } }), folder), 'running', 'its job still saves');
  assert.equal(await livenessOf(record({ worker: { ...kept, job: { ...job, startTime: 'before' } } }), folder), 'lost');
  assert.equal(await livenessOf(record({ state: 'done', worker: { ...worker, startTime: 'before' } }), folder), 'done');
  assert.equal(await livenessOf(record({ state: 'starting' }), folder), 'starting', 'it may still be starting');
  const longAgo = new Date(Date.now() - 120_000).toISOString();
  assert.equal(await livenessOf(record({ state: 'starting', createdAt: longAgo, updatedAt: longAgo }), folder), 'lost');
  assert.equal(await livenessOf(record({ state: 'starting', createdAt: longAgo }), folder), 'starting', 'begun anew');
});

test('a worker of another machine is believed while it writes', async () => {
  const worker = { pid: 1, startTime: 'x', hostname: `not-${hostname()}`, node: 'v20' };
  const path = join(folder, 'metrics.jsonl');
  await writeFile(path, '');
  assert.equal(await livenessOf(record({ worker }), folder), 'running');
  const longAgo = new Date(Date.now() - 3_600_000);
  await utimes(path, longAgo, longAgo);
  assert.equal(await livenessOf(record({ worker }), folder), 'lost');
});
