// Commands around the LFW report: pairs of one's own people, what a report is compared with, engines, the walkthrough.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import * as vscode from 'vscode';
import { validateRequestSchema } from '../../../src/protocol/job';
import { createRunFolder, type RunFolder, runsDirectory } from '../../../src/run/runFolder';
import { extension, remove, run, workspace, write, writeDataset } from '../fixtures';
import { eventually, hasOutside, outside } from '../outside';
import { makeReport } from '../reports';
import { skip } from '../skip';

describe('Generate Verification Pairs', () => {
  before(async () => {
    writeDataset('people', { Ada: 4, Grace: 4, Katherine: 4 });
    writeDataset('trained', { Katherine: 2 });
    (await extension()).library.refresh();
  });
  after(async () => {
    for (const path of ['people', 'trained', 'own', 'people_pairs.txt']) remove(path);
    (await extension()).library.refresh();
  });

  it('writes the pairs file, leaves out who was trained, and offers to validate', async () => {
    const out = workspace('own/pairs.txt');
    const options = { dir: workspace('people'), out, apartFrom: workspace('trained'), folds: 2, pairsPerFold: 3 };
    const { value, notices } = await run<string>('facenet.generatePairs', options);
    assert.equal(value, out);
    const text = readFileSync(out, 'utf8');
    assert.match(text, /^2\t3\n/);
    assert.equal(text.trimEnd().split('\n').length, 13);
    assert.doesNotMatch(text, /Katherine/);
    assert.equal(
      notices[0]?.text,
      '12 pairs of 2 people are in own/pairs.txt. 1 people of the training were left out.',
    );
    assert.deepEqual(
      notices[0].actions.map(({ title }) => title),
      ['Validate…', 'Open'],
    );
  });

  it('says what is wrong with the people or the numbers, with a button', async () => {
    for (const [options, pattern] of [
      [{ dir: workspace('nowhere'), apartFrom: null, folds: 2 }, /There is no folder .*nowhere|nowhere/],
      [{ dir: workspace('people'), apartFrom: workspace('people'), folds: 2 }, /nobody is left/],
      [{ dir: workspace('people'), apartFrom: null, folds: 10, pairsPerFold: 300 }, /fewer than 10 folds × 300/],
      [{ dir: workspace('people'), apartFrom: null, folds: 1 }, /1 is no number for folds/],
    ] as const) {
      const { value, notices } = await run('facenet.generatePairs', { ...options, out: workspace('own/none.txt') });
      assert.equal(value, undefined);
      assert.match(notices[0]!.text, pattern);
      assert.equal(notices[0]!.level, 'error');
      assert.deepEqual(
        notices[0]!.actions.map(({ title }) => title),
        ['Show Log'],
      );
    }
    assert.equal(existsSync(workspace('own/none.txt')), false);
  });

  it('asks for what is missing, and writes nothing when the last question is left', async function () {
    if (!hasOutside) skip(this, 'questions are answered from outside');
    const asked = vscode.commands.executeCommand('facenet.generatePairs', workspace('people'));
    await eventually('the question for people', async () => (await outside<string>('quickTitle')).includes('(2/4)'));
    await outside('pick', { text: 'Leave nobody out' });
    await eventually('the question for numbers', async () => (await outside<string>('quickTitle')).includes('(3/4)'));
    await outside('screenshot', { name: 'pairs-numbers' });
    await outside('pick', { text: 'folds of 2' });
    await eventually('the question for a file', async () => (await outside<string>('quickTitle')).includes('(4/4)'));
    assert.match(await outside<string>('quickValue'), /people_pairs\.txt$/);
    await outside('key', { key: 'Escape' });
    assert.equal(await asked, undefined);
    assert.equal(existsSync(workspace('people_pairs.txt')), false);
  });
});

describe('Compare LFW Report', () => {
  const folders: RunFolder[] = [];
  const reports: string[] = [];
  before(async () => {
    const imagesDir = writeDataset('people', { Ada: 3, Grace: 3 });
    for (const [index, spread] of [0.9, 0.3].entries()) {
      const lfw = { dir: imagesDir, pairs: workspace('pairs.txt') };
      const request = validateRequestSchema.parse({ kind: 'validate', model: 'starter', lfw });
      const folder = await createRunFolder(runsDirectory(workspace()), request, `Model ${index}`);
      const report = makeReport(imagesDir, spread, index);
      mkdirSync(folder.evaluations, { recursive: true });
      const file = join(folder.evaluations, 'lfw.json');
      writeFileSync(file, JSON.stringify(report));
      await folder.update({ state: 'done', result: { report: 'evaluations/lfw.json' } });
      folders.push(folder);
      reports.push(file);
    }
    (await extension()).runs.refresh();
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const folder of folders) rmSync(folder.path, { recursive: true });
    remove('people');
    (await extension()).runs.refresh();
  });

  it('says that a report must be open', async () => {
    const { notices } = await run('facenet.compareReport');
    assert.match(notices[0]!.text, /No LFW report is open .* Show Metrics/);
  });

  it('sets another report, none, or again the first one', async () => {
    const { panels } = await extension();
    const [other, report] = reports as [string, string];
    assert.equal((await run('facenet.compareReport', { report, baseline: other })).value, other);
    const panel = panels.reportTab(report)!;
    assert.equal(panel.baseline?.model.step, 0);
    await eventually('the hydrate', () => panel.sent.includes('hydrateLfw'));
    if (hasOutside) {
      await eventually('the comparison', async () =>
        (await outside<string>('webviewText', { selector: 'body' })).includes('compared with'),
      );
      await outside('screenshot', { name: 'lfw-compared' });
    }
    assert.equal((await run('facenet.compareReport', { report, baseline: null })).value, null);
    assert.equal(panel.baseline, undefined);
  });

  it('keeps what it was when the chosen file is no report', async () => {
    const [other, report] = reports as [string, string];
    await run('facenet.compareReport', { report, baseline: other });
    const { notices } = await run('facenet.compareReport', { report, baseline: write('no-report.json', '{}') });
    remove('no-report.json');
    assert.match(notices[0]!.text, /no-report\.json is not an LFW report/);
    assert.equal((await extension()).panels.reportTab(report)!.baseline?.model.step, 0);
  });

  it('offers the other reports of the workspace', async function () {
    if (!hasOutside) skip(this, 'questions are answered from outside');
    const [other, report] = reports as [string, string];
    const asked = vscode.commands.executeCommand('facenet.compareReport', { report });
    await eventually('the question', async () => (await outside<string>('quickTitle')).includes('Compare'));
    await outside('screenshot', { name: 'compare-report' });
    await outside('pick', { text: 'Model 0' });
    assert.equal(await asked, other);
  });
});

