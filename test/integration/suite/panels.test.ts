import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { RunFolder } from '../../../src/run/runFolder';
import { createRunFolder, runsDirectory } from '../../../src/run/runFolder';
import { trainRequestSchema } from '../../../src/protocol/job';
import { extension, remove, run, workspace, writeDataset } from '../fixtures';
import { eventually, hasOutside, outside } from '../outside';
import { makeReport } from '../reports';
import { skip } from '../skip';
import { promised } from '../../fixtures/deadlines.mjs';

async function closeTabs(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

function step(folder: RunFolder, number: number): void {
  folder.append({
    type: 'step',
    step: number,
    epoch: 1,
    phase: 'classifier',
    loss: 4 / number,
    crossEntropy: 3.5 / number,
    regularization: 0.5 / number,
    accuracy: 1 - 1 / number,
    learningRate: 0.1,
    imagesPerSecond: 321,
  });
}

describe('editor tabs', () => {
  let folder: RunFolder;

  before(async () => {
    const config = {
      dataDir: workspace('people'),
      phases: [{ name: 'classifier', trainableFrom: 'Logits', epochs: 2, learningRate: 0.1 }],
    };
    folder = await createRunFolder(
      runsDirectory(workspace()),
      trainRequestSchema.parse({ kind: 'train', config }),
      'Curves',
    );
    folder.append({ type: 'state', state: 'running' });
    for (let number = 1; number <= 40; number++) step(folder, number);
    await folder.update({ state: 'stopped', finishedAt: new Date().toISOString() });
    (await extension()).runs.refresh();
  });
  after(async () => {
    await closeTabs();
    rmSync(folder.path, { recursive: true });
    remove('people');
    (await extension()).runs.refresh();
  });

  it('opens the Run tab, which says ready and is hydrated once', async () => {
    const { panels } = await extension();
    const { value } = await run<{ page: string; path: string }>('facenet.showMetrics', folder.path);
    assert.deepEqual(value, { page: 'run', path: folder.path });
    const panel = panels.all.find((open) => open.title === 'Curves');
    assert.ok(panel);
    await eventually('the hydrate', () => panel.sent.includes('hydrateRun'));
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    assert.ok(tab?.input instanceof vscode.TabInputWebview);
    assert.equal(tab.label, 'Curves');
  });

  it('sends what happens then as deltas', async () => {
    const panel = (await extension()).panels.all[0]!;
    for (let number = 41; number <= 60; number++) step(folder, number);
    await eventually('the deltas', () => panel.sent.includes('appendEvents'));
    assert.equal(panel.sent.filter((type) => type === 'hydrateRun').length, 1);
  });

  it('shows the run in the page', async function () {
    if (!hasOutside) skip(this, 'pages are looked at from outside');
    const text = await eventually('the page', async () => {
      const shown = await outside<string>('webviewText', { selector: 'body' });
      return shown.includes('Curves') && shown;
    });
    assert.match(text, /stopped/i);
    await outside('screenshot', { name: 'run-tab' });
  });

  it('draws a step within a quarter of a second of its being logged', async function () {
    if (!hasOutside) skip(this, 'pages are looked at from outside');
    const latencies: number[] = [];
    for (let number = 201; number <= 208; number++) {
      const logged = Date.now();
      step(folder, number);
      const drawn = await eventually('the drawing', async () => {
        const [last, time] =
          (await outside<string | null>('webviewAttribute', { selector: '.charts', name: 'data-drawn' }))?.split(' ') ??
          [];
        return Number(last) === number && Number(time);
      });
      latencies.push(drawn - logged);
    }
    latencies.sort((a, b) => a - b);
    const median = latencies[latencies.length >> 1]!;
    console.log(`      drawn ${latencies.join(', ')} ms after the event`);
    // A machine that draws the page for a browser at the same time is allowed more than a user's.
    assert.ok(median < promised(1000), `${median} ms`);
  });

  it('opens one tab per run only', async () => {
    await run('facenet.showMetrics', folder.path);
    await Promise.all([run('facenet.showMetrics', folder.path), run('facenet.showMetrics', folder.path)]);
    assert.equal((await extension()).panels.all.length, 1);
  });

  it('sends nothing while hidden, and everything when it is shown again', async () => {
    const panel = (await extension()).panels.all[0]!;
    const document = await vscode.workspace.openTextDocument({ content: 'in front' });
    await vscode.window.showTextDocument(document);
    await eventually('the hidden tab', () => !panel.visible);
    const sent = panel.sent.length;
    for (let number = 61; number <= 80; number++) step(folder, number);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(panel.sent.length, sent);
    await run('facenet.showMetrics', folder.path);
    await eventually('the second hydrate', () => panel.sent.filter((type) => type === 'hydrateRun').length === 2);
  });

  it('forgets a tab that was closed', async () => {
    await closeTabs();
    await eventually('no tab', async () => (await extension()).panels.all.length === 0);
    assert.deepEqual((await extension()).watches.folders, [], 'nothing is looked at any more');
  });

  it('opens a report of the run, with the first one as its baseline', async () => {
    const imagesDir = writeDataset('people', { Ada: 3, Grace: 3 });
    mkdirSync(folder.evaluations, { recursive: true });
    for (const [number, near] of [
      [0, 0.9],
      [40, 0.3],
    ] as const) {
      const report = makeReport(imagesDir, near, number);
      const name = `lfw-${number}.json`;
      writeFileSync(join(folder.evaluations, name), JSON.stringify(report));
      folder.append({
        type: 'lfw',
        step: number,
        accuracy: report.accuracy.mean,
        accuracyStd: report.accuracy.std,
        validationRate: report.validation.rate,
        far: report.validation.far,
        auc: report.auc,
        report: `evaluations/${name}`,
      });
    }
    const { value } = await run<{ page: string; path: string }>('facenet.showMetrics', {
      folder: folder.path,
      report: 'evaluations/lfw-40.json',
    });
    assert.equal(value?.page, 'lfw');
    const panel = (await extension()).panels.all.find((open) => /^(LFW|Pairs): /.test(open.title));
    assert.ok(panel);
    await eventually('the hydrate', () => panel.sent.includes('hydrateLfw'));
    const { loadReport } = await import('../../../extension/lfw/lfwPanel');
    assert.equal((await loadReport(join(folder.evaluations, 'lfw-40.json'))).baseline?.model.step, 0);
    assert.equal((await loadReport(join(folder.evaluations, 'lfw-0.json'))).baseline, undefined);
    if (hasOutside) {
      await eventually('the figures', async () =>
        /accuracy/i.test(await outside<string>('webviewText', { selector: 'body' })),
      );
      await outside('screenshot', { name: 'lfw-tab' });
    }
  });

  it('exports the report as one HTML file and as JSON', async () => {
    const report = join(folder.evaluations, 'lfw-40.json');
    const html = workspace('report.html');
    const { value } = await run<string>('facenet.exportReport', {
      report,
      format: 'html',
      target: html,
      threshold: 0.6,
    });
    assert.equal(value, html);
    assert.match(readFileSync(html, 'utf8'), /At threshold 0\.60/);
    const json = workspace('report.json');
    await run<string>('facenet.exportReport', { report, format: 'json', target: json });
    assert.equal(readFileSync(json, 'utf8'), readFileSync(report, 'utf8'));
  });

  it('says why a report cannot be exported', async () => {
    const target = join(workspace('no-such-folder'), 'report.html');
    const { notices } = await run('facenet.exportReport', {
      report: join(folder.evaluations, 'lfw-40.json'),
      format: 'html',
      target,
    });
    assert.ok(notices[0]!.text.includes('no-such-folder'), notices[0]!.text);
  });

  it('says that a file is no report', async () => {
    writeFileSync(join(folder.evaluations, 'other.json'), '{}');
    const { notices } = await run('facenet.showMetrics', { folder: folder.path, report: 'evaluations/other.json' });
    assert.match(notices[0]!.text, /other\.json is not an LFW report/);
  });
});
