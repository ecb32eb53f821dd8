import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { DatasetNode } from '../../../extension/datasets/datasetItems';
import { extension, forgetSettings, png, remove, run, workspace, write, writeDataset, textOf } from '../fixtures';
import { eventually, hasOutside, outside } from '../outside';
import { skip } from '../skip';

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
    assert.deepEqual(await labels(), ['people|']);
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
    assert.deepEqual((await labels()).sort(), ['deep|a/b/c/d/deep', 'people|']);
    const node = await child('deep');
    assert.equal((await extension()).trees.datasets.getTreeItem(node).contextValue, 'dataset.added');
    await run('facenet.removeDataset', node);
    assert.deepEqual(await labels(), ['people|']);
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
});
