// A folder from somebody else, opened without trust: it can be looked at, and nothing of what it says is done.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { plain, runsIn, until } from './host/polling.mjs';
import { openWorkbench } from './host/workbench.mjs';
import { within } from '../fixtures/deadlines.mjs';

/** What starts a process or changes a file, by its title in the palette. */
const refused = [
  'Add Dataset',
  'Check Images of Dataset',
  'Clean Dataset…',
  'Align Dataset…',
  'Add Pretrained Model',
  'Download Pretrained Model…',
  'Fine-Tune…',
  'Start Run from Configuration…',
  'Paste train_softmax Command…',
  'Validate on LFW…',
  'Generate Verification Pairs…',
  'Create Demo Workspace…',
  'Install Engine…',
];

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** People, a model, a configuration, and settings that name a program and a place of their author's choice. */
function layOutFolder(folder) {
  for (const person of ["Renée O'Hara", '王小明'])
    for (const number of [1, 2]) write(join(folder, 'people', person, `${number}.jpg`), 'no picture');
  write(join(folder, 'a model', 'graph.pb'), 'no graph');
  write(join(folder, '.facenet', 'configurations', 'own.facenet.json'), '{"dataDir": "../../people"}');
  const program = join(folder, 'node.sh');
  write(program, `#!/bin/sh\ntouch '${join(folder, 'was-run')}'\n`);
  chmodSync(program, 0o755);
  const settings = { 'facenet.nodePath': program, 'facenet.engine': 'gpu', 'facenet.datasets': ['/usr/share'] };
  write(join(folder, '.vscode', 'settings.json'), JSON.stringify(settings));
}

class UntrustedWalk {
  constructor({ browser, server, sandbox, root }) {
    Object.assign(this, { browser, server, sandbox, pictures: join(root, 'build', 'screenshots') });
    this.folder = join(sandbox.dir, "from somebody else's");
  }

  async picture(name) {
    await this.window.screenshot(join(this.pictures, `${name}.png`));
  }

  async evidence() {
    await this.picture('failure-untrusted');
    console.log(`        said: ${(await this.window.notifications()).join(' | ')}`);
  }

  async looks() {
    layOutFolder(this.folder);
    this.window = await openWorkbench(this.browser, this.server, this.sandbox, { folder: this.folder });
    const { window } = this;
    await window.answerDialog("No, I don't trust the authors");
    await window.palette('View: Close All Editors');
    await window.openSidebar('FaceNet');
    await window.row('Checkpoints', 'a model').waitFor({ timeout: within(60_000) });
    await window.expand('Datasets', 'people');
    await window.row('Datasets', "Renée O'Hara").waitFor({ timeout: within(30_000) });
    const rows = await window.rows('Datasets');
    assert.ok(!rows.some((row) => row.includes('share')), `no path of its settings is followed: ${rows.join(' | ')}`);
    await this.picture('60-untrusted');
  }

  async asks() {
    const { window } = this;
    for (const title of refused) {
      await window.palette(`FaceNet: ${title}`);
      await until(
        `${title} asks for trust`,
        async () => (await window.notifications()).some((said) => /^This folder is not trusted/.test(said)),
        0.5,
      );
      if (title === 'Fine-Tune…') await this.picture('61-untrusted-fine-tune');
      await window.clearNotifications();
    }
    assert.ok(!(await window.quickInput.isVisible()), 'no question is open');
  }

  async nothingRan() {
    const { window } = this;
    // What only looks starts its own process, by the user's settings.
    await window.palette('FaceNet: Doctor');
    const text = window.page.locator('.editor-instance .view-lines');
    await until('the doctor reports', async () => /Training/.test(plain(await text.first().innerText())), 1);
    await this.picture('62-untrusted-doctor');
    assert.ok(!existsSync(join(this.folder, 'was-run')), 'the program that the settings name has not been run');
    assert.deepEqual(runsIn(this.folder), []);
  }

  async trusted() {
    const { window } = this;
    await window.palette('FaceNet: Fine-Tune…');
    await window.toast('This folder is not trusted').waitFor({ timeout: within(15_000) });
    await window.answer('Manage Workspace Trust');
    await window.page
      .locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ })
      .first()
      .click();
    await window.row('Datasets', 'share').waitFor({ timeout: within(60_000) });
    await this.picture('63-trusted');
  }
}

export async function walkUntrusted({ checks, ...world }) {
  const walk = new UntrustedWalk(world);
  const steps = [
    ['a folder that is not trusted shows its people and models', () => walk.looks()],
    ['what starts a process or changes a file asks for trust', () => walk.asks()],
    ['its settings start nothing', () => walk.nothingRan()],
    ['with trust, its settings are read', () => walk.trusted()],
  ];
  try {
    await checks.walk(steps, () => walk.evidence());
  } finally {
    await walk.window?.page.close();
  }
}
