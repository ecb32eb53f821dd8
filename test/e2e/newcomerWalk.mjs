// A newcomer's way in a VS Code as it is on a user's machine: the package and nothing else, photographs as a camera and a
// home directory have them, and every answer given where it is asked for.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './host/processes.mjs';
import { plain, runsIn, until } from './host/polling.mjs';
import { openWorkbench } from './host/workbench.mjs';
import { accidents, layOutPhotographs } from './newcomerPhotos.mjs';
import { within } from '../fixtures/deadlines.mjs';

const minutes = 4;
const themes = { light: 'Light Modern', 'high-contrast': 'Dark High Contrast', dark: 'Dark Modern' };

class NewcomerWalk {
  constructor({ browser, server, sandbox, root, vsix }) {
    Object.assign(this, { browser, server, sandbox, root, vsix });
    this.pictures = join(root, 'build', 'screenshots');
    this.workspace = sandbox.workspace;
    this.mine = join(sandbox.home, 'Pictures', "Familie's Fotos (Köln)", 'my people');
    this.others = join(sandbox.workspace, 'other people');
  }

  async picture(name) {
    await this.window.screenshot(join(this.pictures, `${name}.png`));
  }

  async evidence() {
    await this.picture('failure-newcomer');
    console.log(`        tabs: ${(await this.window.tabs()).join(' | ')}`);
    console.log(`        said: ${(await this.window.notifications()).join(' | ')}`);
    for (const { title, state, error } of runsIn(this.workspace))
      console.log(`        run: ${title} ${state} ${error?.message ?? ''}`);
  }

  async shown(selector) {
    const found = this.window.webview().locator(selector).first();
    return plain(await found.innerText({ timeout: within(5000) }).catch(() => ''));
  }

  get training() {
    return runsIn(this.workspace).find(({ request }) => request.kind === 'train');
  }

  async said(pattern) {
    const text = async () => (await this.window.notifications()).find((said) => pattern.test(said));
    return until(`a notification says ${pattern}`, text, minutes);
  }

  async install() {
    this.window = await openWorkbench(this.browser, this.server, this.sandbox, { folder: null });
    const { window } = this;
    await window.palette('Extensions: Install from VSIX', 60_000);
    await window.answerPath(this.vsix, 'Install');
    await this.said(/Completed installing/);
    await window.openSidebar('FaceNet');
    await window
      .pane('Datasets')
      .locator('.monaco-button', { hasText: 'Open Folder' })
      .waitFor({ timeout: within(30_000) });
    await this.picture('40-installed');
  }

  async walkthrough() {
    const { window } = this;
    await window.palette('FaceNet: Get Started');
    const titles = window.page.locator('.getting-started-step .step-title');
    await titles.first().waitFor({ timeout: within(30_000) });
    const heading = window.page.locator('.gettingStartedDetailsContent .category-title').first();
    assert.equal(plain(await heading.innerText()), 'Fine-tune FaceNet');
    for (const [index, title] of (await titles.allInnerTexts()).entries()) {
      await titles.nth(index).click();
      const step = window.page.locator('.getting-started-step.expanded');
      await until(`"${title}" opens`, async () => plain(await step.innerText()).startsWith(plain(title)), 1);
      await sleep(within(700));
      await this.picture(`41-get-started-${index + 1}`);
    }
  }

  async openFolder() {
    const { window } = this;
    layOutPhotographs(this.root, this);
    await window.page.evaluate(() => (window.beforeReload = true));
    await window.pane('Datasets').locator('.monaco-button', { hasText: 'Open Folder' }).click();
    await window.answerPath(this.workspace, /^(OK|Open)$/);
    await window.page.waitForFunction(() => window.beforeReload === undefined, undefined, { timeout: within(60_000) });
    await window.whenRestored();
    await window.answerDialog('Yes, I trust the authors');
    // A window on a folder that has been opened for the first time has VS Code's own tour in it.
    await window.palette('View: Close All Editors');
    await window.openSidebar('FaceNet');
    await window.row('Datasets', 'other people').waitFor({ timeout: within(60_000) });
  }

