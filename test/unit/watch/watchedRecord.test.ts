import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { demoRequestSchema } from '../../../src/protocol/job';
import { RecordReader } from '../../../src/run/recordReader';
import { createRunFolder, runsDirectory } from '../../../src/run/runFolder';
import { type RecordListener, WatchedRecord } from '../../../src/watch/watchedRecord';
import { until } from '../../fixtures/runs';
import { type StandInWorker, standInWorker } from '../../fixtures/standInWorker';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const workspace = temporaryFolder();

/** A record whose worker tells, and what is asked of its watch. */
async function told(
  t: TestContext,
  title: string,
  listener: Partial<RecordListener> = {},
): Promise<{ record: WatchedRecord; worker: StandInWorker; calls: string[] }> {
  const request = demoRequestSchema.parse({ kind: 'demo', outputDir: 'out' });
  const run = await createRunFolder(runsDirectory(workspace), request, title);
  const worker = await standInWorker(run);
  const reader = new RecordReader(run.path);
  const calls: string[] = [];
  const record = new WatchedRecord(run.path, reader, (await reader.next())!, {
    changed: () => calls.push(`changed to ${record.current.state}`),
    logged: () => calls.push('logged'),
    readLog: async () => void calls.push('readLog'),
    failed: (error) => calls.push(String(error)),
    ...listener,
  });
  t.after(async () => {
    record.dispose();
    await worker.end();
  });
  await record.look();
  await until('the worker tells', async () => record.isTold);
  return { record, worker, calls };
}

test('what the worker tells is passed on: what is logged, and a final record once the log has been read', async (t) => {
  const { worker, calls } = await told(t, 'passed on');
  for (let i = 0; i < 2; i++) worker.log({ type: 'log', level: 'info', message: 'said' });
  await until('both are heard', async () => calls.length === 2);
  await worker.update({ state: 'stopping' });
  await worker.update({ state: 'stopped' });
  await until('the end is heard', async () => calls.includes('changed to stopped'));
  assert.deepEqual(calls, ['logged', 'logged', 'changed to stopping', 'readLog', 'changed to stopped']);
});

test('a final record for which the log is still being read gives way to a newer one', async (t) => {
  let release!: () => void;
  const reading = new Promise<void>((resolve) => (release = resolve));
  const { worker, calls } = await told(t, 'overtaken', { readLog: async () => reading });
  await worker.update({ state: 'stopped' });
  await worker.update({ state: 'starting' });
  await until('the newer one is heard', async () => calls.length > 0);
  release();
  await worker.update({ state: 'running' });
  await until('it runs', async () => calls.includes('changed to running'));
  assert.deepEqual(calls, ['changed to starting', 'changed to running']);
});