describe('Install Engine and Doctor', () => {
  const path = process.env['PATH'];
  const isWindows = process.platform === 'win32';
  after(() => {
    process.env['PATH'] = path;
    for (const name of ['bin', 'engine']) remove(name);
  });

  /** Puts a program in front of the PATH that is called instead of npm. */
  function pretendNpm(script: string): void {
    chmodSync(write('bin/npm', `#!/bin/sh\n${script}\n`), 0o755);
    process.env['PATH'] = `${workspace('bin')}${delimiter}${path}`;
  }

  it('says in one sentence why npm has failed, and shows its lines in the log', async function () {
    if (isWindows) skip(this, 'npm is a shell script here');
    pretendNpm('echo "npm error 404 Not Found - GET tfjs-node" >&2; exit 1');
    const options = { package: 'tfjs-node', into: workspace('engine') };
    const { value, notices } = await run('facenet.installEngine', options);
    assert.equal(value, undefined);
    assert.equal(notices[0]!.level, 'error');
    assert.match(notices[0]!.text, /npm install failed \(1\): npm error 404 Not Found/);
    assert.deepEqual(
      notices[0]!.actions.map(({ title }) => title),
      ['Show Log'],
    );
  });

  it('a folder without TensorFlow is told before anything is downloaded', async function () {
    if (isWindows) skip(this, 'npm is a shell script here');
    pretendNpm('touch called');
    const options = { package: 'tfjs-node-gpu', tensorflow: workspace('engine'), into: workspace('engine') };
    const { notices } = await run('facenet.installEngine', options);
    assert.match(notices[0]!.text, /holds no TensorFlow/);
  });

  it('two installations at once: the second one is refused', async function () {
    if (isWindows) skip(this, 'npm is a shell script here');
    pretendNpm('sleep 1; echo "npm error slow" >&2; exit 1');
    const options = { package: 'tfjs-node', into: workspace('engine') };
    const first = run('facenet.installEngine', options);
    await vscode.commands.executeCommand('facenet.installEngine', options);
    const { notices } = await first;
    assert.ok(
      notices.some(({ text }) => text.includes('An engine is being installed already')),
      notices.map(({ text }) => text).join(' | '),
    );
  });

  it('cancelling ends npm and what it has started', async function () {
    if (isWindows) skip(this, 'npm is a shell script here');
    pretendNpm('sleep 300 & echo "child $!"; wait');
    const stop = new AbortController();
    let child: number | undefined;
    const { commandLine } = await extension();
    const running = commandLine.run(['engine', 'install', '--package', 'tfjs-node', '--into', workspace('engine')], {
      signal: stop.signal,
      onLine: (line) => {
        const match = /child (\d+)/.exec(line);
        if (match === null) return;
        child = Number(match[1]);
        stop.abort();
      },
    });
    await assert.rejects(running, /Stopped/);
    await eventually('the end of the child', () => {
      try {
        process.kill(child!, 0);
        return false;
      } catch {
        return true;
      }
    });
  });

  it('Doctor shows its report in a read-only editor', async () => {
    const { value, notices } = await run<string>('facenet.doctor');
    assert.match(value!, /^Training: +\S/m);
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    assert.equal(editor.document.getText(), value);
    assert.equal(editor.document.uri.scheme, 'facenet-text');
    assert.equal(editor.document.isDirty, false);
    if (/^Training: +wasm/m.test(value!)) assert.equal(notices[0]!.actions[0]!.title, 'Install Engine…');
    if (hasOutside) await outside('screenshot', { name: 'doctor' });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});

describe('Get Started', () => {
  it('opens the walkthrough, whose buttons are commands', async function () {
    if (!hasOutside) skip(this, 'the window is looked at from outside');
    await run('facenet.openWalkthrough');
    await eventually('its tab', async () =>
      (await outside<string[]>('tabs')).some((tab) => /Fine-tune|Walkthrough|Welcome/i.test(tab)),
    );
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await outside('screenshot', { name: 'walkthrough' });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});
