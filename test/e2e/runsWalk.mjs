// Many runs, by keyboard alone: twelve of different kinds, of which the best is found, renamed, described, compared with
// others, and one is deleted.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { happens, plain, runsIn, until } from './host/polling.mjs';
import { openWorkbench } from './host/workbench.mjs';
import { writeTwelveRuns } from './twelveRuns.mjs';
import { within } from '../fixtures/deadlines.mjs';

class RunsWalk {
  constructor({ browser, server, sandbox, root }) {
    Object.assign(this, { browser, server, sandbox, pictures: join(root, 'build', 'screenshots') });
    this.workspace = join(sandbox.dir, 'twelve runs');
  }

  async picture(name) {
    await this.window.screenshot(join(this.pictures, `${name}.png`));
  }

  async evidence() {
    await this.picture('failure-runs');
    console.log(`        tabs: ${(await this.window.tabs()).join(' | ')}`);
    console.log(`        said: ${(await this.window.notifications()).join(' | ')}`);
  }

  get keyboard() {
    return this.window.page.keyboard;
  }

  get page() {
    return this.window.webview();
  }

  /** What was said of the run that was started with this title. */
  about(title) {
    const { folder } = runsIn(this.workspace).find((run) => run.title === title);
    const file = join(folder, 'about.json');
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  }

  /** A command of the palette, typed. */
  async command(title) {
    const { quickInput } = this.window;
    await this.keyboard.press('F1');
    await quickInput.waitFor({ timeout: within(10_000) });
    await this.keyboard.type(title);
    await this.window.quickRow(title).waitFor({ timeout: within(30_000) });
    await this.keyboard.press('Enter');
    await quickInput.waitFor({ state: 'hidden', timeout: within(10_000) });
  }

  /** Types into the field that a key has opened. */
  async answer(title, text) {
    const { quickInput } = this.window;
    await until(`${title} is asked`, async () => (await this.window.quickTitle()).startsWith(title), 1);
    await this.keyboard.press('Control+a');
    await this.keyboard.type(text);
    await this.keyboard.press('Enter');
    await quickInput.waitFor({ state: 'hidden', timeout: within(10_000) });
    await until('the focus is back in the table', async () => (await this.focused()) !== '', 1);
  }

  /** Names of the runs in the table, in their order. */
  async names() {
    return this.page.locator('.runs-scroll tbody th').allInnerTexts();
  }

  /** Text of the cell with the focus; empty where no cell has it. */
  async focused() {
    const cell = this.page.locator('.runs-scroll :focus');
    return (await cell.count()) === 0 ? '' : plain(await cell.innerText());
  }

  /** Goes up or down until this run has the focus. */
  async goTo(name, key) {
    for (let row = 0; (await this.focused()) !== name; row++) {
      assert.ok(row < 13, `${key} does not lead to ${name}`);
      await this.keyboard.press(key);
    }
  }

  async listed() {
    mkdirSync(this.workspace);
    writeTwelveRuns(this.workspace);
    this.window = await openWorkbench(this.browser, this.server, this.sandbox, { folder: this.workspace });
    const { window } = this;
    const trust = window.page.locator('.monaco-dialog-box', { hasText: 'trust the authors' });
    if (await happens(trust.waitFor({ timeout: within(15_000) }))) await this.keyboard.press('Enter');
    await trust.waitFor({ state: 'hidden' });
    await window.palette('View: Close All Editors');
    await window.openSidebar('FaceNet');
    await window.row('Runs', 'people 3').waitFor({ timeout: within(60_000) });
    // Of those in sight each says how many there are.
    assert.equal(await window.row('Runs', 'people 3').getAttribute('aria-setsize'), '12');
    await this.picture('70-twelve-runs');
    // At the width that a sidebar has at first, its figure is in sight.
    const row = window.row('Runs', 'people 3').locator('.monaco-icon-label-container');
    const shown = await row.evaluate((node) => {
      const { right } = node.getBoundingClientRect();
      const text = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
      const range = document.createRange();
      let inSight = '';
      while (text.nextNode() !== null) {
        for (let at = 0; at < text.currentNode.length; at++) {
          range.setStart(text.currentNode, at);
          range.setEnd(text.currentNode, at + 1);
          if (range.getBoundingClientRect().right <= right) inSight += text.currentNode.data[at];
        }
      }
      return inSight;
    });
    assert.match(shown, /^people 3.*94\.7 % \(\+4\.0\)/);
  }

