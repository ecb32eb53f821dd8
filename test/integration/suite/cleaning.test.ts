import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { DatasetDrop } from '../../../extension/datasets/datasetDrop';
import { urisOf } from '../../../extension/inputs/uriList';
import type { GalleryPanel } from '../../../extension/gallery/galleryPanel';
import type { DatasetNode } from '../../../extension/datasets/datasetItems';
import { trainRequestSchema } from '../../../src/protocol/job';
import { createRunFolder, runsDirectory } from '../../../src/run/runFolder';
import { extension, forgetSettings, png, remove, run, textOf, workspace, write, writeDataset } from '../fixtures';
import { eventually, hasOutside, outside } from '../outside';
import { skip } from '../skip';

async function rows(node?: DatasetNode): Promise<{ node: DatasetNode; item: vscode.TreeItem }[]> {
  const { trees } = await extension();
  return (await trees.datasets.getChildren(node)).map((child) => ({
    node: child,
    item: trees.datasets.getTreeItem(child),
  }));
}

async function dataset(): Promise<DatasetNode> {
  return (await rows()).find(({ item }) => item.label === 'crowd')!.node;
}

describe('Clean Dataset', () => {
  before(async () => {
    writeDataset('crowd', { Ada_Lovelace: 3, Grace_Hopper: 2 });
    (await extension()).library.refresh();
  });
  beforeEach(() => {
    write('crowd/Ada_Lovelace/notes.txt', 'not an image');
    write('crowd/Ada_Lovelace/zz_twin.png', readFileSync(workspace('crowd/Ada_Lovelace/Ada_Lovelace_0001.png')));
  });
  after(async () => {
    await forgetSettings();
    for (const path of ['crowd', 'crowd_removed', 'crowd-lfw', 'dropped']) remove(path);
    (await extension()).library.refresh();
  });

  it('moves what is no image beside the dataset and leaves duplicates, unless they are asked for', async () => {
    const path = workspace('crowd');
    const first = await run<string[]>('facenet.cleanDataset', { dataset: path, action: 'move' });
    assert.deepEqual(first.value, [join(path, 'Ada_Lovelace', 'notes.txt')], first.notices[0]?.text);
    assert.ok(existsSync(workspace('crowd_removed/Ada_Lovelace/notes.txt')));
    const twin = join(path, 'Ada_Lovelace', 'zz_twin.png');
    assert.ok(existsSync(twin));
    const { checks } = await extension();
    assert.equal(checks.ofPath(path, first.value[0]!).length, 0, 'its flag is gone');
    assert.equal(checks.ofPath(path, twin)[0]?.kind, 'duplicate');
    remove('crowd_removed');
    write('crowd/Ada_Lovelace/notes.txt', 'not an image');
    const second = await run<string[]>('facenet.cleanDataset', { dataset: path, action: 'move', duplicates: true });
    assert.equal(second.value?.length, 2);
    assert.ok(!existsSync(twin) && existsSync(workspace('crowd/Ada_Lovelace/Ada_Lovelace_0001.png')));
    const third = await run<string[]>('facenet.cleanDataset', path);
    assert.deepEqual(third.value, []);
    assert.match(third.notices[0]!.text, /Every file of crowd is an image/);
  });

  it('overwrites nothing, and moves into no dataset', async () => {
    const path = workspace('crowd');
    write('crowd_removed/Ada_Lovelace/notes.txt', 'mine');
    const taken = await run('facenet.cleanDataset', { dataset: path, action: 'move' });
    assert.match(taken.notices[0]!.text, /notes\.txt .*could not be moved/);
    assert.equal(readFileSync(workspace('crowd_removed/Ada_Lovelace/notes.txt'), 'utf8'), 'mine');
    assert.ok(existsSync(workspace('crowd/Ada_Lovelace/notes.txt')));
    const inside = await run('facenet.cleanDataset', { dataset: path, action: 'move', to: join(path, 'x') });
    assert.match(inside.notices[0]!.text, /lies inside the dataset itself/);
    const gone = await run('facenet.cleanDataset', { dataset: workspace('gone'), action: 'move' });
    assert.match(gone.notices[0]!.text, /There is no folder/);
  });

  it('flags people of LFW, and says what to do', async () => {
    mkdirSync(workspace('crowd-lfw/ada lovelace'), { recursive: true });
    const settings = vscode.workspace.getConfiguration('facenet');
    await settings.update('lfw', 'crowd-lfw', vscode.ConfigurationTarget.Workspace);
    await run('facenet.checkDataset', workspace('crowd'));
    const ada = (await rows(await dataset())).find(({ item }) => item.label === 'Ada Lovelace')!;
    assert.match(ada.item.tooltip as string, /also in LFW as ada lovelace.* Leave this person out/);
    assert.match(ada.item.accessibilityInformation!.label, /problems/);
    await settings.update('lfw', 'nowhere', vscode.ConfigurationTarget.Workspace);
    const { notices } = await run('facenet.checkDataset', workspace('crowd'));
    assert.match(notices[0]!.text, /nowhere cannot be read/);
    await settings.update('lfw', undefined, vscode.ConfigurationTarget.Workspace);
  });

  it('shows a dataset and a person as galleries, one tab each', async () => {
    const { panels } = await extension();
    const all = await run<number>('facenet.showGallery', workspace('crowd'));
    assert.equal(all.value, 7, all.notices[0]?.text);
    const grace = (await rows(await dataset())).find(({ item }) => item.label === 'Grace Hopper')!;
    assert.equal((await run<number>('facenet.showGallery', grace.node)).value, 2);
    assert.equal((await run<number>('facenet.showGallery', grace.node)).value, 2);
    const open = panels.all.filter(({ title }) => title === 'Grace_Hopper');
    assert.equal(open.length, 1);
    await eventually('the hydrate', () => open[0]!.sent.includes('hydrateGallery'));
    if (hasOutside) {
      await eventually(
        'the pictures',
        async () => (await outside<number>('webviewCount', { selector: '.thumbnail' })) > 0,
      );
      await outside('screenshot', { name: 'gallery' });
    }
    assert.match((await run('facenet.showGallery', workspace('gone'))).notices[0]!.text, /There is no folder/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('shows in an open gallery what comes into its people and what goes', async () => {
    const { panels } = await extension();
    // The folders are as new as their pictures: the window has had no time to watch them.
    write('fresh/Ada/one.png', png(32, 32, [1, 2, 3]));
    await run<number>('facenet.showGallery', workspace('fresh'));
    const panel = panels.all.find(({ title }) => title === 'fresh') as GalleryPanel;
    const shows = (...paths: string[]) =>
      eventually(paths.join(', '), () => panel.images.map(({ path }) => path).join() === paths.join());
    await shows('Ada/one.png');
    write('fresh/Ada/two.png', png(32, 32, [3, 2, 1]));
    await shows('Ada/one.png', 'Ada/two.png');
    write('fresh/Grace/one.png', png(32, 32, [5, 5, 5]));
    await shows('Ada/one.png', 'Ada/two.png', 'Grace/one.png');
    remove('fresh/Ada/one.png');
    await shows('Ada/two.png', 'Grace/one.png');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    remove('fresh');
  });

  it('shows a photograph the way round that is trained on', async function () {
    if (!hasOutside) skip(this, 'the page is looked at from outside');
    // 16×8 pixels, and an EXIF segment that asks to turn them: orientation 6.
    const turned =
      '/9j/4QAiRXhpZgAASUkqAAgAAAABABIBAwABAAAABgAAAAAAAAD/2wBDACgoKCgrKC0yMi0/RDxEP11VTk5VXYxkbGRsZIzVhZuFhZuF1bzkua' +
      '255Lz//+vr////////////////////////2wBDASgoKCgrKC0yMi0/RDxEP11VTk5VXYxkbGRsZIzVhZuFhZuF1bzkua255Lz//+vr////////' +
      '////////////////wgARCAAIABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAUAQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAA' +
      'IQAxAAAACQP//EABQQAQAAAAAAAAAAAAAAAAAAABD/2gAIAQEAAT8AP//EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQIBAT8Af//EABQRAQAA' +
      'AAAAAAAAAAAAAAAAAAD/2gAIAQMBAT8Af//Z';
    write('turned/Ada/photo.jpg', Buffer.from(turned, 'base64'));
    await run<number>('facenet.showGallery', workspace('turned'));
    const size = await eventually('the picture', () =>
      outside<string | false>('webviewImageSize', { selector: '.thumbnail img' }),
    );
    assert.equal(size, '16×8');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    remove('turned');
  });

  it('makes small pictures for a gallery of what a page cannot show', async () => {
    const { panels } = await extension();
    // A bitmap has no compression: this one is 480 kB, more than a cell loads by itself.
    const bitmap = Buffer.alloc(54 + 400 * 300 * 4, 90);
    bitmap.fill(0, 0, 54).write('BM');
    const header: [at: number, value: number][] = [
      [10, 54],
      [14, 40],
      [18, 400],
      [22, 300],
      [26, 1 + (32 << 16)],
    ];
    for (const [at, value] of header) bitmap.writeUInt32LE(value, at);
    write('shots/Ada/large.bmp', bitmap);
    write('shots/Ada/notes.txt', 'not an image');
    write('shots/Ada/small.png', png(32, 32, [9, 9, 9]));
    const { value, notices } = await run<number>('facenet.showGallery', workspace('shots'));
    assert.equal(value, 3, notices[0]?.text);
    const panel = panels.all.find(({ title }) => title === 'shots') as GalleryPanel;
    const needy = panel.images.filter(({ thumbnail }) => thumbnail === true).map(({ path }) => path);
    assert.deepEqual(needy, ['Ada/large.bmp', 'Ada/notes.txt']);
    await eventually('the thumbnails', () => panel.sent.includes('thumbnails'));
    if (hasOutside) {
      const selector = '.thumbnail img[src^="data:image/jpeg"]';
      await eventually('the picture', async () => (await outside<number>('webviewCount', { selector })) === 1);
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    remove('shots');
  });

  it('offers to take away a row that cannot be used', async () => {
    await run('facenet.checkDataset', workspace('crowd'));
    const ada = (await rows(await dataset())).find(({ item }) => item.label === 'Ada Lovelace')!;
    const kinds = new Map((await rows(ada.node)).map(({ item }) => [item.label, item.contextValue]));
    assert.equal(kinds.get('notes.txt'), 'image.unusable');
    assert.equal(kinds.get('Ada_Lovelace_0002.png'), 'image');
  });

  it('filters by name and by problems', async () => {
    await run('facenet.filterDatasets', 'grace h');
    assert.deepEqual(
      (await rows(await dataset())).map(({ item }) => item.label),
      ['Grace Hopper'],
    );
    await run('facenet.filterDatasets', 'nobody');
    assert.deepEqual(
      (await rows()).map(({ item }) => item.label),
      ['Nobody fits the filter.'],
    );
    await run('facenet.filterDatasets', '');
    await run('facenet.checkDataset', workspace('crowd'));
    await run('facenet.showOnlyProblems');
    assert.deepEqual(
      (await rows(await dataset())).map(({ item }) => item.label),
      ['Ada Lovelace'],
    );
    await run('facenet.clearDatasetFilter');
    assert.equal((await rows(await dataset())).length, 2);
  });

  it('puts more than 200 people into groups', async () => {
    const many: Record<string, number> = {};
    for (let index = 0; index < 210; index++) many[`Person_${String(index).padStart(3, '0')}`] = 1;
    writeDataset('dropped', many);
    const groups = await rows({ kind: 'dataset', path: workspace('dropped'), added: false });
    assert.deepEqual(
      groups.map(({ item }) => textOf(item)),
      [
        { label: 'Person 000 – Person 199', description: '200 people' },
        { label: 'Person 200 – Person 209', description: '10 people' },
      ],
    );
    assert.equal(textOf((await rows(groups[1]!.node))[0]!.item).description, '1');
  });

  it('adds a folder that is dropped on it', async () => {
    const uri = vscode.Uri.file(workspace('crowd-lfw'));
    const transfer = new vscode.DataTransfer();
    transfer.set('text/uri-list', new vscode.DataTransferItem(`${uri.toString()}\r\n`));
    await new DatasetDrop().handleDrop(undefined, transfer);
    assert.deepEqual(vscode.workspace.getConfiguration('facenet').get('datasets'), ['crowd-lfw']);
    assert.deepEqual(
      urisOf('# comment\r\nfile:///a%20b\n').map(({ path }) => path),
      ['/a b'],
    );
  });
});

describe('folders of runs', () => {
  after(async () => {
    remove('.facenet');
    (await extension()).runs.refresh();
  });

  it('refuses what is no run and what is running; asks for nothing that was confirmed', async () => {
    write('crowd-x.png', png(2, 2, [0, 0, 0]));
    assert.match((await run('facenet.deleteRun', workspace())).notices[0]!.text, /is not a run folder/);
    assert.match((await run('facenet.openRunFolder', workspace())).notices[0]!.text, /is not a run folder/);
    remove('crowd-x.png');
    const config = {
      dataDir: workspace('people'),
      phases: [{ name: 'classifier', trainableFrom: 'Logits', epochs: 2, learningRate: 0.1 }],
    };
    const request = trainRequestSchema.parse({ kind: 'train', config });
    const folder = await createRunFolder(runsDirectory(workspace()), request, 'To be deleted');
    const refused = await run('facenet.deleteRun', { folder: folder.path, confirmed: true });
    assert.match(refused.notices[0]!.text, /is starting and cannot be deleted\. Stop it first/);
    await folder.update({ state: 'stopped', finishedAt: new Date().toISOString() });
    assert.equal((await run<string>('facenet.openRunFolder', folder.path)).value, folder.path);
    const { value, notices } = await run<string[]>('facenet.deleteRun', { folder: folder.path, confirmed: true });
    assert.deepEqual(value, [folder.path], notices[0]?.text);
    assert.ok(!existsSync(folder.path));
  });
});
