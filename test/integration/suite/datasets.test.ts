import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { DatasetNode } from '../../../extension/trees/datasetsTree';
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
    assert.deepEqual(await labels(), ['people|people']);
  });

  it('shows people with the number of their images, then the images', async () => {
    const people = await child('people');
    assert.deepEqual(await labels(people), ['Ada Lovelace|3', 'Grace Hopper|2']);
    const grace = await child('Grace Hopper', people);
    assert.deepEqual(await labels(grace), ['Grace_Hopper_0001.png|', 'Grace_Hopper_0002.png|']);
    const image = await child('Grace_Hopper_0001.png', grace);
    const { trees } = await extension();
    const item = trees.datasets.resolveTreeItem(trees.datasets.getTreeItem(image), image);
    assert.match((item.tooltip as vscode.MarkdownString).value, /!\[.*\]\(file:\/\/\/.*Grace_Hopper_0001\.png/);
    assert.equal(item.command?.command, 'vscode.open');
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
    assert.deepEqual((await labels()).sort(), ['deep|a/b/c/d/deep', 'people|people']);
    const node = await child('deep');
    assert.equal((await extension()).trees.datasets.getTreeItem(node).contextValue, 'dataset.added');
    await run('facenet.removeDataset', node);
    assert.deepEqual(await labels(), ['people|people']);
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

  it('does no I/O for what is collapsed', async () => {
    const { trees } = await extension();
    // A dataset's row is made from its path alone: also for a path that does not exist.
    const item = trees.datasets.getTreeItem({ kind: 'dataset', path: join('/does/not', 'exist'), added: true });
    assert.equal(item.label, 'exist');
    assert.equal(item.collapsibleState, vscode.TreeItemCollapsibleState.Collapsed);
  });
});