  async addAndCheck() {
    const { window } = this;
    await window.palette('FaceNet: Add Dataset');
    await window.answerPath(`${this.mine}/`, 'Add');
    await this.said(/my people is now in the Datasets view/);
    await this.picture('42-added');
    await window.clearNotifications();
    await window.pressInRow('Datasets', 'my people', 'Check Images');
    assert.match(await this.said(/found in my people/), /^3 problems were found in my people: /);
    await window.expand('Datasets', 'my people');
    const person = window.row('Datasets', 'Tony Blair');
    assert.match(await person.getAttribute('aria-label'), /3 problems/);
    const hover = window.page.locator('.monaco-hover', { hasText: accidents[0] });
    // A row that is drawn anew under the pointer, as those that are being counted are, takes its hover away.
    const isTold = async () => {
      await window.page.mouse.move(700, 300);
      await person.hover();
      return hover.waitFor({ timeout: within(4000) }).then(
        () => true,
        () => false,
      );
    };
    await until('the hover names the files', isTold, 1);
    const words = plain(await hover.innerText());
    for (const file of accidents) assert.ok(words.includes(file), words);
    assert.match(words, /is empty\. Replace it with an intact copy, or move it out of the dataset\./);
    assert.match(words, /is not an image, whatever its name says\. Move it out of the dataset, or convert it/);
    await this.picture('43-checked');
  }

  async clean() {
    const { window } = this;
    await window.palette('FaceNet: Clean Dataset');
    await window.pick('my people');
    const dialog = window.page.locator('.monaco-dialog-box');
    await dialog.waitFor({ timeout: within(30_000) });
    for (const file of accidents) assert.ok((await dialog.innerText()).includes(file), file);
    await this.picture('44-clean');
    await window.answerDialog(/^Move$/);
    await this.said(/^3 files were moved to /);
    for (const file of accidents) assert.ok(existsSync(join(`${this.mine}_removed`, 'Tony_Blair', file)), file);
    await window.clearNotifications();
  }

  async align(dataset, expected) {
    const { window } = this;
    await window.palette('FaceNet: Align Dataset');
    await window.pick(dataset);
    await window.quickRow('Landmarks').waitFor();
    await this.picture('45-align-cut');
    // As offered: the first answer suits the model that is here.
    await window.accept();
    await until('the folder is asked for', async () => (await window.quickTitle()).includes('(3/3)'), 1);
    await window.accept();
    await this.said(expected);
    // Below the photographs that they were cut out of.
    await window.expand('Datasets', dataset, 60_000);
    await window.row('Datasets', `${dataset}_aligned_150`).waitFor({ timeout: within(30_000) });
    await this.picture(`46-aligned-${dataset.split(' ')[0]}`);
    await window.clearNotifications();
  }

  async pairs() {
    const { window } = this;
    const answers = ['other people_aligned_150', 'Leave nobody out', 'folds of 2 ×'];
    await window.palette('FaceNet: Generate Verification Pairs');
    for (const [index, answer] of answers.entries()) {
      await until(`question ${index + 1}`, async () => (await window.quickTitle()).includes(`(${index + 1}/4)`), 1);
      await this.picture(`47-pairs-${index + 1}`);
      await window.pick(answer);
    }
    await until('the file is asked for', async () => (await window.quickTitle()).includes('(4/4)'), 1);
    await window.accept();
    assert.match(
      await this.said(/pairs of \d+ people are in /),
      /pairs of 8 people are in other people_aligned_150_pairs/,
    );
    await window.clearNotifications();
  }

  /** Waits for a question of Fine-Tune, by its number, and looks whether anything of it is cut off. */
  async asked(number, name) {
    const { window } = this;
    const isThere = async () => (await window.quickTitle()).includes(`(${number}/6)`) && (await this.isReady());
    await until(`question ${number} is asked`, isThere, 1);
    await this.picture(`${name}-${number}`);
    const cut = await window.quickInput
      .locator('.monaco-icon-label-container')
      .evaluateAll((nodes) =>
        nodes.filter((node) => node.scrollWidth > node.clientWidth + 1).map((node) => node.innerText),
      );
    assert.deepEqual(cut, [], `nothing of question ${number} is cut off`);
    return plain((await window.quickRows()).join(' '));
  }

