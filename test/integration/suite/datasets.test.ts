import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { DatasetNode } from '../../../extension/datasets/datasetItems';
import { extension, forgetSettings, png, remove, run, workspace, write, writeDataset, textOf } from '../fixtures';
import { eventually, hasOutside, outside } from '../outside';
import { skip } from '../skip';

/** The rows of the view, once the datasets in them have been counted. */
async function counted(...expected: string[]): Promise<void> {
  let seen: string[] = [];
  await eventually(expected.join(), async () => (seen = await labels()).join() === expected.join()).catch(() =>
    assert.deepEqual(seen, expected),
  );
}

async function labels(node?: DatasetNode): Promise<string[]> {
  const { trees } = await extension();
  const children = await trees.datasets.getChildren(node);
  return children.map((child) => {
    const { label, description } = textOf(trees.datasets.getTreeItem(child));
    return `${label}|${description}`;
  });
}

async function child(name: string, node?: DatasetNode): Promise<DatasetNode> {
  const { trees } = await extension();
  const children = await trees.datasets.getChildren(node);
  const found = children.find((candidate) => trees.datasets.getTreeItem(candidate).label === name);
  assert.ok(found, `no row ${name}`);
  return found;
}

describe('Datasets view', () => {
  before(() => {
    writeDataset('people', { Ada_Lovelace: 3, Grace_Hopper: 2 });
    // Below the folders that are searched, so that only Add Dataset can know it.
    writeDataset('a/b/c/d/deep', { One: 1, Two: 1 });
  });
  after(async () => {
    await forgetSettings();
    remove('people');
    remove('a');
    (await extension()).library.refresh();
  });

  it('finds the datasets of the workspace by itself', async () => {
    (await extension()).library.refresh();
    await counted('people|2 people, 5 photographs');
  });

  it('answers with what came while it looked', async () => {
    const { library } = await extension();
    const paths = async (): Promise<string[]> => (await library.datasets()).map(({ path }) => path);
    library.refresh();
    const asked = paths();
    // At once, so that the first look is still on its way.
    writeDataset('latecomers', { One: 2, Two: 2 });
    library.refresh();
    try {
      assert.ok((await asked).includes(workspace('latecomers')));
    } finally {
      remove('latecomers');
      library.refresh();
    }
  });

  it('shows people with the number of their images, then the images', async () => {
    const people = await child('people');
    assert.deepEqual(await labels(people), ['Ada Lovelace|3', 'Grace Hopper|2']);
    const grace = await child('Grace Hopper', people);
    assert.deepEqual(await labels(grace), ['Grace_Hopper_0001.png|', 'Grace_Hopper_0002.png|']);
    const image = await child('Grace_Hopper_0001.png', grace);
    const { trees } = await extension();
    const item = await trees.datasets.resolveTreeItem(trees.datasets.getTreeItem(image), image);
    const hover = (item.tooltip as vscode.MarkdownString).value;
    assert.match(hover, /^!\[Grace\\_Hopper\\_0001\\\.png\]\(data:image\/jpeg;base64,[\w+/=]+\|width=160\)\n\npeople/);
    assert.equal(item.command?.command, 'vscode.open');
  });

  it('says in the hover why there is no picture, and shows none for a row that is not pointed at any more', async () => {
    const { trees } = await extension();
    const person = 'Ada_Lovelace';
    const node = (path: string): DatasetNode => ({ kind: 'image', dataset: workspace('people'), person, path });
    const hover = async (of: DatasetNode, token?: vscode.CancellationToken): Promise<string> => {
      const item = await trees.datasets.resolveTreeItem(trees.datasets.getTreeItem(of), of, token);
      return (item.tooltip as vscode.MarkdownString).value;
    };
    const notes = write('people/Ada_Lovelace/notes.jpg', 'not a picture');
    assert.match(await hover(node(notes)), /notes\\\.jpg is not an image\\, whatever its name says/);
    remove('people/Ada_Lovelace/notes.jpg');
    assert.match(await hover(node(notes)), /notes\\\.jpg is gone/);
    const picture = node(workspace('people', person, `${person}_0002.png`));
    const source = new vscode.CancellationTokenSource();
    const given = hover(picture, source.token);
    source.cancel();
    assert.doesNotMatch(await given, /data:image/);
    const older = hover(picture);
    const newer = hover(node(workspace('people', person, `${person}_0003.png`)));
    assert.doesNotMatch(await older, /data:image/);
    assert.match(await newer, /data:image/);
  });

  it('is drawn in the window as the tree says', async function () {
    if (!hasOutside) skip(this, 'the window is looked at from outside');
    await outside('openSidebar', { name: 'FaceNet' });
    await outside('expand', { pane: 'Datasets', row: 'people' });
    await outside('expand', { pane: 'Datasets', row: 'Ada Lovelace' });
    const rows = await eventually('six rows', async () => {
      const shown = await outside<string[]>('rows', { pane: 'Datasets' });
      return shown.length === 6 && shown;
    });
    assert.match(rows[1]!, /Ada_Lovelace, 3 images/);
    await outside('screenshot', { name: 'datasets' });
  });

  it('adds a dataset by path, relative to the workspace in the settings, and removes it again', async () => {
    const deep = workspace('a/b/c/d/deep');
    const { value, notices } = await run<string>('facenet.addDataset', deep);
    assert.equal(value, deep);
    assert.equal(notices[0]?.level, 'information');
    assert.deepEqual(
      notices[0]?.actions.map(({ title }) => title),
      ['Check Images', 'Align…'],
    );
    assert.deepEqual(vscode.workspace.getConfiguration('facenet').get('datasets'), ['a/b/c/d/deep']);
    await counted('deep|2 people, 2 photographs · a/b/c/d/deep', 'people|2 people, 5 photographs');
    const node = await child('deep');
    assert.equal((await extension()).trees.datasets.getTreeItem(node).contextValue, 'dataset.added');
    await run('facenet.removeDataset', node);
    assert.deepEqual(await labels(), ['people|2 people, 5 photographs']);
  });

  it('takes a Uri as well, and adds nothing twice', async () => {
    await run('facenet.addDataset', vscode.Uri.file(workspace('a/b/c/d/deep')));
    await run('facenet.addDataset', 'a/b/c/d/deep');
    assert.deepEqual(vscode.workspace.getConfiguration('facenet').get('datasets'), ['a/b/c/d/deep']);
    await forgetSettings();
  });

  it('says in one sentence that a path is no folder', async () => {
    const { value, notices } = await run('facenet.addDataset', workspace('nowhere'));
    assert.equal(value, undefined);
    assert.equal(notices.length, 1);
    assert.equal(notices[0]!.level, 'error');
    assert.match(notices[0]!.text, /nowhere is not a folder\. Choose the folder that holds/);
  });

  it('shows what is wrong with a folder that was added and is gone', async () => {
    const settings = vscode.workspace.getConfiguration('facenet');
    await settings.update('datasets', ['gone'], vscode.ConfigurationTarget.Workspace);
    const rows = await labels(await child('gone'));
    assert.equal(rows.length, 1);
    assert.match(rows[0]!, /There is no folder .*gone/);
    await forgetSettings();
  });

  it('flags what a check finds, on the dataset, the person and the file', async () => {
    write('people/Ada_Lovelace/notes.txt', 'not an image');
    write('people/Ada_Lovelace/tiny.png', png(4, 4, [200, 1, 1]));
    const { value, notices } = await run<number>('facenet.checkDataset', workspace('people'));
    assert.equal(value, 2, notices[0]?.text);
    assert.equal(notices[0]?.level, 'warning');
    const people = await child('people');
    assert.match((await labels()).join(), /2 problems/);
    assert.match((await labels(people)).join(), /Ada Lovelace\|5 · 2 problems/);
    const files = await labels(await child('Ada Lovelace', people));
    assert.ok(files.includes('notes.txt|not an image'), files.join());
    assert.ok(files.includes('tiny.png|too small'), files.join());
    if (hasOutside) await outside('screenshot', { name: 'problems' });
  });

  it('puts more than a thousand images of a person into groups, which tell where the problems are', async () => {
    for (let index = 0; index < 1001; index++) write(`flood/Ada/${String(index).padStart(4, '0')}.png`, '');
    write('flood/Grace/0000.png', png(32, 32, [3, 2, 1]));
    const { library, trees } = await extension();
    library.refresh();
    const flood = await child('flood');
    assert.deepEqual(await labels(flood), ['Ada|1,001', 'Grace|1']);
    const ada = await child('Ada', flood);
    assert.deepEqual(await labels(ada), ['0000.png – 0999.png|1,000 images', '1000.png – 1000.png|1 image']);
    const last = await child('1000.png – 1000.png', ada);
    assert.deepEqual(await labels(last), ['1000.png|']);
    await run('facenet.checkDataset', workspace('flood'));
    assert.equal(textOf(trees.datasets.getTreeItem(last)).description, '1 image · 1 problem');
    remove('flood');
    library.refresh();
  });

  it('answers nothing for a person that is collapsed while the folder is read', async () => {
    const { trees } = await extension();
    const ada = await child('Ada Lovelace', await child('people'));
    const listing = trees.datasets.getChildren(ada);
    trees.datasets.collapsed(ada);
    assert.deepEqual(await listing, []);
    assert.ok((await trees.datasets.getChildren(ada)).length > 0);
  });

  it('does no I/O for what is collapsed', async () => {
    const { trees } = await extension();
    // A dataset's row is made from its path alone: also for a path that does not exist.
    const item = trees.datasets.getTreeItem({ kind: 'dataset', path: join('/does/not', 'exist'), added: true });
    assert.equal(item.label, 'exist');
    assert.equal(item.collapsibleState, vscode.TreeItemCollapsibleState.Collapsed);
  });

  it('shows a check again that was made in an earlier window, as far as it still holds', async () => {
    const { DatasetChecks } = await import('../../../extension/datasets/datasetChecks');
    const { commandLine, log } = await extension();
    const people = workspace('people');
    await run('facenet.checkDataset', people);
    const recalled = async (): Promise<{ problems: number; outdated: boolean }> => {
      const later = new DatasetChecks(commandLine, log);
      try {
        await eventually('a check of an earlier window', () => later.of(people));
        return { problems: later.of(people)!.length, outdated: later.isOutdated(people) };
      } finally {
        later.dispose();
      }
    };
    await eventually('what is kept', () => existsSync(workspace('.facenet', 'index')));
    assert.deepEqual(await recalled(), { problems: 2, outdated: false });
    // Another file in the place of the one that was too small, and one more image.
    write('people/Ada_Lovelace/tiny.png', png(64, 64, [9, 1, 1]));
    write('people/Ada_Lovelace/another.png', png(32, 32, [9, 9, 1]));
    assert.deepEqual(await recalled(), { problems: 1, outdated: true });
    remove('people/Ada_Lovelace/another.png');
  });
});

