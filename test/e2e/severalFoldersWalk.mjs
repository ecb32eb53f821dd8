// A workspace of two folders: both are looked into, and a run lands in the one that its data lie in.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { happens, runsIn, until } from './host/polling.mjs';
import { openWorkbench } from './host/workbench.mjs';
import { within } from '../fixtures/deadlines.mjs';

const folders = ['first one', 'Zweiter „Ordner“'];

class SeveralFoldersWalk {
  constructor({ browser, server, sandbox, root }) {
    Object.assign(this, { browser, server, sandbox, root, pictures: join(root, 'build', 'screenshots') });
    this.folder = join(sandbox.dir, 'several');
  }

  async picture(name) {
    await this.window.screenshot(join(this.pictures, `${name}.png`));
  }

  async evidence() {
    if (this.window === undefined) return;
    await this.picture('failure-several-folders');
    console.log(`        said: ${(await this.window.notifications()).join(' | ')}`);
  }

  layOut() {
    const drawn = join(this.folder, '..', 'drawn for several');
    const cli = join(this.root, 'dist', 'cli.cjs');
    const options = ['--draw_only', '--people', '4', '--photographs', '4', '--output_dir', drawn];
    execFileSync(process.execPath, [cli, 'demo', ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
    for (const [index, name] of folders.entries()) {
      const folder = join(this.folder, name);
      cpSync(join(drawn, 'photos', 'train'), join(folder, 'people'), { recursive: true });
      mkdirSync(join(folder, `model ${index + 1}`));
      writeFileSync(join(folder, `model ${index + 1}`, 'graph.pb'), 'no graph');
    }
  }

  /**
   * VS Code itself, in a browser that has had other windows before, sometimes opens a file of a workspace without its
   * folders: its Explorer says so too. Such a window is left, and another file opened, which asks for trust anew.
   */
  async openBoth() {
    for (const name of ['both', 'both again', 'both at last']) {
      const file = join(this.folder, `${name}.code-workspace`);
      writeFileSync(file, JSON.stringify({ folders: folders.map((path) => ({ path })) }));
      this.window = await openWorkbench(this.browser, this.server, this.sandbox, { folder: file });
      const { window } = this;
      await window.answerDialog('Yes, I trust the authors');
      await window.openSidebar('Explorer');
      const opened = window.page.locator('.explorer-folders-view .monaco-list-row', { hasText: folders[1] });
      if (await happens(opened.first().waitFor({ timeout: within(30_000) }))) return;
      console.log(`        VS Code has opened ${name} without its folders; its Explorer is empty too`);
      await this.picture(`failure-${name.replaceAll(' ', '-')}`);
      await window.page.close();
    }
    assert.fail('VS Code has opened three workspaces of two folders with none');
  }

  async bothShown() {
    this.layOut();
    await this.openBoth();
    const { window } = this;
    await window.palette('View: Close All Editors');
    await window.openSidebar('FaceNet');
    for (const [index, name] of folders.entries()) {
      await window.row('Datasets', name).waitFor({ timeout: within(60_000) });
      await window.row('Checkpoints', `model ${index + 1}`).waitFor({ timeout: within(30_000) });
    }
    await this.picture('65-several-folders');
  }

  async runInItsFolder() {
    const { window } = this;
    await window.palette('FaceNet: Align Dataset');
    await window.quickInput.locator('.monaco-list-row', { hasText: folders[1] }).first().click();
    await window.pick('Landmarks');
    await until('the folder is asked for', async () => (await window.quickTitle()).includes('(3/3)'), 1);
    await window.accept();
    const second = join(this.folder, folders[1]);
    const run = await until('the run is done', () => runsIn(second).find(({ state }) => state === 'done'), 2);
    assert.ok(run.request.outputDir.startsWith(second), run.request.outputDir);
    assert.deepEqual(runsIn(join(this.folder, folders[0])), []);
    await window.row('Runs', 'Align').waitFor({ timeout: within(30_000) });
    await this.picture('66-several-folders-run');
  }
}

export async function walkSeveralFolders({ checks, ...world }) {
  const walk = new SeveralFoldersWalk(world);
  const steps = [
    ['a workspace of two folders shows the people and models of both', () => walk.bothShown()],
    ['a run lands in the folder of its data', () => walk.runInItsFolder()],
  ];
  try {
    await checks.walk(steps, () => walk.evidence());
  } finally {
    await walk.window?.page.close();
  }
}
