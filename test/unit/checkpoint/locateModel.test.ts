import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeCheckpointState } from '../../../src/checkpoint/checkpointState';
import { locateModel } from '../../../src/checkpoint/locateModel';
import { openModel } from '../../../src/checkpoint/model';
import { writeCheckpoint } from '../../../src/checkpoint/writeCheckpoint';
import { UserError } from '../../../src/protocol/errors';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const root = temporaryFolder();
const weights = new Map([['w', { shape: [2], data: Float32Array.of(1, 2) }]]);
let folders = 0;

/** A folder with checkpoints of these names and other files of this content. */
async function folderWith(stems: readonly string[], files: Record<string, string | Buffer> = {}): Promise<string> {
  const folder = join(root, `folder${++folders}`);
  await mkdir(folder);
  for (const stem of stems) await writeCheckpoint(join(folder, stem), weights);
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

async function prefixOf(typed: string): Promise<string> {
  const located = await locateModel(typed);
  assert.equal(located.kind, 'checkpoint');
  return located.kind === 'checkpoint' ? located.prefix : '';
}

async function refused(typed: string, pattern: RegExp): Promise<void> {
  await assert.rejects(openModel(typed), (error: unknown) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.sentence, pattern);
    assert.ok(!error.message.includes('\n') && error.message.endsWith('.'));
    return true;
  });
}

test('a directory, a prefix and every file of a checkpoint mean the same', async () => {
  const stem = 'model-20180402-114759.ckpt-275';
  const folder = await folderWith([stem], { 'model-20180402-114759.meta': 'x' });
  const prefix = join(folder, stem);
  for (const typed of ['', stem, `${stem}.index`, `${stem}.data-00000-of-00001`, 'model-20180402-114759.meta']) {
    assert.equal(await prefixOf(join(folder, typed)), prefix, typed);
  }
  await writeCheckpointState(folder, [prefix]);
  assert.equal(await prefixOf(join(folder, 'checkpoint')), prefix);
  const model = await openModel(folder);
  assert.deepEqual([model.name, model.step], ['20180402-114759', 275]);
});

test('of several checkpoints the state file names one, else the largest step counts', async () => {
  const stems = ['model-a b.ckpt-9', 'model-a b.ckpt-10', 'model-a b.ckpt-8'];
  const folder = await folderWith(stems);
  assert.equal(await prefixOf(folder), join(folder, stems[1]!));
  // Written on another machine: only the base name counts.
  await writeFile(join(folder, 'checkpoint'), 'model_checkpoint_path: "C:\\\\models\\\\model-a b.ckpt-8"\n');
  assert.equal(await prefixOf(folder), join(folder, stems[2]!));
  await writeCheckpointState(folder, ['model-a b.ckpt-77']);
  await refused(folder, /names model-a b\.ckpt-77, which is not there.*model-a b\.ckpt-/);
});

test('folders that do not say which model is meant are refused', async () => {
  await refused(await folderWith(['model-a.ckpt-1', 'model-b.ckpt-1']), /holds several models/);
  await refused(await folderWith([], { 'a.pb': 'x', 'b.pb': 'x' }), /holds several models/);
  await refused(await folderWith([]), /holds no checkpoint and no frozen graph/);
  const outer = await folderWith([]);
  await mkdir(join(outer, 'inner'));
  await writeCheckpoint(join(outer, 'inner', 'model-a.ckpt-1'), weights);
  await refused(outer, /itself holds no model.*inner/);
});

test('a run folder means its checkpoints, also where they were put elsewhere', async () => {
  const run = await folderWith([], { 'run.json': '{}' });
  await refused(run, /has no checkpoint yet/);
  const models = await folderWith(['model-a.ckpt-1']);
  await writeFile(join(run, 'run.json'), JSON.stringify({ directories: { models, logs: 'x' } }));
  assert.equal(await prefixOf(run), join(models, 'model-a.ckpt-1'));
  await writeCheckpoint(join(run, 'checkpoints', 'model-a.ckpt-2'), weights);
  assert.equal(await prefixOf(run), join(run, 'checkpoints', 'model-a.ckpt-2'));
});

test('what people take for a model is called by its name', async () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n';
  const folder = await folderWith([], {
    'warning.pb': '<!DOCTYPE html><html><head><title>Google Drive - Virus scan warning</title>',
    'page.pb': '\n <HTML>',
    'pointer.pb': pointer,
    'model.zip': Buffer.from('PK\x03\x04rest'),
    'weights.h5': Buffer.from('\x89HDF\r\n', 'latin1'),
    'empty.pb': '',
    'v1.ckpt': Buffer.concat([Buffer.alloc(60), Buffer.from('57fb808b247547db', 'hex')]),
    'lost.data-00000-of-00001': 'x',
    'saved_model.pb': Buffer.from('0801', 'hex'),
  });
  await refused(join(folder, 'warning.pb'), /is a web page, not a model/);
  await refused(join(folder, 'page.pb'), /is a web page/);
  await refused(join(folder, 'pointer.pb'), /Git LFS pointer.*git lfs pull/);
  await refused(join(folder, 'model.zip'), /zip archive/);
  await refused(join(folder, 'weights.h5'), /HDF5/);
  await refused(join(folder, 'empty.pb'), /is empty/);
  await refused(join(folder, 'v1.ckpt'), /old V1 format/);
  await refused(join(folder, 'lost'), /lost\.index is missing/);
  await refused(join(folder, 'lost.data-00000-of-00001'), /lost\.index is missing/);
  await refused(join(folder, 'saved_model.pb'), /SavedModel/);
  await refused(join(folder, 'nothing'), /There is no model at/);
});
