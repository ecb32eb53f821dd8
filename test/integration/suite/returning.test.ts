// Tabs that VS Code hands over after a reload, with the saved state of their pages; test/integration/choices.mjs does it
// with real windows.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { type PageServices, pageKinds } from '../../../extension/features';
import type { GalleryTab } from '../../../extension/gallery/galleryImages';
import { reportTab } from '../../../extension/lfw/lfwPanel';
import type { LfwTab } from '../../../extension/lfw/lfwPanel';
import type { CheckpointTab } from '../../../extension/models/checkpointPanel';
import { serve } from '../../../extension/pages/pageKind';
import type { PagePanel } from '../../../extension/pages/pagePanel';
import type { PageState } from '../../../extension/pages/pageState';
import type { RunTab } from '../../../extension/runs/runPanel';
import { extension, remove, run, workspace, writeDataset } from '../fixtures';
import { eventually, hasOutside, outside } from '../outside';
import { makeReport } from '../reports';
import { skip } from '../skip';

// Nothing is opened by them here, so they need nothing.
const kinds = serve(pageKinds, {} as PageServices);

/** A tab as VS Code hands it over. */
async function handOver(host: LfwTab | CheckpointTab, view?: Record<string, unknown>): Promise<PagePanel | undefined> {
  const { panels } = await extension();
  const panel = vscode.window.createWebviewPanel(`facenet.${host.kind}`, 'Returning', vscode.ViewColumn.Active);
  await panels.revive(panel, { host, ...(view !== undefined && { view }) });
  return panels.all.find(({ state }) => kinds.keyOf(state) === kinds.keyOf(host));
}

/** What the front page says, once it says it. */
async function said(pattern: RegExp): Promise<void> {
  await eventually(String(pattern), async () =>
    pattern.test(await outside<string>('webviewText', { selector: 'body' })),
  );
}

async function loadKinds(): Promise<void> {
  for (const name of kinds.names) await kinds.load(name);
}

describe('what there is one tab for', () => {
  before(loadKinds);

  const keysOf = (...states: (RunTab | LfwTab | CheckpointTab | GalleryTab)[]): Set<string | undefined> =>
    new Set(states.map((state: PageState) => kinds.keyOf(state)));

  it('is told apart by kind, path and person', () => {
    const place = '/w/runs/ada';
    const different = keysOf(
      { kind: 'run', folder: place },
      { kind: 'run', folder: '/w/runs/grace' },
      { kind: 'lfw', report: place },
      { kind: 'checkpoint', path: place },
      { kind: 'checkpoint', path: 'starter' },
      { kind: 'gallery', dataset: place },
      { kind: 'gallery', dataset: place, person: 'Ada' },
    );
    assert.equal(different.size, 7);
  });

  it('is the same whatever was chosen in it, and however a dataset is spelt', () => {
    const model: CheckpointTab = { kind: 'checkpoint', path: '/m/a' };
    const compared: CheckpointTab = { ...model, comparedWith: '/m/b', planFor: { network: 'squeezenet' } };
    assert.equal(keysOf(model, compared).size, 1);
    const report: LfwTab = { kind: 'lfw', report: '/w/lfw.json' };
    assert.equal(keysOf(report, { ...report, baseline: null }).size, 1);
    assert.equal(keysOf({ kind: 'gallery', dataset: '/w/faces/' }, { kind: 'gallery', dataset: '/w/faces' }).size, 1);
  });
});

describe('tabs that come back', () => {
  const gone = (): string => workspace('no-such-model');

  before(loadKinds);
  before(() => {
    const images = writeDataset('returning', { Ada: 3, Grace: 3 });
    mkdirSync(workspace('reports', 'evaluations'), { recursive: true });
    for (const step of [0, 40])
      writeFileSync(
        workspace('reports', 'evaluations', `lfw-${step}.json`),
        JSON.stringify(makeReport(images, step === 0 ? 0.9 : 0.3, step)),
      );
  });
  afterEach(async () => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
  after(() => {
    remove('returning');
    remove('reports');
  });

  it('a checkpoint is compared and planned for again', async function () {
    const dataset = workspace('returning');
    const state: CheckpointTab = {
      ...{ kind: 'checkpoint', path: 'starter', comparedWith: 'starter' },
      planFor: { network: 'dlib_resnet', dataset },
    };
    const panel = await handOver(state);
    assert.deepEqual(panel?.state, state);
    if (!hasOutside) skip(this, 'pages are looked at from outside');
    await said(/Restore plan against dlib_resnet .*classifier for the 2 people of returning/);
    await said(/Compared with starter/);
    assert.deepEqual(panel?.state, state);
  });

  it('a checkpoint comes back without what has gone meanwhile, and says so', async function () {
    const panel = await handOver({
      ...{ kind: 'checkpoint', path: 'starter', comparedWith: gone() },
      planFor: { network: 'dlib_resnet', dataset: gone() },
    });
    await eventually('the end of the search', () => Object.keys(panel!.state).length === 2);
    assert.deepEqual(panel?.state, { kind: 'checkpoint', path: 'starter' });
    if (!hasOutside) skip(this, 'pages are looked at from outside');
    await said(/The restore plan is not shown any more: .*no-such-model cannot be read\./);
    await said(/The comparison is not shown any more: .*no-such-model cannot be read\./);
    await run('facenet.compareCheckpoints', { model: 'starter', other: 'starter' });
    await said(/Compared with starter/);
    assert.doesNotMatch(await outside<string>('webviewText', { selector: 'body' }), /The comparison is not shown/);
  });

  it('a report has the baseline that was chosen, none where none was, and does without one that has gone', async () => {
    const report = workspace('reports', 'evaluations', 'lfw-40.json');
    const other = workspace('reports', 'evaluations', 'lfw-0.json');
    const { panels } = await extension();
    for (const [baseline, step, after] of [
      [other, 0, other],
      [null, undefined, null],
      [gone(), undefined, undefined],
    ] as const) {
      const panel = await handOver({ kind: 'lfw', report, baseline });
      assert.equal(reportTab(panels, report)?.baseline?.model.step, step);
      assert.equal((panel?.state as { baseline?: string | null }).baseline, after);
      if (baseline === gone() && hasOutside) await said(/no-such-model, which these numbers were compared with/);
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await eventually('no tab', () => panels.all.length === 0);
    }
  });

  it('what is chosen is remembered with the tab, and how the page was looked at comes back with it', async function () {
    const report = workspace('reports', 'evaluations', 'lfw-40.json');
    const panel = await handOver({ kind: 'lfw', report }, { lfw: { threshold: 0.5, tables: true } });
    await run('facenet.compareReport', { report, baseline: null });
    assert.deepEqual(panel?.tab?.state, { kind: 'lfw', report, baseline: null });
    assert.deepEqual(panel?.tab?.view, { lfw: { threshold: 0.5, tables: true } });
    if (!hasOutside) skip(this, 'pages are looked at from outside');
    await eventually(
      'the tables',
      async () => (await outside<number>('webviewCount', { selector: 'section[aria-label="Values"] table' })) === 3,
    );
    await said(/Threshold\s+0\.50/);
  });

  it('one whose model has gone is closed', async () => {
    assert.equal(await handOver({ kind: 'checkpoint', path: gone() }), undefined);
    await eventually('no tab', () => vscode.window.tabGroups.all.every(({ tabs }) => tabs.length === 0));
    assert.equal(await handOver({ kind: 'lfw', report: join(gone(), 'evaluations', 'lfw-1.json') }), undefined);
  });
});
