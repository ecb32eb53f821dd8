import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { createRunFolder, runsDirectory } from '../../../src/run/runFolder';
import { trainRequestSchema } from '../../../src/protocol/job';
import { showModel } from '../../../extension/models/checkpointPanel';
import type { CheckpointNode } from '../../../extension/models/checkpointsTree';
import { extension, forgetSettings, remove, run, workspace, write, writeDataset, textOf } from '../fixtures';
import { sendFile, startFileHost } from '../../fixtures/fileHost';
import { zipArchive } from '../../fixtures/zipArchive';
import { writeModel } from '../models';
import { eventually, hasOutside, outside } from '../outside';
import { skip } from '../skip';
import { promised } from '../../fixtures/deadlines.mjs';

async function children(node?: CheckpointNode): Promise<CheckpointNode[]> {
  return (await extension()).trees.checkpoints.getChildren(node);
}

async function labels(node?: CheckpointNode): Promise<string[]> {
  const { trees } = await extension();
  return (await children(node)).map((child) => {
    const { label, description } = textOf(trees.checkpoints.getTreeItem(child));
    return `${label}|${description}`;
  });
}

describe('Checkpoints view', () => {
  before(async () => {
    mkdirSync(workspace('models/20991231-000000'), { recursive: true });
    await writeModel(workspace('models/20991231-000000/model-20991231-000000.ckpt-7'), 3);
    write('models/broken/model.ckpt-1.index', 'not a table');
    const config = {
      dataDir: workspace('people'),
      phases: [{ name: 'c', trainableFrom: 'Logits', epochs: 1, learningRate: 0.1 }],
    };
    const request = trainRequestSchema.parse({ kind: 'train', config });
    const folder = await createRunFolder(runsDirectory(workspace()), request, 'Three steps');
    mkdirSync(folder.checkpoints, { recursive: true });
    const prefix = (step: number): string => `model-${folder.record.id}.ckpt-${step}`;
    mkdirSync(join(folder.checkpoints, 'best'));
    await writeModel(join(folder.checkpoints, 'best', prefix(10)), 2);
    for (const step of [15, 20]) await writeModel(join(folder.checkpoints, prefix(step)), 2);
    await folder.update({
      state: 'done',
      best: { step: 10, accuracy: 0.987, checkpoint: `best/${prefix(10)}` },
      // As in a folder that was moved: the paths of the record are not there any more.
      directories: { logs: '/moved/away', models: '/moved/away/checkpoints' },
      checkpoint: { step: 20, prefix: prefix(20) },
    });
    (await extension()).library.refresh();
  });
  after(async () => {
    await forgetSettings();
    remove('models');
    remove('.facenet');
    const { library, runs } = await extension();
    library.refresh();
    runs.refresh();
  });

  it('shows the built-in model, models of the workspace and runs', async () => {
    assert.deepEqual(await labels(), [
      'Starter (dlib ResNet)|built in, 128 dimensions',
      '20991231-000000|models/20991231-000000',
      'broken|models/broken',
      'Three steps|best 98.7 %',
    ]);
  });

  it('shows the stages of the built-in model and their variables with shapes', async () => {
    const [starter] = await children();
    const stages = await labels(starter);
    assert.equal(stages[0]!.split('|')[0], 'Stem');
    assert.equal(stages.at(-1)!.split('|')[0], 'Bottleneck');
    const stem = (await children(starter))[0];
    assert.ok((await labels(stem)).includes('Stem/weights|[7, 7, 3, 32], 18.8 kB'));
  });

  it('reads the header of a checkpoint, in less than half a second', async () => {
    const began = performance.now();
    const [, model] = await children();
    const stages = await labels(model);
    assert.ok(performance.now() - began < promised(500));
    assert.equal(stages.at(-1), 'Logits|2 variables, 387 numbers');
    const logits = (await children(model)).at(-1);
    assert.deepEqual((await labels(logits)).sort(), ['Logits/biases|[3], 12 B', 'Logits/weights|[128, 3], 1.5 kB']);
  });

  it('shows the steps of a run with the best one marked', async () => {
    const trained = (await children()).at(-1);
    assert.deepEqual(await labels(trained), ['step 10|best', 'step 15|', 'step 20|']);
    const [best] = await children(trained);
    assert.equal((await labels(best)).at(-1), 'Logits|2 variables, 258 numbers');
  });

  it('says what is wrong with a file that is no checkpoint', async () => {
    const broken = (await children()).find((node) => node.kind === 'model' && node.path.endsWith('broken'));
    const rows = await labels(broken);
    assert.equal(rows.length, 1);
    assert.match(rows[0]!, /broken/);
  });

  it('adds a model by any of its files after reading it', async () => {
    const file = workspace('models/20991231-000000/model-20991231-000000.ckpt-7.index');
    const { value, notices } = await run<string>('facenet.addPretrainedModel', file);
    assert.equal(value, file, notices[0]?.text);
    assert.match(notices[0]!.text, /squeezenet, 128 dimensions/);
    assert.deepEqual(
      notices[0]!.actions.map(({ title }) => title),
      ['Fine-Tune…', 'Validate on LFW…'],
    );
    assert.equal(vscode.workspace.getConfiguration('facenet').get<string[]>('pretrainedModels')?.length, 1);
    await forgetSettings();
  });

  it('downloads a published model and adds it to the list', async () => {
    const name = '20180402-114759';
    const file = (end: string): { name: string; data: Buffer } => ({
      name: `${name}/model-${name}.ckpt-275.${end}`,
      data: readFileSync(workspace(`models/20991231-000000/model-20991231-000000.ckpt-7.${end}`)),
    });
    const archive = zipArchive([file('index'), file('data-00000-of-00001')]);
    const host = await startFileHost((request, response) => sendFile(request, response, archive));
    process.env['FACENET_DOWNLOAD_URL'] = host.url;
    try {
      const to = workspace('downloaded');
      const { value, notices } = await run<string>('facenet.downloadModel', { model: name, to });
      assert.equal(value, join(to, name), notices[0]?.text);
      assert.ok(existsSync(join(to, name, 'download.json')));
      assert.equal(vscode.workspace.getConfiguration('facenet').get<string[]>('pretrainedModels')?.length, 1);
    } finally {
      delete process.env['FACENET_DOWNLOAD_URL'];
      await host.close();
      await forgetSettings();
      remove('downloaded');
    }
  });

  it('refuses the web page that file hosts send instead of a large file', async () => {
    const page = write(
      'models/page/20180402-114759.pb',
      '<!DOCTYPE html><html>Google Drive - Virus scan warning</html>',
    );
    const { value, notices } = await run('facenet.addPretrainedModel', page);
    assert.equal(value, undefined);
    assert.equal(notices[0]!.level, 'error');
    assert.match(notices[0]!.text, /HTML|web page/i);
    assert.deepEqual(vscode.workspace.getConfiguration('facenet').get('pretrainedModels'), []);
  });

  it('shows a model in its tab: the header at once, statistics when they have been read', async () => {
    const path = workspace('models/20991231-000000');
    assert.equal((await run<string>('facenet.showCheckpoint', { model: path })).value, path);
    const { panels } = await extension();
    const panel = await showModel(panels, path);
    assert.equal(panel.title, '20991231-000000, step 7');
    assert.equal(panel.model.stages.at(-1)!.name, 'Logits');
    const statistics = await panel.statisticsRead();
    const known = panel.model.stages.flatMap((stage) => stage.variables);
    assert.equal(statistics?.length, known.length);
    assert.ok(statistics.every(({ count, zeros, nan }) => zeros === count && nan === 0));
    await eventually('the hydrate', () => panel.sent.includes('hydrateCheckpoint'));
  });

  it('compares two models and plans a training on a dataset, in the same tab', async () => {
    const path = workspace('models/20991231-000000');
    const [best] = await children((await children()).at(-1));
    assert.ok(best?.kind === 'checkpoint');
    const compared = await run<Record<string, number>>('facenet.compareCheckpoints', {
      model: path,
      other: best.prefix,
    });
    assert.equal(compared.notices.length, 0, compared.notices[0]?.text);
    assert.deepEqual([compared.value!['other-shape'], compared.value!['different']], [2, 0]);
    const dataset = writeDataset('plan-people', { Ada: 1, Grace: 1 });
    const planned = await run<Record<string, number>>('facenet.restorePlan', { model: path, dataset });
    assert.deepEqual(
      [planned.value!['new'], planned.value!['other-shape'], planned.value!['unused']],
      [0, 2, 0],
      planned.notices[0]?.text,
    );
    const alone = await run<Record<string, number>>('facenet.restorePlan', { model: path, dataset: null });
    assert.equal(alone.value!['unused'], 2);
    assert.equal((await extension()).panels.all.length, 1);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    remove('plan-people');
  });

  it('says why a model cannot be shown, compared or planned for', async () => {
    const path = workspace('models/20991231-000000');
    const shown = await run('facenet.showCheckpoint', { model: workspace('models/broken') });
    assert.match(shown.notices[0]!.text, /broken/);
    const compared = await run('facenet.compareCheckpoints', { model: path, other: workspace('models/nothing') });
    assert.match(compared.notices[0]!.text, /There is no model at .*nothing/);
    const planned = await run('facenet.restorePlan', { model: path, dataset: workspace('nowhere') });
    assert.match(planned.notices[0]!.text, /nowhere/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('is drawn in the window as the tree says', async function () {
    if (!hasOutside) skip(this, 'the window is looked at from outside');
    await outside('openSidebar', { name: 'FaceNet' });
    await outside('expand', { pane: 'Checkpoints', row: 'Three steps' });
    await eventually('the best step', async () =>
      (await outside<string[]>('rows', { pane: 'Checkpoints' })).some((row) => /step 10.*best/.test(row)),
    );
    await outside('screenshot', { name: 'checkpoints' });
  });

  // Last: the others count the steps of the run.
  it('moves a confirmed checkpoint to the trash, and refuses what is none of a run', async () => {
    const path = workspace('models/20991231-000000/model-20991231-000000.ckpt-7');
    const refused = await run('facenet.deleteCheckpoint', { prefix: path, confirmed: true });
    assert.match(refused.notices[0]!.text, /is no checkpoint of a run of this workspace/);
    assert.ok(existsSync(`${path}.index`));

    const trained = (await children()).at(-1);
    const node = (await children(trained)).find((child) => child.kind === 'checkpoint' && child.step === 15);
    assert.ok(node?.kind === 'checkpoint');
    const { prefix } = node;
    const { value, notices } = await run<string>('facenet.deleteCheckpoint', { prefix, confirmed: true });
    assert.equal(value, prefix, notices[0]?.text);
    assert.ok(!existsSync(`${prefix}.index`));
    assert.deepEqual(await labels(trained), ['step 10|best', 'step 20|']);
  });
});