  async fineTune() {
    const { window } = this;
    const size = window.page.viewportSize();
    await window.page.setViewportSize({ width: 900, height: 600 });
    await window.palette('FaceNet: Fine-Tune');
    assert.match(
      await this.asked(1, '48-fine-tune'),
      /my people_aligned_150.*12 people, 14\d images.*other people_aligned/s,
    );
    await window.accept();
    await this.asked(2, '48-fine-tune');
    await window.accept();
    assert.match(await this.asked(3, '48-fine-tune'), /Starter/);
    await window.accept();
    assert.match(
      await this.asked(4, '48-fine-tune'),
      /Recommended.*(a few seconds|(about|at most) \d+ (s|min)).*Quick.*Thorough/s,
    );
    // Long enough to be reloaded in its middle.
    await window.pick('Thorough');
    assert.match(
      await this.asked(5, '48-fine-tune'),
      /other people_aligned_150_pairs\.txt.*Strangers to the training/s,
    );
    await window.accept();
    const summary = await this.asked(6, '48-fine-tune');
    for (const pattern of [
      ...[/Restore plan: 117 restored, 2 new, 0 unused/, /(about|at most) \d+ (s|min)/, /GB of memory/],
      ...[/12 people, 14\d images/, /15\.0 % of the images of each person are held out/],
    ])
      assert.match(summary, pattern);
    await window.page.setViewportSize(size);
    assert.equal(this.training, undefined, 'nothing has been started yet');
    await window.pick('Start fine-tuning');
    await until('the training runs', () => this.training?.state === 'running', 1);
  }

  /** Its rows are there, or the field for a name. */
  async isReady() {
    const { quickInput } = this.window;
    if (await quickInput.locator('.monaco-progress-container.active').isVisible()) return false;
    if ((await quickInput.locator('.monaco-list-row').count()) > 0) return true;
    return (await quickInput.locator('.quick-input-box input').inputValue()) !== '';
  }

  async reload() {
    const { window } = this;
    await until(
      'the last phase trains',
      async () => /^Phase 3 of 3.*step/.test(await this.shown('.activity')),
      minutes,
    );
    await this.picture('49-training');
    const history = () => window.webview().locator('[aria-label^="Loss over"]').first().getAttribute('aria-label');
    const beginning = /: (\w+ from \S+) to/.exec(await history())?.[1];
    await window.reloadByCommand();
    assert.equal(this.training.state, 'running', 'it goes on without the window');
    await until('the Run tab is back', async () => /^Phase 3 of 3.*step/.test(await this.shown('.activity')), minutes);
    assert.equal(
      /: (\w+ from \S+) to/.exec(await history())?.[1],
      beginning,
      'with its history from the first step on',
    );
    await this.picture('50-reloaded');
  }

  async done() {
    await until('the training is done', async () => (await this.shown('.state')) === 'Done', minutes);
    const { state, error } = this.training;
    assert.equal(state, 'done', error?.message);
    await this.picture('51-done');
  }

  async report() {
    const { window } = this;
    await window.webview().locator('button.link', { hasText: 'Open report' }).first().click();
    await until('the report is shown', async () => /^Pairs: .*my.people/.test(await this.shown('.lfw-page h1')), 1);
    assert.match(await this.shown('.figure'), /before \d+(\.\d+)? %/);
    assert.match(await this.shown('.page-head'), /compared with starter, step 0/);
    await this.picture('52-report');
    const cursor = window.webview().getByRole('slider', { name: 'Threshold on the ROC curve' });
    await cursor.focus();
    await cursor.press('End');
    const pair = window.webview().locator('li.pair').first();
    await pair.scrollIntoViewIfNeeded();
    const image = pair.locator('.pictures img, img').first();
    await until('a wrong pair has its pictures', () => image.evaluate(({ naturalWidth }) => naturalWidth > 0), 1);
    assert.match(plain(await pair.innerText()), /\w+ \w+ · IMG_\d+/, 'a pair names its people');
    await this.picture('53-wrong-pairs');
  }

