// What the system does to a worker that is not its end: the terminal closes, the machine sleeps, two start at one moment.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { distFile } from '../../src/engine/installation';
import type { RunEvent } from '../../src/protocol/events';
import { livenessOf } from '../../src/run/liveness';
import { openRunFolder, type RunFolder } from '../../src/run/runFolder';
import { listRuns } from '../../src/run/runList';
import { launchWorker } from '../../src/worker/launch';
import { stopRun } from '../../src/worker/stopRun';
import { within } from '../fixtures/deadlines.mjs';
import { drawingRun, startWorkerAlone, temporaryWorkspace, until, untilWorking } from '../fixtures/runs';
import { writeSmallDataset } from '../fixtures/smallTraining';

const posix = process.platform === 'win32' && 'Windows has no signals to send';
const terminal =
  spawnSync('script', ['--version']).status !== 0 && 'needs the program "script", which opens a terminal';

const states = (events: readonly RunEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'state' ? [event.state] : []));

describe('a worker goes on', { timeout: within(120_000) }, () => {
  let vigil: NodeJS.Timeout;
  let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
  before(async () => {
    vigil = setInterval(() => undefined, 1000);
    workspace = await temporaryWorkspace();
  });
  after(async () => {
    clearInterval(vigil);
    await workspace.dispose();
  });
  const goesOn = async (run: RunFolder): Promise<void> => {
    const before = (await run.readEvents()).length;
    await until('it goes on', async () => (await run.readEvents()).length > before + 2);
  };

  test('when the terminal or the session of its window is closed (SIGHUP)', { skip: posix }, async () => {
    const run = await drawingRun(workspace.path);
    const { pid } = startWorkerAlone(run);
    await untilWorking(run);
    process.kill(pid, 'SIGHUP');
    await goesOn(run);
    assert.equal((await stopRun(run.path, { graceSeconds: 60 })).state, 'stopped');
  });

  test(
    'after the machine has slept: it was never lost, and its estimates are those of its work',
    { skip: posix },
    async () => {
      const run = await drawingRun(workspace.path);
      const { pid } = startWorkerAlone(run);
      await untilWorking(run);
      // Both processes of the worker, which are one group.
      process.kill(-pid, 'SIGSTOP');
      const asleep = Date.now();
      await sleep(3000);
      assert.equal(await livenessOf(await run.reload(), run.path), 'running');
      process.kill(-pid, 'SIGCONT');
      const woken = Date.now();
      await goesOn(run);
      const events = await run.readEvents();
      assert.deepEqual(states(events), ['starting', 'running']);
      const slept = events.filter(({ time }) => time > asleep + 500 && time < woken - 500);
      assert.deepEqual(slept, []);
      for (const event of events)
        if (event.type === 'progress' && event.etaSeconds !== undefined) assert.ok(event.etaSeconds >= 0);
      assert.equal((await stopRun(run.path, { graceSeconds: 60 })).state, 'stopped');
    },
  );

  test('exactly one of two that are started at one moment; the other says so', async () => {
    const run = await drawingRun(workspace.path);
    const workers = await Promise.all([launchWorker({ runFolder: run.path }), launchWorker({ runFolder: run.path })]);
    const first = await Promise.race(workers.map(async ({ exited, pid }) => ({ ...(await exited), pid })));
    assert.equal(first.code, 1);
    assert.match(readFileSync(run.log, 'utf8'), /Another worker is running this job/);
    await untilWorking(run);
    const record = await run.reload();
    assert.equal(record.state, 'running');
    assert.notEqual(record.worker!.pid, first.pid);
    assert.deepEqual(
      states(await run.readEvents()),
      ['starting', 'running'],
      'the one that was refused settles nothing',
    );
    assert.equal((await stopRun(run.path, { graceSeconds: 60 })).state, 'stopped');
  });

  test(
    'a training in a terminal that is closed is stopped with everything saved',
    { skip: posix || terminal },
    async () => {
      await writeSmallDataset(workspace.path);
      const flags = '--data_dir faces --pretrained_model starter --engine wasm --max_nrof_epochs 9999 --batch_size 4';
      const command = `exec '${process.execPath}' '${distFile('cli.cjs')}' train-softmax ${flags}`;
      const shown = spawn('script', ['-qec', command, '/dev/null'], {
        cwd: workspace.path,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      const training = async (): Promise<RunFolder | undefined> => {
        const runs = await listRuns(workspace.path);
        const found = runs.find(({ record }) => record.request.kind === 'train');
        return found === undefined ? undefined : openRunFolder(found.folder);
      };
      await until('steps are made', async () =>
        ((await (await training())?.readEvents()) ?? []).some((event) => event.type === 'step'),
      );
      shown.kill('SIGKILL');
      await until('it has ended', async () => (await training())!.record.state === 'stopped');
      const run = (await training())!;
      const steps = (await run.readEvents()).flatMap((event) => (event.type === 'step' ? [event.step] : []));
      assert.equal(run.record.checkpoint!.step, steps.at(-1));
    },
  );
});
