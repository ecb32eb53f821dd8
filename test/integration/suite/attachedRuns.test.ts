// A run in a folder outside of the workspace, which another machine writes.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { RunTab } from '../../../extension/runs/runPanel';
import { rowsOfRuns } from '../../../src/run/runRows';
import { trainRequestSchema } from '../../../src/protocol/job';
import { type RunFolder, createRunFolder } from '../../../src/run/runFolder';
import { extension, run, textOf } from '../fixtures';
import { writeModel } from '../models';
import { eventually } from '../outside';

describe('a run that lies elsewhere', () => {
  const shared = mkdtempSync(join(realpathSync(tmpdir()), 'facenet-shared-'));
  let far: RunFolder;

  /** Its rows in the Runs view: label, description and kind. */
  async function rows(): Promise<string[]> {
    const { trees } = await extension();
    const nodes = (await trees.runs.getChildren()).filter(({ folder }) => folder === far.path);
    return nodes.map((node) => {
      const item = trees.runs.getTreeItem(node);
      const { label, description } = textOf(item);
      return [label, description, item.contextValue].join('|');
    });
  }

  before(async () => {
    const config = {
      dataDir: '/cluster/people',
      phases: [{ name: 'c', trainableFrom: 'Logits', epochs: 1, learningRate: 0.1 }],
    };
    far = await createRunFolder(shared, trainRequestSchema.parse({ kind: 'train', config }), 'Far away');
    mkdirSync(far.checkpoints);
    const prefix = `model-${far.record.id}.ckpt-20`;
    await writeModel(join(far.checkpoints, prefix), 2);
    const worker = { pid: 1, startTime: 'then', hostname: 'node17.cluster', node: process.version };
    await far.update({ state: 'running', worker, checkpoint: { step: 20, prefix } });
    far.append({ type: 'progress', activity: 'Training c', done: 20, total: 40, unit: 'images' });
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const { runs } = await extension();
    await runs.attached.remove(far.path);
    runs.refresh();
    rmSync(shared, { recursive: true, force: true });
  });

  it('is attached by its folder, or the one that holds it alone, and opened', async () => {
    const wrong = await run('facenet.attachRun', join(shared, 'nothing', 'there'));
    assert.match(wrong.notices[0]!.text, /is no run folder/);
    assert.deepEqual(await rows(), []);
    const { value, notices } = await run<string>('facenet.attachRun', shared);
    assert.equal(value, far.path);
    assert.match(notices[0]!.text, /Far away is now in the Runs view/);
    const [row] = await rows();
    assert.match(row!, /^Far away\|running · .*attached\|run\.active\.attached$/);
    const { panels } = await extension();
    assert.ok(panels.all.some(({ state }) => state.kind === 'run' && (state as RunTab).folder === far.path));
    assert.deepEqual((await run('facenet.attachRun', far.path)).notices, [], 'a second time opens it');
    assert.equal((await rows()).length, 1);
  });

  it('is in the table, and its checkpoints in their view', async () => {
    const { runs, trees } = await extension();
    assert.ok(rowsOfRuns(await runs.list(), 0).some(({ folder }) => folder === far.path));
    const node = (await trees.checkpoints.getChildren()).find(
      (other) => other.kind === 'run' && other.folder === far.path,
    );
    assert.deepEqual(
      (await trees.checkpoints.getChildren(node)).map((child) => child.kind),
      ['checkpoint'],
    );
  });

  it('follows what the other machine writes, without an event of the file system', async () => {
    const { runs } = await extension();
    let told = 0;
    const listening = runs.onDidChange(() => told++);
    await far.update({ state: 'done' });
    await eventually('the change', () => told > 0);
    listening.dispose();
    assert.match((await rows())[0]!, /^Far away\|(?!running).*\|run\.attached$/);
  });

  it('can be named, and is not deleted from here', async () => {
    assert.deepEqual((await run('facenet.renameRun', { folder: far.path, name: 'Mine' })).value, [far.path]);
    assert.match((await rows())[0]!, /^Mine\|/);
    const refused = await run('facenet.deleteRun', { folder: far.path, confirmed: true });
    assert.match(refused.notices[0]!.text, /Mine lies outside of this workspace/);
    assert.ok(existsSync(far.recordFile));
  });

  it('has a row that says so when it is gone, and none once it is detached', async () => {
    renameSync(far.path, `${far.path}-away`);
    const [row] = await rows();
    assert.match(row!, /\|not there any more\|absentRun$/);
    assert.equal((await run('facenet.detachRun', { folder: far.path })).value, far.path);
    assert.deepEqual(await rows(), []);
    renameSync(`${far.path}-away`, far.path);
    assert.deepEqual(await rows(), []);
    assert.ok(existsSync(far.recordFile), 'nothing of it is touched');
    const again = await run('facenet.detachRun', { folder: far.path });
    assert.match(again.notices[0]!.text, /is not attached/);
  });
});