  async exportHtml() {
    const { window } = this;
    await window.webview().locator('vscode-button', { hasText: 'Export HTML' }).click();
    const target = join(this.workspace, 'my report.html');
    await window.answerPath(target, /^(OK|Save)$/);
    await this.said(/The report is in .*my report\.html/);
    assert.match(readFileSync(target, 'utf8'), /<title>Pairs: .*my.people/);
    await this.picture('54-exported');
    await window.clearNotifications();
  }

  /** Brings a tab to the front and waits until its page is filled and has drawn its charts. */
  async toTab(label) {
    await this.window.page.locator('.tabs-container .tab', { hasText: label }).first().click();
    const page = label === 'Pairs' ? '.lfw-page' : '.run-page';
    await until(`${label} is shown`, async () => (await this.shown(`${page}:not(.unfilled) h1`)).includes(label), 1);
    await sleep(within(900));
  }

  /** The most important pages again, as others see them. */
  async looks() {
    const { window } = this;
    const size = window.page.viewportSize();
    for (const [name, label] of Object.entries(themes)) {
      await window.palette('Preferences: Color Theme');
      await window.pick(label);
      await window.quickInput.waitFor({ state: 'hidden' });
      for (const tab of ['Pairs', 'my people_aligned_150']) {
        await this.toTab(tab);
        await this.picture(`55-${name}-${tab === 'Pairs' ? 'report' : 'run'}`);
      }
    }
    await window.page.setViewportSize({ width: 900, height: 600 });
    for (const tab of ['Pairs', 'my people_aligned_150']) {
      await this.toTab(tab);
      const tooWide = await window
        .webview()
        .locator('html')
        .evaluate((html) => html.scrollWidth > html.clientWidth);
      assert.ok(!tooWide, `${tab} needs no sideways scrolling in a small window`);
      await this.picture(`56-small-${tab === 'Pairs' ? 'report' : 'run'}`);
    }
    await window.palette('FaceNet: Show Gallery');
    await window.pick('my people');
    await until('the gallery shows pictures', async () => (await window.webview().locator('img').count()) > 0, 1);
    await sleep(within(900));
    await this.picture('57-small-gallery');
    await window.page.setViewportSize(size);
  }

  async close() {
    for (const { worker, state } of runsIn(this.workspace))
      if (worker !== undefined && !/done|stopped|failed/.test(state) && isAlive(worker.pid))
        process.kill(worker.pid, 'SIGKILL');
    await this.window?.page.close();
  }
}

/** Walks the whole way; each step is a check of its own, and what follows a failed one is skipped. */
export async function walkAsNewcomer({ checks, ...world }) {
  const walk = new NewcomerWalk(world);
  const steps = [
    ['the package is installed by its dialog, and the sidebar says how to begin', () => walk.install()],
    ['Get Started opens step by step', () => walk.walkthrough()],
    ['a folder is opened and trusted', () => walk.openFolder()],
    ['Check Images says what is wrong with a folder of photographs, and what to do', () => walk.addAndCheck()],
    ['Clean Dataset names the files, asks, and moves them away', () => walk.clean()],
    [
      'photographs outside the workspace are aligned',
      () => walk.align('my people', /^Align my people is done: 14\d faces/),
    ],
    ['and those of other people', () => walk.align('other people', /^Align other people is done: 6\d faces/)],
    ["pairs are drawn of people whose photographs have a camera's names", () => walk.pairs()],
    ['Fine-Tune shows restore plan, time and memory before it starts', () => walk.fineTune()],
    ['the window is reloaded in the middle and shows all of it', () => walk.reload()],
    ['the training ends', () => walk.done()],
    ['its report is compared with step 0, and wrong pairs have pictures and names', () => walk.report()],
    ['the report becomes an HTML file', () => walk.exportHtml()],
    ['Run and LFW tab in other themes, and in a small window with the gallery', () => walk.looks()],
  ];
  try {
    await checks.walk(steps, () => walk.evidence());
  } finally {
    await walk.close();
  }
}
