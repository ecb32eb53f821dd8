import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extension, forgetSettings, remove, run, workspace, write, writeAligned, writeDataset } from '../fixtures';
import { eventually, hasOutside, outside } from '../outside';
import { skip } from '../skip';

/** The one error notification that a command shows instead of throwing. */
async function refusal(id: string, argument?: unknown): Promise<string> {
  const { value, notices } = await run(id, argument);
  assert.equal(value, undefined);
  assert.deepEqual(
    notices.map(({ level }) => level),
    ['error'],
  );
  return notices[0]!.text;
}

describe('commands say what is wrong', () => {
  before(() => {
    writeDataset('faces', { Ada: 2, Grace: 2 });
    writeDataset('alone', { Ada: 2 });
    write('faces-pairs.txt', '1\nAda 1 2\nAda 1 Grace 1\n');
  });
  after(async () => {
    await forgetSettings();
    for (const path of ['faces', 'alone', 'faces-pairs.txt', '.facenet']) remove(path);
    (await extension()).runs.refresh();
  });

  it('Fine-Tune: a folder that is not there, one person, an unknown preset, a wrong option', async () => {
    assert.match(await refusal('facenet.fineTune', workspace('nowhere')), /There is no folder .*nowhere/);
    assert.match(await refusal('facenet.fineTune', workspace('alone')), /one person only/);
    const dataDir = workspace('faces');
    assert.match(
      await refusal('facenet.fineTune', { dataDir, model: 'starter', preset: 'x', lfw: null }),
      /no preset "x"/,
    );
    const wrong = { dataDir, model: 'starter', preset: 'classifier', lfw: null, config: { batchSize: 0 } };
    assert.match(await refusal('facenet.fineTune', wrong), /config\.batchSize/);
  });

  it('Align Dataset: into the dataset itself, an image size that is none', async () => {
    const inputDir = workspace('faces');
    const inside = { inputDir, outputDir: workspace('faces/out'), imageSize: 150 };
    assert.match(await refusal('facenet.alignDataset', inside), /cannot be written into the dataset itself/);
    const size = { inputDir, outputDir: workspace('out'), imageSize: -1 };
    assert.match(await refusal('facenet.alignDataset', size), /imageSize/);
  });

  it('Validate on LFW: an option out of range', async () => {
    const options = { model: 'starter', dir: workspace('faces'), pairs: workspace('faces-pairs.txt'), folds: 1 };
    assert.match(await refusal('facenet.validateOnLfw', options), /lfw\.folds/);
  });

  it('Create Demo Workspace: a folder with something in it', async () => {
    assert.match(await refusal('facenet.createDemoWorkspace', workspace()), /is not empty .* Choose an empty folder/);
  });

  it('Show Metrics and Resume: a folder that is no run, no run at all', async () => {
    assert.match(await refusal('facenet.showMetrics', workspace('faces')), /is not a run folder/);
    assert.match(await refusal('facenet.resume', workspace('faces')), /is not a run folder/);
  });

  it('a Node that the setting names and that is none, with the run recorded as failed', async () => {
    const settings = vscode.workspace.getConfiguration('facenet');
    await settings.update('nodePath', '/does/not/exist/node', vscode.ConfigurationTarget.Workspace);
    const options = { dataDir: workspace('faces'), model: 'starter', preset: 'classifier', lfw: null };
    assert.match(await refusal('facenet.fineTune', options), /\/does\/not\/exist\/node.*setting facenet\.nodePath/);
    await settings.update('nodePath', undefined, vscode.ConfigurationTarget.Workspace);
    const [listed] = await (await extension()).runs.list();
    assert.equal(listed?.record.state, 'failed');
    assert.match(listed.record.error!.message, /facenet\.nodePath/);
  });

  it('Stop is not offered while nothing runs', async function () {
    if (!hasOutside) skip(this, 'the palette is looked at from outside');
    await assert.rejects(outside('palette', { title: 'FaceNet: Stop', timeout: 3000 }), /does not offer/);
    await outside('key', { key: 'Escape' });
  });
});

describe('commands ask for what is missing', () => {
  before(() => {
    writeAligned('faces', { Ada: 2, Grace: 2 });
    write('faces-pairs.txt', '1\nAda 1 2\nAda 1 Grace 1\n');
  });
  after(async () => {
    for (const path of ['faces', 'faces-pairs.txt']) remove(path);
    (await extension()).library.refresh();
  });

  it('Fine-Tune leads through data, model, phases and validation; Escape leaves without a run', async function () {
    if (!hasOutside) skip(this, 'questions are answered from outside');
    (await extension()).library.refresh();
    const before = (await (await extension()).runs.list()).length;
    const asked = vscode.commands.executeCommand('facenet.fineTune');
    await outside('pick', { text: 'faces' });
    await eventually('the question for a name', async () => (await outside<string>('quickTitle')).includes('(2/6)'));
    assert.equal(await outside<string>('quickValue'), 'faces');
    await outside('screenshot', { name: 'fine-tune-name' });
    await outside('key', { key: 'Enter' });
    await eventually('the question for a model', async () => (await outside<string>('quickTitle')).includes('(3/6)'));
    await outside('pick', { text: 'Starter' });
    await eventually('the question for phases', async () => (await outside<string>('quickTitle')).includes('(4/6)'));
    await outside('screenshot', { name: 'fine-tune-phases' });
    await outside('pick', { text: 'Quick' });
    await eventually('what it is measured on', async () => (await outside<string>('quickTitle')).includes('(5/6)'));
    await outside('screenshot', { name: 'fine-tune-measure' });
    await outside('pick', { text: 'Choose faces and a pairs file' });
    await outside('pick', { text: 'faces' });
    await outside('screenshot', { name: 'fine-tune-pairs' });
    await outside('key', { key: 'Escape' });
    assert.equal(await asked, undefined);
    assert.equal((await (await extension()).runs.list()).length, before);
  });

  it('Align Dataset proposes a folder beside the photographs', async function () {
    if (!hasOutside) skip(this, 'questions are answered from outside');
    const asked = vscode.commands.executeCommand('facenet.alignDataset', workspace('faces'));
    await outside('pick', { text: 'Landmarks, 150 pixels' });
    await eventually('the question for a folder', async () => (await outside<string>('quickTitle')).includes('(3/3)'));
    await outside('screenshot', { name: 'align-output' });
    assert.match(await outside<string>('quickValue'), /faces_aligned_150$/);
    await outside('key', { key: 'Escape' });
    assert.equal(await asked, undefined);
  });
});
