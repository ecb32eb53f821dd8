// What tests inside the extension host cannot see, because the host goes with the window: tabs come back after a
// reload, and a worker outlives its window.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openWorkbench } from '../e2e/host/workbench.mjs';
import { choicesComeBack, writeChoices } from './choices.mjs';
import { within } from '../fixtures/deadlines.mjs';

const reloaded = '20990101-000000-reloaded';

/** A finished training of 30 steps, as its worker has left it; `more`: further lines of its log. */
function writeRun(workspace, id, title, more = '') {
  const folder = join(workspace, '.facenet', 'runs', id);
  mkdirSync(folder, { recursive: true });
  const at = new Date().toISOString();
  const phases = [{ name: 'classifier', trainableFrom: 'Logits', epochs: 1, learningRate: 0.1 }];
  const request = { kind: 'train', config: { dataDir: join(workspace, 'people'), phases } };
  const record = {
    version: 1,
    id,
    title,
    state: 'done',
    createdAt: at,
    updatedAt: at,
    finishedAt: at,
    request,
  };
  writeFileSync(join(folder, 'run.json'), JSON.stringify(record));
  const common = { type: 'step', epoch: 1, phase: 'classifier', regularization: 0, accuracy: 0.5, learningRate: 0.1 };
  const lines = Array.from({ length: 30 }, (_, index) => {
    const loss = 3 / (index + 1);
    return JSON.stringify({
      ...common,
      time: Date.now(),
      step: index + 1,
      loss,
      crossEntropy: loss,
      imagesPerSecond: 99,
    });
  });
  writeFileSync(join(folder, 'metrics.jsonl'), `${lines.join('\n')}\n${more}`);
}

async function pageShows(workbench, text) {
  await workbench
    .webview()
    .locator('body', { hasText: text })
    .waitFor({ timeout: within(30_000) });
}

async function tabsComeBack(workbench, sandbox) {
  const { workspace } = sandbox;
  const evaluations = await writeChoices(workspace, join(workspace, '.facenet', 'runs', reloaded));
  writeRun(workspace, '20990101-000001-beside', 'Beside it');
  writeRun(workspace, reloaded, 'Reloaded', evaluations);
  // Create Demo Workspace proposes a new folder only where the workspace is not empty.
  writeFileSync(join(workspace, 'notes.txt'), 'mine');
  await workbench.openSidebar('FaceNet');
  await workbench.openFromRow('Runs', 'Reloaded', 'Reloaded');
  await pageShows(workbench, '30 steps');
  // In a browser VS Code saves what is open every five seconds, not when the page goes.
  await sleep(within(7000));
  await workbench.reload();
  await pageShows(workbench, '30 steps');
  assert.ok((await workbench.tabs()).some((title) => title.startsWith('Reloaded')));
}

/** Record of the newest run of this kind, or undefined. */
function newestRun(workspace, kind) {
  const runs = join(workspace, '.facenet', 'runs');
  const names = existsSync(runs) ? readdirSync(runs) : [];
  const records = names
    .map((name) => ({ folder: join(runs, name), file: join(runs, name, 'run.json') }))
    .filter(({ file }) => existsSync(file))
    .map(({ folder, file }) => ({ folder, ...JSON.parse(readFileSync(file, 'utf8')) }));
  return records.filter(({ request }) => request.kind === kind).sort((a, b) => (a.id < b.id ? 1 : -1))[0];
}

async function workerOutlivesWindow(workbench, sandbox) {
  await workbench.palette('FaceNet: Create Demo Workspace');
  await workbench.pick('In a new folder of this workspace');
  const demo = join(sandbox.workspace, 'facenet-demo');
  const deadline = Date.now() + within(60_000);
  let record;
  while ((record = newestRun(demo, 'demo'))?.state !== 'running') {
    assert.ok(Date.now() < deadline, 'the demo did not start');
    await sleep(100);
  }
  await workbench.reload();
  process.kill(record.worker.pid, 0);
  // Polite: what is there is saved.
  process.kill(record.worker.pid, 'SIGTERM');
  while (newestRun(demo, 'demo').state !== 'stopped') {
    assert.ok(Date.now() < deadline + within(60_000), 'the worker did not stop');
    await sleep(100);
  }
}

const checks = {
  'the Run tab comes back after the window has been reloaded': tabsComeBack,
  'what was chosen in tabs is there after a reload': choicesComeBack,
  'a worker outlives the window that has started it': workerOutlivesWindow,
};

/**
 * Runs the checks in one window and returns them like the tests of the suite. They build on each other: all are run where
 * one of them is searched for.
 */
export async function checkReload({ browser, server, sandbox, root, shots }, search) {
  const tests = [];
  if (!Object.keys(checks).some((title) => search.test(title))) return tests;
  const workbench = await openWorkbench(browser, server, sandbox, { development: root });
  for (const [title, check] of Object.entries(checks)) {
    const started = Date.now();
    try {
      await check(workbench, sandbox);
      tests.push({ title, state: 'passed', milliseconds: Date.now() - started });
    } catch (error) {
      await workbench.screenshot(join(shots, `${title.replace(/\W+/g, '-')}.png`)).catch(() => undefined);
      tests.push({ title, state: 'failed', reason: error.stack ?? String(error) });
    }
  }
  return tests;
}
