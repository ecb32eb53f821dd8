import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { UserError } from '../../src/protocol/errors';
import type { RunEvent } from '../../src/protocol/events';
import { livenessOf } from '../../src/run/liveness';
import { createRunFolder } from '../../src/run/runFolder';
import { listRuns } from '../../src/run/runList';
import { attach } from '../../src/control/client';
import { launchWorker } from '../../src/worker/launch';
import { stopRun } from '../../src/worker/stopRun';
import { drawingRun, killWorker, startWorkerAlone, temporaryWorkspace, until, untilWorking } from '../fixtures/runs';
import { promised, within } from '../fixtures/deadlines.mjs';

const states = (events: readonly RunEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'state' ? [event.state] : []));

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('the worker', { timeout: within(300_000) }, () => {
  // A launched worker does not keep its launcher alive; these tests wait for it all the same.
  let vigil: NodeJS.Timeout;
  before(() => {
    vigil = setInterval(() => undefined, 1000);
  });
  after(() => clearInterval(vigil));

  test('runs to the end: every state in order, nothing left over', async () => {
    const workspace = await temporaryWorkspace();
    const run = await drawingRun(workspace.path, 4, 4);
    const worker = await launchWorker({ runFolder: run.path });
    assert.deepEqual(await worker.exited, { code: 0, signal: null });
    const record = await run.reload();
    assert.equal(record.state, 'done');
    assert.ok(record.finishedAt !== undefined && record.error === undefined);
    assert.equal(record.worker?.pid, worker.pid);
    assert.deepEqual(states(await run.readEvents()), ['starting', 'running', 'done']);
    assert.deepEqual((await readdir(run.path)).sort(), ['.claim-1', 'metrics.jsonl', 'run.json', 'worker.log']);
    assert.match(readFileSync(run.log, 'utf8'), /demo in .*pid \d+, Node v[\s\S]*state: done/);
    await workspace.dispose();
  });

  test('stops politely when asked over the control socket: stopped, and every photograph it wrote is whole', async () => {
    const workspace = await temporaryWorkspace();
    const run = await drawingRun(workspace.path);
    const worker = await launchWorker({ runFolder: run.path });
    await untilWorking(run);
    const window = await attach(await run.reload());
    let told = 0;
    let before = Number.POSITIVE_INFINITY;
    window.onLogged(() => {
      if (told++ === 0) before = readFileSync(run.metrics, 'utf8').split('\n').length;
    });
    await until('it is told that something is logged', async () => told > 0);
    assert.equal((await window.status()).state, 'running');
    const closed = new Promise<void>((resolve) => window.onClose(resolve));
    await window.stop();
    assert.deepEqual(await worker.exited, { code: 130, signal: null });
    await closed;
    assert.equal((await run.reload()).state, 'stopped');
    const logged = await run.readEvents();
    assert.deepEqual(states(logged), ['starting', 'running', 'stopping', 'stopped']);
    assert.ok(told >= logged.length - before, `every event is told, to the last state: ${told} after ${before}`);
    const photographs = (await filesBelow(join(workspace.path, 'photographs'))).filter((name) => name.endsWith('.jpg'));
    assert.ok(photographs.length > 0);
    // The marker at the end of a JPEG file.
    for (const file of photographs) assert.equal(readFileSync(file).subarray(-2).toString('hex'), 'ffd9', file);
    await workspace.dispose();
  });

  test(
    'SIGTERM means the same as a stop',
    { skip: process.platform === 'win32' && 'Windows has no SIGTERM' },
    async () => {
      const workspace = await temporaryWorkspace();
      const run = await drawingRun(workspace.path);
      const { pid, exited } = startWorkerAlone(run);
      await untilWorking(run);
      process.kill(pid, 'SIGTERM');
      assert.equal(await exited, 130);
      assert.equal((await run.reload()).state, 'stopped');
      await workspace.dispose();
    },
  );

  test('killed without a word: lost, seen by its start time; the log is whole but for a torn last line', async () => {
    const workspace = await temporaryWorkspace();
    const run = await drawingRun(workspace.path);
    const { exited } = startWorkerAlone(run);
    await untilWorking(run);
    const other = await run.reload();
    await killWorker(run);
    assert.equal(await exited, 'SIGKILL');
    assert.equal(await livenessOf(await run.reload(), run.path), 'lost');
    assert.equal((await run.reload()).state, 'running', 'looking changes nothing');
    // A process that has the same number now is not the worker.
    const impostor = { ...other, worker: { ...other.worker!, pid: process.pid } };
    assert.equal(await livenessOf(impostor, run.path), 'lost');

    const intact = await run.readEvents();
    appendFileSync(run.metrics, '{"type":"progress","time":17');
    assert.deepEqual(await run.readEvents(), intact);
    const [listed] = await listRuns(workspace.path);
    assert.equal(listed?.record.state, 'lost');

    // Its socket file is still there; the next worker of this run takes it over and writes whole lines again.
    const again = await launchWorker({ runFolder: run.path });
    await until(
      'it runs again',
      async () => states(await run.readEvents()).filter((state) => state === 'running').length === 2,
    );
    const stopped = await stopRun(run.path, { graceSeconds: 60 });
    assert.equal(stopped.state, 'stopped');
    await again.exited;
    assert.deepEqual((await run.readEvents()).slice(0, intact.length), intact);
    await workspace.dispose();
  });

  test('killed while its launcher lives: failed, with the reason and what to do', async () => {
    const workspace = await temporaryWorkspace();
    const run = await drawingRun(workspace.path);
    const worker = await launchWorker({ runFolder: run.path });
    await untilWorking(run);
    await killWorker(run);
    const end = await worker.exited;
    assert.ok(end.signal === 'SIGKILL' || process.platform === 'win32');
    const { state, error } = await run.reload();
    assert.equal(state, 'failed');
    assert.match(error!.message, /killed from outside.*memory/);
    assert.match(error!.action!, /start it again/);
    assert.ok(
      error!.logTail!.some((line) => line.includes('state: running')),
      error!.logTail!.join('\n'),
    );
    assert.deepEqual(states(await run.readEvents()), ['starting', 'running', 'failed']);
    await workspace.dispose();
  });

  test('whose run was resumed before its end was heard of leaves it to the next one', async () => {
    const workspace = await temporaryWorkspace();
    const run = await drawingRun(workspace.path);
    const worker = await launchWorker({ runFolder: run.path });
    await untilWorking(run);
    await run.reload();
    // As the extension prepares a run that goes on.
    const { worker: processes } = run.record;
    await run.update({ state: 'starting', worker: undefined });
    for (const { pid } of [processes!, processes!.job!]) process.kill(pid, 'SIGKILL');
    await worker.exited;
    assert.equal((await run.reload()).state, 'starting');
    assert.deepEqual(states(await run.readEvents()), ['starting', 'running']);
    await workspace.dispose();
  });

  test('a program that dies at once, before it has said anything, is a state too', async () => {
    const workspace = await temporaryWorkspace();
    const run = await drawingRun(workspace.path);
    const env = { NODE_OPTIONS: '--max-old-space-size=8' };
    const worker = await launchWorker({ runFolder: run.path, env });
    await worker.exited;
    const { state, error } = await run.reload();
    assert.equal(state, 'failed');
    assert.match(error!.message, /memory ran out|exit code/);
    assert.ok(
      error!.logTail!.some((line) => line.includes('heap out of memory')),
      error!.logTail!.join('\n'),
    );
    await workspace.dispose();
  });

  test('when its run folder vanishes it ends itself, and does not bring the folder back', async () => {
    const workspace = await temporaryWorkspace();
    const run = await drawingRun(workspace.path);
    const { exited } = startWorkerAlone(run);
    await untilWorking(run);
    await rename(run.path, join(workspace.path, 'moved-away'));
    const began = Date.now();
    assert.equal(await exited, 1);
    assert.ok(Date.now() - began < promised(15_000));
    assert.equal(existsSync(run.path), false);
    assert.match(
      readFileSync(join(workspace.path, 'moved-away', 'worker.log'), 'utf8'),
      /was removed while the job was running/,
    );
    await workspace.dispose();
  });

  test('a second worker on the same run is refused and leaves the first alone', async () => {
    const workspace = await temporaryWorkspace();
    const run = await drawingRun(workspace.path);
    const first = await launchWorker({ runFolder: run.path });
    await untilWorking(run);
    const second = await launchWorker({ runFolder: run.path });
    assert.deepEqual(await second.exited, { code: 1, signal: null });
    assert.match(readFileSync(run.log, 'utf8'), /Another worker is running this job/);
    const record = await run.reload();
    assert.equal(record.state, 'running');
    assert.equal(record.worker!.pid, first.pid);
    assert.equal((await stopRun(run.path, { graceSeconds: 60 })).state, 'stopped');
    await assert.rejects(
      stopRun(run.path, { graceSeconds: 1 }),
      (error) => error instanceof UserError && error.message.includes('not running'),
    );
    await workspace.dispose();
  });

  test('by force: ended at once, its whole process group, and recorded as such', async () => {
    const workspace = await temporaryWorkspace();
    const run = await drawingRun(workspace.path);
    const { exited } = startWorkerAlone(run);
    await untilWorking(run);
    const record = await stopRun(run.path, { graceSeconds: 0 });
    await exited;
    assert.equal(record.state, 'failed');
    assert.match(record.error!.message, /ended by force/);
    await workspace.dispose();
  });

  const noTmpfs =
    process.platform !== 'linux' || process.getuid?.() !== 0 ? 'mounting a small disk needs root on Linux' : false;
  test('a full disk is one sentence in run.json, and what was written stays', { skip: noTmpfs }, async (t) => {
    const workspace = await temporaryWorkspace();
    const disk = join(workspace.path, 'disk');
    await mkdir(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', disk], { encoding: 'utf8' });
    if (mounted.status !== 0) {
      t.skip(`a tmpfs cannot be mounted here: ${mounted.stderr.trim()}`);
      return;
    }
    try {
      const drawing = await drawingRun(disk);
      const run = await createRunFolder(dirname(drawing.path), drawing.record.request, 'full');
      const { exited } = startWorkerAlone(run);
      assert.equal(await exited, 1);
      const { state, error } = await run.reload();
      assert.equal(state, 'failed');
      assert.match(error!.message, /^The disk is full: \S+ could not be written\.$/);
      assert.match(error!.action!, /Free some space/);
      assert.ok(states(await run.readEvents()).includes('running'));
    } finally {
      spawnSync('umount', ['-l', disk]);
      await workspace.dispose();
    }
  });
});
