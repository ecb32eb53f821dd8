import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { distFile } from '../../src/engine/installation';
import type { RunRecord } from '../../src/protocol/run';
import { launchWorker } from '../../src/worker/launch';
import { drawingRun, killWorker, startWorkerAlone, temporaryWorkspace, until, untilWorking } from '../fixtures/runs';
import { within } from '../fixtures/deadlines.mjs';

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function start(cwd: string, ...argv: string[]): { child: ChildProcess; text: () => string; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [distFile('cli.cjs'), ...argv], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
  return { child, text: () => stdout + stderr, ended };
}

describe('facenet runs, attach and stop', { timeout: within(180_000) }, () => {
  let vigil: NodeJS.Timeout;
  before(() => {
    vigil = setInterval(() => undefined, 1000);
  });
  after(() => clearInterval(vigil));

  test('a run is listed, watched, left alone by Ctrl-C of the watcher, and stopped by the beginning of its name', async () => {
    const workspace = await temporaryWorkspace();
    const run = await drawingRun(workspace.path);
    const { id } = run.record;
    const worker = await launchWorker({ runFolder: run.path });
    await untilWorking(run);

    const listed = await start(workspace.path, 'runs').ended;
    assert.match(listed.stdout, new RegExp(`drawing +demo +running .*${id} .*\\d+/\\d+`));
    const [json] = JSON.parse((await start(workspace.path, 'runs', '--json').ended).stdout) as (RunRecord & {
      folder: string;
    })[];
    assert.deepEqual([json?.id, json?.state, json?.folder], [id, 'running', run.path]);

    const watcher = start(workspace.path, 'attach', id);
    await until('the watcher shows progress', async () => /\d+\/\d+ .*\(\d+ %\)/.test(watcher.text()));
    watcher.child.kill('SIGINT');
    const left = await watcher.ended;
    assert.equal(left.code, 130);
    assert.match(left.stderr, /Detached; the run goes on\.\n$/);
    assert.equal((await run.reload()).state, 'running');

    const second = start(workspace.path, 'attach', run.path);
    const stopped = await start(workspace.path, 'stop', id.slice(0, -2)).ended;
    assert.deepEqual([stopped.code, stopped.stdout], [0, `Run ${id} is stopped; everything is saved.\n`]);
    assert.equal((await worker.exited).code, 130);
    const seen = await second.ended;
    assert.equal(seen.code, 130);
    assert.match(seen.stderr, /was stopped; everything is saved/);

    const again = await start(workspace.path, 'stop', id).ended;
    assert.equal(again.code, 1);
    assert.equal(again.stderr, `facenet: Run ${id} is not running; it is stopped.\n`);
    await workspace.dispose();
  });

  test('a lost run says so everywhere, and stop settles it', async () => {
    const workspace = await temporaryWorkspace();
    const run = await drawingRun(workspace.path);
    const { id } = run.record;
    const { exited } = startWorkerAlone(run);
    await untilWorking(run);
    await killWorker(run);
    await exited;
    assert.match((await start(workspace.path, 'runs').ended).stdout, new RegExp(`drawing +demo +lost .*${id}`));
    const attached = await start(workspace.path, 'attach', id).ended;
    assert.equal(attached.code, 1);
    assert.match(attached.stderr, /facenet: The worker of run \S+ is gone without a word/);
    const stopped = await start(workspace.path, 'stop', id).ended;
    assert.equal(stopped.code, 1);
    assert.match(stopped.stderr, /ended without saying why\. Look at worker\.log/);
    assert.equal((await run.reload()).state, 'failed');
    await workspace.dispose();
  });

  test('nothing there, and nothing meant, are sentences', async () => {
    const workspace = await temporaryWorkspace();
    const none = await start(workspace.path, 'runs').ended;
    assert.deepEqual([none.code, none.stdout], [0, `No runs in ${workspace.path}.\n`]);
    const attach = await start(workspace.path, 'attach', 'nosuch').ended;
    assert.equal(attach.code, 1);
    assert.match(attach.stderr, /^facenet: There is no run "nosuch" [^\n]*\n$/);
    await workspace.dispose();
  });
});