describe('Folders that are copied into an open workspace', () => {
  before(() => {
    writeDataset('source/one', { Ada_Lovelace: 3, Grace_Hopper: 2 });
    writeDataset('here', { Rosa_Parks: 2, Marie_Curie: 2 });
  });
  after(async () => {
    for (const path of ['source', 'here', 'copied', 'large', 'filling']) remove(path);
    (await extension()).library.refresh();
  });

  const rows = async (): Promise<string[]> => (await labels()).map((row) => row.split('|')[0]!);

  it('a dataset is in the view within three seconds, and gone when it is removed', async () => {
    (await extension()).library.refresh();
    assert.ok(!(await rows()).includes('copied'));
    await cp(workspace('source', 'one'), workspace('copied'), { recursive: true });
    await eventually('the row of the dataset', async () => (await rows()).includes('copied'), 3000);
    remove('copied');
    await eventually('no row of the dataset', async () => !(await rows()).includes('copied'), 3000);
  });

  it('a dataset is in the view while it is still being copied', async () => {
    let more = true;
    const copying = (async () => {
      for (let person = 0; more; person++) {
        writeDataset('large', { [`Person_${String(person).padStart(4, '0')}`]: 2 });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    await eventually('the row of the dataset', async () => (await rows()).includes('large'), 5000).finally(() => {
      more = false;
    });
    await copying;
  });

  it('a person is in the window within three seconds, whether the dataset is open or not', async function () {
    if (!hasOutside) skip(this, 'the window is looked at from outside');
    const shown = async (): Promise<string> => (await outside<string[]>('rows', { pane: 'Datasets' })).join('\n');
    await outside('openSidebar', { name: 'FaceNet' });
    await eventually('the row of the dataset', async () => (await shown()).includes('here, 2 people, 4 photographs'));
    await cp(workspace('source', 'one', 'Ada_Lovelace'), workspace('here', 'Ada_Lovelace'), { recursive: true });
    await eventually('three people', async () => (await shown()).includes('here, 3 people, 7 photographs'), 3000);
    await outside('expand', { pane: 'Datasets', row: 'here' });
    await eventually('the person', async () => (await shown()).includes('Ada_Lovelace, 3 images'));
    await cp(workspace('source', 'one', 'Grace_Hopper'), workspace('here', 'Grace_Hopper'), { recursive: true });
    await eventually('the person', async () => (await shown()).includes('Grace_Hopper, 2 images'), 3000);
  });

  it('images that came into the folder of a person are counted when the list is made anew', async () => {
    const counted = async (images: number): Promise<boolean> =>
      (await labels()).some((row) => row.startsWith(`filling|2 people, ${images} photographs`));
    writeDataset('filling', { Ada_Lovelace: 2, Grace_Hopper: 2 });
    await eventually('four photographs', async () => counted(4));
    // What counts itself again after a copy has come to its end.
    await new Promise((resolve) => setTimeout(resolve, 4000));
    writeDataset('filling', { Ada_Lovelace: 5, Grace_Hopper: 2 });
    (await extension()).library.refresh();
    await eventually('seven photographs', async () => counted(7));
  });

  it('a filter shows the datasets that hold somebody like that, open, and no others', async function () {
    const { datasetFilter } = await extension();
    await cp(workspace('source', 'one'), workspace('copied'), { recursive: true });
    await eventually('the row of the dataset', async () => (await rows()).includes('copied'), 3000);
    try {
      await run('facenet.filterDatasets', 'rosa');
      assert.deepEqual(await rows(), ['here']);
      if (hasOutside) {
        const shown = async (): Promise<string[]> => outside<string[]>('rows', { pane: 'Datasets' });
        await eventually('two rows', async () =>
          /^here, [^,]+, [^,]+,Rosa_Parks, 2 images$/.exec((await shown()).join()),
        );
        await outside('screenshot', { name: 'filtered' });
      }
      await run('facenet.filterDatasets', 'nobody like that');
      assert.deepEqual(await rows(), ['Nobody fits the filter.']);
    } finally {
      await datasetFilter.set({ name: '', onlyProblems: false });
    }
    assert.ok((await rows()).includes('copied'));
  });

  it('faces are shown below the photographs that they were cut out of', async () => {
    const { library, trees } = await extension();
    const record = { version: 1, detector: 'starter', alignment: 'box', imageSize: 160, margin: 32 };
    const source = workspace('here');
    writeDataset('here_aligned_160', { Rosa_Parks: 2, Marie_Curie: 1 });
    const rest = { detectMultipleFaces: false, upright: true, source, createdAt: '2026-01-01T00:00:00Z' };
    write('here_aligned_160/alignment.json', JSON.stringify({ ...record, ...rest }));
    library.refresh();
    try {
      await eventually('counted', async () => (await labels()).some((row) => row.startsWith('here|4 people')));
      assert.ok(!(await rows()).includes('here_aligned_160'));
      const photographs = await child('here');
      const faces = 'here_aligned_160|2 people, 3 faces, 160 px';
      await eventually(faces, async () => (await labels(photographs))[0] === faces);
      const row = await child('here_aligned_160', photographs);
      assert.equal(trees.datasets.getTreeItem(row).contextValue, 'dataset.faces');
      assert.deepEqual(await labels(row), ['Marie Curie|1', 'Rosa Parks|2']);
    } finally {
      remove('here_aligned_160');
      library.refresh();
    }
  });
});
