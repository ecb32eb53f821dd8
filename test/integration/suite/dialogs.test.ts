// Commands that ask in a dialog before they touch files: Cancel leaves everything as it is, the button does what it says,
// and on a machine where VS Code has no trash what goes there can be taken back too.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { trainRequestSchema } from '../../../src/protocol/job';
import { type RunFolder, createRunFolder, runsDirectory } from '../../../src/run/runFolder';
import { type Answered, answer } from '../answer';
import { extension, forgetSettings, remove, workspace, write, writeDataset } from '../fixtures';
import { writeModel } from '../models';

/** All of it is gone, and where it lies is said where VS Code has no trash. */
function trashed<T>({ value, notices }: Answered<T>, paths: readonly string[]): void {
  assert.notEqual(value, undefined, notices[0]?.text);
  assert.deepEqual(
    paths.map((path) => existsSync(path)),
    paths.map(() => false),
  );
  assert.equal(notices.length, 1);
  const { level, text } = notices[0]!;
  assert.equal(level, 'information', text);
  const place = / moved to (.*): VS Code has no trash on this machine\.$/.exec(text)?.[1];
  if (place === undefined) assert.match(text, / moved to the trash\.$/);
  else assert.ok(existsSync(place), text);
}

describe('dialogs', () => {
  let trained: RunFolder;

  before(async () => {
    writeDataset('asked', { Ada_Lovelace: 4, Grace_Hopper: 4, Mary_Somerville: 4 });
    const config = {
      dataDir: workspace('asked'),
      phases: [{ name: 'classifier', trainableFrom: 'Logits', epochs: 1, learningRate: 0.1 }],
    };
    const request = trainRequestSchema.parse({ kind: 'train', config });
    trained = await createRunFolder(runsDirectory(workspace()), request, 'Asked about');
    mkdirSync(trained.checkpoints, { recursive: true });
    for (const step of [15, 20])
      await writeModel(join(trained.checkpoints, `model-${trained.record.id}.ckpt-${step}`), 2);
    const checkpoint = { step: 20, prefix: `model-${trained.record.id}.ckpt-20` };
    await trained.update({ state: 'stopped', finishedAt: new Date().toISOString(), checkpoint });
    const { library, runs } = await extension();
    runs.refresh();
    library.refresh();
  });
  after(async () => {
    await forgetSettings();
    for (const path of ['asked', 'asked_removed', 'asked-models', 'asked-pairs.txt', '.facenet']) remove(path);
    const { library, runs } = await extension();
    runs.refresh();
    library.refresh();
  });

  it('Clean Dataset lists the files; Cancel keeps them, Move and Move to Trash do what they say', async () => {
    const dataset = workspace('asked');
    const file = write('asked/Ada_Lovelace/notes.txt', 'not an image');
    const cancelled = await answer<string[]>('Cancel', 'facenet.cleanDataset', dataset);
    assert.match(cancelled.question, /Take 1 file out of asked\?[\s\S]*asked_removed[\s\S]*notes\.txt/);
    assert.deepEqual([cancelled.value, cancelled.notices], [undefined, []]);
    assert.ok(existsSync(file) && !existsSync(workspace('asked_removed')));

    const moved = await answer<string[]>('Move', 'facenet.cleanDataset', dataset);
    assert.deepEqual(moved.value, [file], moved.notices[0]?.text);
    assert.equal(readFileSync(workspace('asked_removed/Ada_Lovelace/notes.txt'), 'utf8'), 'not an image');
    assert.ok(!existsSync(file));

    write('asked/Ada_Lovelace/notes.txt', 'not an image either');
    trashed(await answer<string[]>('Move to Trash', 'facenet.cleanDataset', dataset), [file]);
  });

  it('Delete Checkpoint says that Resume needs it; Cancel keeps it', async () => {
    const prefix = join(trained.checkpoints, `model-${trained.record.id}.ckpt-20`);
    const files = ['index', 'data-00000-of-00001'].map((end) => `${prefix}.${end}`);
    const cancelled = await answer<string>('Cancel', 'facenet.deleteCheckpoint', { prefix });
    assert.match(cancelled.question, /Delete the checkpoint of step 20\?[\s\S]*goes on from step 15/);
    assert.deepEqual([cancelled.value, cancelled.notices], [undefined, []]);
    assert.ok(files.every((file) => existsSync(file)));
    trashed(await answer<string>('Move to Trash', 'facenet.deleteCheckpoint', { prefix }), files);
    assert.ok(existsSync(`${prefix.replace(/20$/, '15')}.index`), 'the others stay');
  });

  it('Generate Verification Pairs replaces a file only where that is wanted', async () => {
    const out = write('asked-pairs.txt', 'mine');
    const options = { dir: workspace('asked'), apartFrom: null, folds: 2, pairsPerFold: 2, out };
    const cancelled = await answer<string>('Cancel', 'facenet.generatePairs', options);
    assert.match(cancelled.question, /asked-pairs\.txt exists already\. Replace it\?/);
    assert.deepEqual([cancelled.value, cancelled.notices], [undefined, []]);
    assert.equal(readFileSync(out, 'utf8'), 'mine');
    const replaced = await answer<string>('Replace', 'facenet.generatePairs', options);
    assert.equal(replaced.value, out, replaced.notices[0]?.text);
    assert.match(readFileSync(out, 'utf8'), /^2\t2\n/);
  });

  it('Download Pretrained Model leaves a model that is there alone, or only adds it', async () => {
    const model = '20180402-114759';
    const to = workspace('asked-models');
    mkdirSync(join(to, model), { recursive: true });
    await writeModel(join(to, model, `model-${model}.ckpt-275`), 2);
    const known = (): unknown[] | undefined =>
      vscode.workspace.getConfiguration('facenet').get<unknown[]>('pretrainedModels');
    // Nobody answers there: a download would be seen as its failure.
    process.env['FACENET_DOWNLOAD_URL'] = 'http://127.0.0.1:9';
    try {
      const cancelled = await answer<string>('Cancel', 'facenet.downloadModel', { model, to });
      assert.match(cancelled.question, /20180402-114759 is there already\./);
      assert.deepEqual([cancelled.value, cancelled.notices, known()], [undefined, [], []]);
      const added = await answer<string>('Add to List', 'facenet.downloadModel', { model, to });
      assert.equal(added.value, join(to, model), added.notices[0]?.text);
      assert.equal(known()?.length, 1);
    } finally {
      delete process.env['FACENET_DOWNLOAD_URL'];
    }
  });

  // Last: it takes the folder of the run with it.
  it('Delete Run says what goes with it; Cancel keeps it', async () => {
    const cancelled = await answer<string[]>('Cancel', 'facenet.deleteRun', trained.path);
    assert.match(cancelled.question, /Delete the run Asked about\?[\s\S]*checkpoints in .* go with it/);
    assert.deepEqual([cancelled.value, cancelled.notices], [undefined, []]);
    assert.ok(existsSync(join(trained.path, 'run.json')));
    trashed(await answer<string[]>('Move to Trash', 'facenet.deleteRun', trained.path), [
      join(trained.path, 'run.json'),
    ]);
  });
});
