// Commands around the LFW report: pairs of one's own people, what a report is compared with, engines, the walkthrough.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import * as vscode from 'vscode';
import { needsTrust } from '../../../extension/commands/trust';
import { commands } from '../../../extension/features';
import type { CommandId } from '../../../extension/identifiers';
import { reportTab } from '../../../extension/lfw/lfwPanel';
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
    assert.equal(notices[0]?.text, '12 pairs of 2 people are in own/pairs.txt. 1 person of the training was left out.');
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
    const panel = reportTab(panels, report)!;
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
    assert.equal(reportTab((await extension()).panels, report)!.baseline?.model.step, 0);
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
  const isWindows = process.platform === 'win32';
  const kept: Record<string, string | undefined> = {};
  let server: Server;

  /** As much of npm as an installation asks for; `SCRIPT` is what the package's own script does. */
  const standIn = `#!/usr/bin/env node
const { mkdirSync, writeFileSync } = require('fs');
const { dirname } = require('path');
const args = process.argv.slice(2);
const prefix = args[args.indexOf('--prefix') + 1];
const put = (path, text) => (mkdirSync(dirname(path), { recursive: true }), writeFileSync(path, text));
if (args[0] === 'install') {
  const folder = prefix + '/node_modules/@tensorflow/tfjs-node';
  put(folder + '/package.json', '{ "name": "@tensorflow/tfjs-node", "main": "index.js" }');
  put(folder + '/index.js', \`
    exports.matMul = (a, b) => ({ dataSync: () => [a[0][0] * b[0][0]] });
    exports.backend = () => ({ binding: { TF_Version: '2.9.1' }, isUsingGpuDevice: false });\`);
} else if (process.env.SCRIPT === 'hang') {
  console.log('at work, process ' + process.pid);
  setInterval(() => undefined, 1000);
} else if (process.env.SCRIPT === 'fail') {
  console.error('Error: getaddrinfo ENOTFOUND storage.googleapis.com');
  process.exitCode = 1;
} else {
  for (const file of ['deps/lib/libtensorflow.so.2.9.1', 'deps/lib/libtensorflow.dylib', 'lib/napi-v8/tfjs_binding.node'])
    put(prefix + '/' + file, '');
}
`;

  before(async () => {
    server = createServer((_, answer) => answer.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const changed: Record<string, string> = {
      PATH: `${workspace('bin')}${delimiter}${process.env['PATH']}`,
      TFJS_NODE_CDN_STORAGE: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      FACENET_ENGINE: workspace('engine'),
      SCRIPT: '',
    };
    for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']) changed[name] = '';
    for (const [name, value] of Object.entries(changed)) {
      kept[name] = process.env[name];
      process.env[name] = value;
    }
    chmodSync(write('bin/npm', standIn), 0o755);
  });
  after(() => {
    server.close();
    for (const [name, value] of Object.entries(kept)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    for (const name of ['bin', 'engine', 'engine.installing']) remove(name);
  });

  const install = async (script: string) => {
    process.env['SCRIPT'] = script;
    return run<string>('facenet.installEngine', { package: 'tfjs-node', into: workspace('engine') });
  };

  it('says in one sentence why it has failed, with the log behind a button', async function () {
    if (isWindows) skip(this, 'the stand-in for npm is a script with a first line that Windows does not read');
    const { value, notices } = await install('fail');
    assert.equal(value, undefined);
    assert.equal(notices[0]!.level, 'error');
    assert.match(notices[0]!.text, /could not be installed: .*ENOTFOUND/);
    assert.deepEqual(
      notices[0]!.actions.map(({ title }) => title),
      ['Show Log'],
    );
  });

  it('a folder without TensorFlow is told before anything is downloaded', async () => {
    const options = { package: 'tfjs-node-gpu', tensorflow: workspace('engine'), into: workspace('engine') };
    const { notices } = await run('facenet.installEngine', options);
    assert.equal(notices[0]!.level, 'error');
    assert.ok(!existsSync(workspace('engine.installing')));
  });

  it('cancelling ends npm too and leaves nothing', async function () {
    if (isWindows) skip(this, 'the stand-in for npm is a script with a first line that Windows does not read');
    process.env['SCRIPT'] = 'hang';
    const stop = new AbortController();
    let npm: number | undefined;
    const { commandLine } = await extension();
    const running = commandLine.run(['engine', 'install', '--package', 'tfjs-node', '--into', workspace('engine')], {
      signal: stop.signal,
      onLine: (line) => {
        npm ??= Number(/at work, process (\d+)/.exec(line)?.[1] ?? Number.NaN) || undefined;
        if (npm !== undefined) stop.abort();
      },
    });
    await assert.rejects(running, /Stopped/);
    await eventually('the end of npm', () => {
      try {
        process.kill(npm!, 0);
        return false;
      } catch {
        return true;
      }
    });
    assert.ok(!existsSync(workspace('engine')) && !existsSync(workspace('engine.installing')));
  });

  it('two installations at once: the second one is refused', async function () {
    if (isWindows) skip(this, 'the stand-in for npm is a script with a first line that Windows does not read');
    const first = install('fail');
    await vscode.commands.executeCommand('facenet.installEngine', { package: 'tfjs-node' });
    const { notices } = await first;
    assert.ok(
      notices.some(({ text }) => text.includes('An engine is being installed already')),
      notices.map(({ text }) => text).join(' | '),
    );
  });

  it('installs, and says what trains from now on', async function () {
    if (isWindows) skip(this, 'the stand-in for npm is a script with a first line that Windows does not read');
    const { value, notices } = await install('');
    assert.equal(value, 'tfjs-node', notices.map(({ text }) => text).join(' | '));
    assert.equal(notices[0]!.text, 'Training uses tfjs-node from now on: TensorFlow 2.9.1 on the CPU.');
    assert.deepEqual(
      notices[0]!.actions.map(({ title }) => title),
      ['Doctor', 'Fine-Tune…'],
    );
  });

  it('Doctor shows its report in a read-only editor', async () => {
    const engine = process.env['FACENET_ENGINE'];
    process.env['FACENET_ENGINE'] = workspace('nowhere');
    const { value, notices } = await run<string>('facenet.doctor');
    process.env['FACENET_ENGINE'] = engine;
    assert.match(value!, /^Training: +\S/m);
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    // Where the editor was open before, its text is replaced a moment later.
    await eventually('the report in the editor', () => editor.document.getText() === value);
    assert.equal(editor.document.uri.scheme, 'facenet-text');
    assert.equal(editor.document.isDirty, false);
    assert.match(value!, /^Training: +wasm$/m);
    assert.equal(notices[0]!.actions[0]!.title, 'Install Engine…');
    if (hasOutside) await outside('screenshot', { name: 'doctor' });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});

describe('a workspace that is not trusted', () => {
  it('asks for trust before a job starts or a file is written, and can be looked at', async () => {
    const asks = (name: string): boolean => needsTrust(commands[`facenet.${name}` as CommandId], false);
    const asking = ['fineTune', 'resume', 'stop', 'alignDataset', 'validateOnLfw', 'generatePairs', 'installEngine'];
    for (const name of asking) assert.ok(asks(name), name);
    for (const name of ['startConfiguration', 'pasteTrainSoftmax', 'cleanDataset', 'deleteRun', 'deleteCheckpoint'])
      assert.ok(asks(name), name);
    for (const name of ['showMetrics', 'doctor', 'showLog', 'refresh', 'openWalkthrough', 'compareReport'])
      assert.ok(!asks(name), name);
    for (const command of Object.values(commands)) assert.ok(!needsTrust(command, true));
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
