// Real jobs in real workers, on drawn people: no network, no GPU, no fake.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { demoRequestSchema } from '../../../src/protocol/job';
import { processStartTime } from '../../../src/run/liveness';
import { createRunFolder, runsDirectory } from '../../../src/run/runFolder';
import { reportOfModel } from '../../../extension/jobs/reports';
import type { Notice } from '../../../extension/notices';
import { extension, remove, run, textOf, workspace, write } from '../fixtures';
import { eventually, hasOutside, outside } from '../outside';
import { within } from '../../fixtures/deadlines.mjs';
import { pickledSet } from '../../fixtures/verificationSet';

interface Outcome {
  folder: string;
  state: string;
  report?: string;
}

const classifier = [
  { name: 'classifier', trainableFrom: 'Logits', epochs: 2, learningRate: 0.05, batchNorm: 'frozen' },
];

describe('jobs', function () {
  this.timeout(within(180_000));
  const demo = workspace('demo');

  after(async () => {
    const { jobs } = await extension();
    for (const { folder } of jobs.active) await jobs.stop(folder);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const path of ['demo', 'faces', 'lfw']) remove(path);
  });

  it('draws a demo workspace whose datasets appear in the tree', async () => {
    const options = { outputDir: demo, people: 6, photographs: 4, drawOnly: true };
    const { value, notices } = await run<Outcome>('facenet.createDemoWorkspace', options);
    assert.equal(value?.state, 'done', notices[0]?.text);
    assert.match(notices.at(-1)!.text, /The demo is ready/);
    const { trees } = await extension();
    const shown = (await trees.datasets.getChildren()).map((node) => textOf(trees.datasets.getTreeItem(node)).label);
    assert.ok(shown.includes('train') && shown.includes('lfw'), shown.join());
  });

  it('aligns both datasets, with progress and an outcome that counts', async () => {
    const settings = vscode.workspace.getConfiguration('facenet');
    for (const [input, output, upright] of [
      ['train', 'faces', undefined],
      ['lfw', 'lfw', false],
    ] as const) {
      await settings.update('uprightPhotographs', upright, vscode.ConfigurationTarget.Workspace);
      const options = {
        inputDir: join(demo, 'photos', input),
        outputDir: workspace(output),
        imageSize: 150,
        margin: 0,
        alignment: 'landmarks',
        detector: 'starter',
        jobs: 1,
      };
      const { value, notices } = await run<Outcome>('facenet.alignDataset', options);
      assert.equal(value?.state, 'done', notices[0]?.text);
      const outcome = await eventually('the outcome', () => notices.find(({ text }) => text.includes('faces')));
      assert.match(outcome.text, /Align .* is done: \d+ faces/);
      const record = JSON.parse(readFileSync(workspace(output, 'alignment.json'), 'utf8')) as { upright: boolean };
      assert.equal(record.upright, upright ?? true);
    }
    await settings.update('uprightPhotographs', undefined, vscode.ConfigurationTarget.Workspace);
    assert.ok(readdirSync(workspace('faces')).length >= 2);
  });

  it('fine-tunes in a worker of its own, live in the Run tab, and marks the checkpoints', async () => {
    const lfw = { dir: workspace('lfw'), pairs: join(demo, 'pairs.txt'), folds: 2 };
    const { value, notices } = await run<{ folder: string }>('facenet.fineTune', {
      dataDir: workspace('faces'),
      model: 'starter',
      // So many that the tab has long been drawn when they end.
      phases: [{ ...classifier[0], epochs: 1000 }],
      lfw,
      config: { batchSize: 4, engine: 'wasm' },
      title: 'Many epochs',
    });
    assert.ok(value, notices[0]?.text);
    const { jobs, panels, statusBar, trees, watches } = await extension();
    const follower = await eventually('the follower', () => jobs.follower(value.folder));
    assert.ok(statusBar.item.text.startsWith('$(sync~spin) FaceNet: '), statusBar.item.text);
    const panel = panels.all.find((open) => open.title === 'Many epochs');
    await eventually('the hydrate', () => panel?.sent.includes('hydrateRun'), 30_000);
    assert.deepEqual(watches.folders, [value.folder], 'the job and its tab share one watch');
    const record = await follower.finished;
    assert.equal(record.state, 'done', JSON.stringify(record.error));
    assert.notEqual(record.worker?.pid, process.pid);
    await eventually('the deltas', () => panel?.sent.includes('appendEvents'));
    const node = (await trees.checkpoints.getChildren()).find((root) => root.kind === 'run');
    const steps = (await trees.checkpoints.getChildren(node)).map((child) =>
      textOf(trees.checkpoints.getTreeItem(child)),
    );
    assert.ok(
      steps.every(({ label }) => /^(in|after) classifier/.test(String(label))),
      steps.map(({ label, description }) => `${String(label)} ${String(description)}`).join(),
    );
    if (hasOutside) {
      await outside('openSidebar', { name: 'FaceNet' });
      await outside('screenshot', { name: 'fine-tuned' });
    }
  });

  it('does not resume what is done', async () => {
    const { runs } = await extension();
    const done = (await runs.list()).find(({ record }) => record.title === 'Many epochs')!;
    assert.ok(done.record.checkpoint !== undefined);
    const { value, notices } = await run('facenet.resume', done.folder);
    assert.equal(value, undefined);
    assert.match(notices[0]!.text, /^Many epochs is done; there is nothing left to train\. Start another one/);
  });

  it('validates the result and opens the report', async () => {
    const { trees, panels } = await extension();
    const trained = (await trees.checkpoints.getChildren()).find((root) => root.kind === 'run');
    const last = (await trees.checkpoints.getChildren(trained)).at(-1);
    assert.ok(last?.kind === 'checkpoint');
    const options = { model: last.prefix, dir: workspace('lfw'), pairs: join(demo, 'pairs.txt'), folds: 2 };
    const { value, notices } = await run<Outcome>('facenet.validateOnLfw', options);
    assert.equal(value?.state, 'done', notices[0]?.text);
    assert.ok(existsSync(value.report!));
    const panel = panels.all.find((open) => /^(LFW|Pairs): /.test(open.title));
    await eventually('the hydrate', () => panel?.sent.includes('hydrateLfw'));
  });

  it('validates on a verification set, which has its own pairs, and says where its pictures are', async () => {
    const { panels } = await extension();
    const faces = readdirSync(workspace('lfw'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(png|jpg)$/.test(name))
      .sort()
      .map((name) => readFileSync(join(workspace('lfw'), name)));
    const images = Array.from({ length: 16 }, (_, i) => faces[(i * 5) % faces.length]!);
    const dir = write(
      'sets/made.bin',
      pickledSet(
        images,
        Array.from({ length: 8 }, (_, i) => i % 2 === 0),
      ),
    );
    const { value, notices } = await run<Outcome>('facenet.validateOnLfw', { model: 'starter', dir, folds: 2 });
    assert.equal(value?.state, 'done', notices[0]?.text);
    const report = JSON.parse(readFileSync(value.report!, 'utf8')) as { imagesDir: string; pairs: { used: number } };
    assert.equal(report.imagesDir, dir);
    assert.equal(report.pairs.used, 8);
    assert.ok(panels.all.some((open) => open.title.startsWith('Pairs: ')));
    // Its faces are aligned for other models: no threshold is taken from it.
    assert.equal(await reportOfModel((await extension()).runs, 'starter', 'accuracy'), undefined);
    if (hasOutside) {
      const said = await eventually('where the pictures are', async () => {
        const text = await outside<string>('webviewText', { selector: 'body' });
        return text.includes('unpack-pairs') && text;
      });
      await outside('screenshot', { name: 'lfw-bin' });
      assert.match(said, /packed in the verification set .*made\.bin/);
    }
  });

  it('says why a job has failed, with its log and nothing lost', async () => {
    const options = { model: 'starter', dir: workspace('lfw'), pairs: workspace('no-pairs.txt') };
    const { value, notices } = await run<Outcome>('facenet.validateOnLfw', options);
    assert.equal(value?.state, 'failed');
    const failure = await eventually('the failure', () => notices.find(({ level }) => level === 'error'));
    assert.match(failure.text, /Validating failed: .*no-pairs\.txt/);
    assert.deepEqual(
      failure.actions.map(({ title }) => title),
      ['Show Worker Log'],
    );
  });

  it('offers to go on with a tenth of the rate when a training diverges, does so, and offers it once for a step', async () => {
    const { jobs, notices } = await extension();
    const shown: Notice[] = [];
    const listening = notices.onDidShow((notice) => shown.push(notice));
    const slower = 'Resume with a Tenth of the Rate';
    try {
      const { value } = await run<{ folder: string }>('facenet.fineTune', {
        dataDir: workspace('faces'),
        model: 'starter',
        // With a tenth of it the weights leave the range of numbers as well.
        phases: [{ ...classifier[0], trainableFrom: 'LastBlock', learningRate: 1e15 }],
        lfw: null,
        config: { batchSize: 4, engine: 'wasm' },
        title: 'Too fast',
      });
      const failure = async (after: number) =>
        eventually('the failure', () => shown.slice(after).find(({ level }) => level === 'error'), 60_000);
      const first = await failure(0);
      assert.match(first.text, / failed: The training diverged\. Step \d+ .* was not applied/);
      assert.equal(first.actions[0]?.title, slower);
      const heard = shown.length;
      await first.actions[0].run();
      const again = await eventually('the follower', () => jobs.follower(value!.folder));
      const { recovery, error } = await again.finished;
      assert.deepEqual(
        recovery?.attempts.map(({ cause, step }) => [cause, step]),
        [['divergence', error?.divergedAt]],
      );
      const second = await failure(heard);
      assert.ok(
        second.actions.every(({ title }) => title !== slower),
        second.text,
      );
      assert.ok(shown.some(({ level, text }) => level === 'warning' && text.includes('Too fast')));
    } finally {
      listening.dispose();
    }
  });

  it('stops politely with everything saved, and resumes in the same folder', async () => {
    const { value } = await run<{ folder: string }>('facenet.fineTune', {
      dataDir: workspace('faces'),
      model: 'starter',
      phases: [{ ...classifier[0], epochs: 5000 }],
      lfw: null,
      config: { batchSize: 4, engine: 'wasm' },
      title: 'Endless',
    });
    const { jobs, runs, trees, panels } = await extension();
    const follower = await eventually('the follower', () => jobs.follower(value!.folder));
    await eventually('the first step', () => follower.latest?.type === 'step', 60_000);
    const shown = (await trees.runs.getChildren()).find(({ folder }) => folder === value!.folder)!;
    assert.equal(trees.runs.getTreeItem(shown).contextValue, 'run.active');
    const { value: state } = await run<string>('facenet.stop', shown);
    assert.equal(state, 'stopped');
    await eventually('no active job', () => jobs.active.length === 0);
    const listed = async () => (await runs.list()).find(({ folder }) => folder === value!.folder)!;
    const { record } = await listed();
    assert.ok(record.checkpoint !== undefined);
    assert.equal(trees.runs.getTreeItem({ kind: 'listedRun', ...(await listed()) }).contextValue, 'run.resumable');

    await run('facenet.showMetrics', value!.folder);
    const tab = () => panels.all.filter(({ title }) => title === 'Endless');
    await eventually('the hydrate', () => tab()[0]?.sent.includes('hydrateRun'));
    const resumed = await run<{ folder: string }>('facenet.resume', value!.folder);
    assert.equal(resumed.value?.folder, value!.folder, resumed.notices[0]?.text);
    const again = await eventually('the follower', () => jobs.follower(value!.folder));
    const step = await eventually(
      'a later step',
      () => again.latest?.type === 'step' && again.latest.step > record.checkpoint!.step && again.latest,
      60_000,
    );
    assert.ok(step.step > record.checkpoint.step);
    assert.equal(tab().length, 1, 'the same tab goes on');
    if (tab()[0]!.visible) {
      await eventually('the new steps', () => tab()[0]!.sent.includes('appendEvents'));
      assert.ok(tab()[0]!.sent.includes('updateRun'));
    }
    assert.equal((await run<string>('facenet.stop')).value, 'stopped');
  });

  it('finds a worker that was killed from outside', async () => {
    const { value } = await run<{ folder: string }>('facenet.fineTune', {
      dataDir: workspace('faces'),
      model: 'starter',
      phases: [{ ...classifier[0], epochs: 5000 }],
      lfw: null,
      config: { batchSize: 4, engine: 'wasm' },
      title: 'Killed',
    });
    const { jobs } = await extension();
    const follower = await eventually('the follower', () => jobs.follower(value!.folder));
    await eventually('the first step', () => follower.latest?.type === 'step', 60_000);
    process.kill(follower.record.worker!.job!.pid, 'SIGKILL');
    const record = await follower.finished;
    assert.equal(record.state, 'failed');
    assert.match(record.error!.message, /killed from outside/);
  });

  it('follows a job that was started elsewhere, and settles it when its worker is gone', async () => {
    const idle = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    const request = demoRequestSchema.parse({ kind: 'demo', outputDir: workspace('elsewhere') });
    const folder = await createRunFolder(runsDirectory(workspace()), request, 'Elsewhere');
    const startTime = await processStartTime(idle.pid!);
    const worker = { pid: idle.pid!, startTime, hostname: hostname(), node: process.version };
    await folder.update({ state: 'running', worker });
    const { jobs, runs, watches } = await extension();
    runs.refresh();
    const follower = await eventually('the follower', () => jobs.follower(folder.path));
    folder.append({ type: 'progress', activity: 'Drawing people', done: 3, total: 9, unit: 'photographs' });
    await eventually('what it does', () => follower.latest?.type === 'progress' && follower.latest.done === 3);
    idle.kill('SIGKILL');
    const record = await follower.finished;
    assert.equal(record.state, 'failed');
    assert.match(record.error!.message, /ended without saying why/);
    assert.equal((await folder.reload()).state, 'failed');
    assert.ok(!watches.folders.includes(folder.path));
    rmSync(folder.path, { recursive: true });
    runs.refresh();
  });

  it('tells what computes here', async () => {
    const { value, notices } = await run<string>('facenet.doctor');
    assert.ok(value, notices[0]?.text);
    assert.match(value, /wasm|WebAssembly/i);
  });
});