  async best() {
    await this.command('FaceNet: Show All Runs');
    await until('the table shows the runs', async () => (await this.names()).length === 12, 1);
    // The tab has the focus; Tab leads over the filters into the table, whose head comes first.
    for (let tab = 0; !(await this.focused()).startsWith('Name'); tab++) {
      assert.ok(tab < 12, 'Tab leads into the table');
      await this.keyboard.press('Tab');
    }
    for (let column = 0; column < 4; column++) await this.keyboard.press('ArrowRight');
    assert.equal(await this.focused(), 'Accuracy');
    await this.keyboard.press('Enter');
    await this.keyboard.press('ArrowDown');
    assert.equal(await this.focused(), '94.7 %');
    await this.keyboard.press('Home');
    assert.equal(await this.focused(), 'people 3');
    await this.picture('71-sorted');
  }

  async described() {
    await this.keyboard.press('F2');
    await this.answer('Rename Run', 'the one for the fair');
    await until('it is called so', () => this.about('people 3').name === 'the one for the fair', 1);
    await until('the table says so', async () => (await this.names())[0] === 'the one for the fair', 1);
    await until('the focus is back on it', async () => (await this.focused()) === 'the one for the fair', 1);
    await this.keyboard.press('t');
    await this.answer('Tags', 'twins, week 48');
    await until('it has its tags', () => this.about('people 3').tags?.join() === 'twins,week 48', 1);
    await this.keyboard.press('n');
    await this.answer('Note', 'grandma is told from her sister');
    await until('it has its note', () => this.about('people 3').note === 'grandma is told from her sister', 1);
    await this.keyboard.press('s');
    await until('it has a star', () => this.about('people 3').star === true, 1);
    const row = this.page.locator('tr', { hasText: 'the one for the fair' });
    await until('all of it is shown', async () => /★.*#twins #week 48.*grandma/s.test(await row.innerText()), 1);
    await this.window.row('Runs', '★ the one for the fair').waitFor({ timeout: within(20_000) });
    await this.picture('72-described');
  }

  async compared() {
    await this.keyboard.press('Space');
    await this.goTo('people 5', 'ArrowDown');
    await this.keyboard.press('Space');
    await this.goTo('people 4', 'ArrowDown');
    await this.keyboard.press('Space');
    await this.keyboard.press('c');
    const comparison = this.page.getByRole('region', { name: 'Comparison' });
    await comparison.waitFor({ timeout: within(20_000) });
    const words = plain(await comparison.innerText());
    assert.match(words, /the one for the fair people 5 people 4/);
    assert.match(words, /Accuracy 94\.7 % 93\.8 % 50\.0 %/);
    assert.match(words, /batchSize 90 32 32/);
    await this.picture('73-compared');
    await this.keyboard.press('Escape');
  }

  async deleted() {
    await this.goTo('people 4', 'ArrowDown');
    const { folder } = runsIn(this.workspace).find(({ title }) => title === 'people 4');
    await this.keyboard.press('Delete');
    const dialog = this.window.page.locator('.monaco-dialog-box', { hasText: 'Delete the run people 4?' });
    await dialog.waitFor({ timeout: within(20_000) });
    await this.picture('74-delete');
    assert.ok(existsSync(folder), 'nothing is done before the answer');
    await this.keyboard.press('Enter');
    await until('its folder is gone', () => !existsSync(folder), 1);
    await until(
      'where it lies is said, as VS Code has no trash on a server',
      async () => (await this.window.notifications()).some((said) => /people 4 moved to .*Trash.files/.test(said)),
      1,
    );
    await until('it is not listed any more', async () => !(await this.names()).includes('people 4'), 1);
    assert.equal(runsIn(this.workspace).length, 11);
    // A dialog gives the focus back to the tab's frame, and not to the page in it.
    await this.keyboard.press('Control+1');
    await until('the focus is back in the table', async () => (await this.focused()) !== '', 1);
    await this.picture('75-deleted');
  }

  async opened() {
    await this.goTo('the one for the fair', 'ArrowUp');
    await this.keyboard.press('Enter');
    const verdict = this.page.getByRole('region', { name: 'Verdict' });
    await until('its tab says what it has done', async () => (await verdict.count()) === 1, 1);
    assert.match(plain(await verdict.innerText()), /^Better by 4\.0 points \(90\.7 % → 94\.7 %/);
    assert.equal(plain(await this.page.locator('h1').innerText()), 'the one for the fair');
    await this.picture('76-best-opened');
  }
}

/** Walks the whole way; each step is a check of its own, and what follows a failed one is skipped. */
export async function walkRuns({ checks, ...world }) {
  const walk = new RunsWalk(world);
  const steps = [
    ['twelve runs of different kinds are listed, the figure of each in sight', () => walk.listed()],
    ['the table is opened and sorted by keyboard, and the best is first', () => walk.best()],
    ['it gets a name, tags, a note and a star', () => walk.described()],
    ['three are compared', () => walk.compared()],
    ['one is deleted, after a question', () => walk.deleted()],
    ['the best is opened and says why it is the best', () => walk.opened()],
  ];
  try {
    await checks.walk(steps, () => walk.evidence());
  } finally {
    await walk.window?.page.close();
  }
}
