// What is done from a report: with the pictures of a pair that is open large, and the step that follows a verdict.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { takeNextStep } from '../../../extension/lfw/nextStep';
import type { Notice } from '../../../extension/notices';
import { trainRequestSchema, validateRequestSchema } from '../../../src/protocol/job';
import { createRunFolder, type RunFolder, runsDirectory } from '../../../src/run/runFolder';
import { extension, remove, run, workspace, writeDataset } from '../fixtures';
import { writeModel } from '../models';
import { eventually, hasOutside, outside } from '../outside';
import { makeReport } from '../reports';
import { skip } from '../skip';

describe('A pair that is open large', () => {
  const notices: Notice[] = [];
  let folder: RunFolder;
  let listening: { dispose(): void };
  before(async () => {
    const imagesDir = writeDataset('shown', { Ada: 3, Grace: 3, Rosa: 2 });
    const lfw = { dir: imagesDir, pairs: workspace('pairs.txt') };
    const request = validateRequestSchema.parse({ kind: 'validate', model: 'starter', lfw });
    folder = await createRunFolder(runsDirectory(workspace()), request, 'Shown pairs');
    mkdirSync(folder.evaluations, { recursive: true });
    writeFileSync(join(folder.evaluations, 'lfw.json'), JSON.stringify(makeReport(imagesDir, 0.9, 0)));
    await folder.update({ state: 'done', result: { report: 'evaluations/lfw.json' } });
    const { library, runs, ...api } = await extension();
    library.refresh();
    runs.refresh();
    listening = api.notices.onDidShow((notice) => notices.push(notice));
  });
  after(async () => {
    listening.dispose();
    const { panels, library, runs } = await extension();
    for (const panel of panels.all) panel.close();
    rmSync(folder.path, { recursive: true });
    for (const path of ['shown', 'shown_removed']) remove(path);
    library.refresh();
    runs.refresh();
  });

  /** The picture on its left side. */
  const picture = async (): Promise<string> =>
    join(workspace('shown'), await outside<string>('webviewAttribute', { selector: '.pair-side h3', name: 'title' }));
  const press = async (label: string): Promise<void> => {
    notices.length = 0;
    await outside('webviewClick', { selector: `.pair-side vscode-button:has-text("${label}")` });
  };

  it('is taken out of its dataset by Exclude, and put back by Undo', async function () {
    if (!hasOutside) skip(this, 'the page is used from outside');
    await run('facenet.showMetrics', { folder: folder.path, report: 'evaluations/lfw.json' });
    await outside('webviewClick', { selector: '.pair-open' });
    const path = await picture();
    assert.ok(existsSync(path), path);
    await press('Exclude');
    const [notice] = await eventually('what was done', () => notices.length > 0 && notices);
    assert.match(notice!.text, /was taken out of shown; it lies in shown_removed\.$/);
    assert.ok(!existsSync(path));
    assert.ok(existsSync(path.replace(workspace('shown'), workspace('shown_removed'))));
    assert.equal(notice!.actions[0]?.title, 'Undo');
    await notice!.actions[0].run();
    assert.ok(existsSync(path));
  });

  it('goes to the person that Wrong Label… asks for, and back', async function () {
    if (!hasOutside) skip(this, 'the page is used from outside');
    const path = await picture();
    await press('Wrong Label');
    await eventually('the question', async () => (await outside<string>('quickTitle')).includes('Wrong Person'));
    await outside('pick', { text: 'Rosa' });
    const [notice] = await eventually('what was done', () => notices.length > 0 && notices);
    assert.match(notice!.text, /was moved to Rosa\.$/);
    const moved = join(workspace('shown', 'Rosa'), path.slice(dirname(path).length + 1));
    assert.deepEqual([existsSync(path), existsSync(moved)], [false, true]);
    // The key that takes back what a gallery has done takes back this as well.
    assert.equal((await run<number>('facenet.undoImages')).value, 1);
    assert.deepEqual([existsSync(path), existsSync(moved)], [true, false]);
  });

  it('whose picture is gone says so, and leaves everything as it is', async function () {
    if (!hasOutside) skip(this, 'the page is used from outside');
    const path = await picture();
    rmSync(path);
    await press('Exclude');
    const [notice] = await eventually('the sentence', () => notices.length > 0 && notices);
    assert.match(notice!.text, /is not there any more\. Validate again to make a new report\./);
    assert.ok(!existsSync(workspace('shown_removed', 'Rosa')));
  });
});

describe('Export Model… after a verdict', () => {
  let folder: RunFolder;
  before(async () => {
    const phases = [{ name: 'c', trainableFrom: 'Logits', epochs: 1, learningRate: 0.1 }];
    const request = trainRequestSchema.parse({ kind: 'train', config: { dataDir: workspace('people'), phases } });
    folder = await createRunFolder(runsDirectory(workspace()), request, 'To export');
    mkdirSync(join(folder.checkpoints, 'best'), { recursive: true });
    const prefix = (step: number): string => `model-${folder.record.id}.ckpt-${step}`;
    await writeModel(join(folder.checkpoints, 'best', prefix(10)), 2);
    // The latest one is not the best, and could not be written at all.
    writeFileSync(join(folder.checkpoints, `${prefix(20)}.index`), 'not a table');
    const directories = { logs: folder.path, models: folder.checkpoints };
    await folder.update({ state: 'done', directories, config: request.config });
  });
  after(async () => {
    rmSync(folder.path, { recursive: true });
    (await extension()).runs.refresh();
  });

  it('asks for a file and writes the best checkpoint there', async function () {
    if (!hasOutside) skip(this, 'the question is answered from outside');
    const step = takeNextStep('export', folder.path, folder.record);
    await eventually('the question', async () => (await outside<string>('quickTitle')).includes('Export Model'));
    const target = await outside<string>('quickValue');
    assert.match(target, /to-export\.pb$/);
    await outside('key', { key: 'Enter' });
    await step;
    const file = workspace('to-export.pb');
    assert.ok(statSync(file).size > 1e6, 'the weights are in it');
    rmSync(file);
  });
});
