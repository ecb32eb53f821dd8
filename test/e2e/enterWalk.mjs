// A newcomer who presses nothing but Enter: photographs of people, Fine-Tune…, and at the end whether it got better.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './host/processes.mjs';
import { happens, plain, runsIn, until } from './host/polling.mjs';
import { openWorkbench } from './host/workbench.mjs';
import { layOutPeople } from './newcomerPhotos.mjs';
import { within } from '../fixtures/deadlines.mjs';

const minutes = 4;

class EnterWalk {
  constructor({ browser, server, sandbox, root }) {
    Object.assign(this, { browser, server, sandbox, root, pictures: join(root, 'build', 'screenshots') });
    this.workspace = join(sandbox.dir, 'at home');
  }

  async picture(name) {
    await this.window.screenshot(join(this.pictures, `${name}.png`));
  }

  async evidence() {
    await this.picture('failure-enter');
    console.log(`        asked: ${await this.window.quickTitle().catch(() => '')}`);
    console.log(`        said: ${(await this.window.notifications()).join(' | ')}`);
    for (const { title, state, error } of runsIn(this.workspace))
      console.log(`        run: ${title} ${state} ${error?.message ?? ''}`);
  }

  run(kind) {
    return runsIn(this.workspace).find(({ request }) => request.kind === kind);
  }

  /** Waits for a question by its title, and gives the text of its first row or what is typed into its field. */
  async asked(title, name) {
    const { quickInput } = this.window;
    const isReady = async () => {
      if (!(await this.window.quickTitle()).startsWith(title)) return false;
      if (await quickInput.locator('.monaco-progress-container.active').isVisible()) return false;
      if ((await quickInput.locator('.monaco-list-row').count()) > 0) return true;
      return (await quickInput.locator('.quick-input-box input').inputValue()) !== '';
    };
    await until(`${title} is asked`, isReady, minutes);
    await this.picture(`58-enter-${name}`);
    const row = quickInput.locator('.monaco-list-row.focused');
    if ((await row.count()) > 0) return plain(await row.innerText());
    return quickInput.locator('.quick-input-box input').inputValue();
  }

  /** Enter, where the answer that is offered is the expected one. */
  async enter(title, name, expected) {
    assert.match(await this.asked(title, name), expected);
    await this.window.accept();
  }

  async open() {
    layOutPeople(this.root, join(this.workspace, 'my people'));
    this.window = await openWorkbench(this.browser, this.server, this.sandbox, { folder: this.workspace });
    const { window } = this;
    const trust = window.page.locator('.monaco-dialog-box', { hasText: 'trust the authors' });
    if (await happens(trust.waitFor({ timeout: within(15_000) }))) await window.page.keyboard.press('Enter');
    await trust.waitFor({ state: 'hidden' });
    await window.palette('View: Close All Editors');
    await window.openSidebar('FaceNet');
    await window.row('Datasets', 'my people').waitFor({ timeout: within(60_000) });
    await window.palette('FaceNet: Fine-Tune');
  }

  async align() {
    await this.enter('Fine-Tune (1/6)', 'photographs', /^Align the faces of my people first/);
    await this.enter('Align Dataset (2/3)', 'cut', /^Landmarks, 150 pixels/);
    await this.enter('Align Dataset (3/3)', 'folder', /my people_aligned_150$/);
    await until('the faces are cut out', () => this.run('align')?.state === 'done', minutes);
  }

  async questions() {
    await this.enter('Fine-Tune (1/6)', '1', /^my people_aligned_150.*12 people, 14\d images/);
    await this.enter('Fine-Tune (2/6)', '2', /^my people_aligned_150$/);
    await this.enter('Fine-Tune (3/6)', '3', /^Starter/);
    await this.enter('Fine-Tune (4/6)', '4', /^Recommended/);
    await this.enter('Fine-Tune (5/6)', '5', /^Set \d people aside.*show how strangers are told apart/);
    await this.enter('Fine-Tune (6/6)', '6', /^Start fine-tuning/);
    await until('the training has begun', () => this.run('train') !== undefined, 1);
  }

  async verdict() {
    await until('the training is done', () => this.run('train').state === 'done', minutes);
    const { folder, config, heldOut, verdict } = this.run('train');
    assert.match(config.lfw.pairs, /my-people-aligned-150-set-aside\.txt$/);
    assert.notEqual(verdict.kind, 'incomparable');
    assert.equal(verdict.people, 'outsiders', 'nobody of the pairs was trained with');
    assert.ok(heldOut.images > 6 && heldOut.right > heldOut.images / 2, JSON.stringify(heldOut));
    const page = this.window.webview();
    const said = page.getByRole('region', { name: 'Verdict' });
    const sentence = /^(Better by|Worse|No measurable change|Collapsed)/;
    await until(
      'the Run tab says whether it got better',
      async () => sentence.test(plain(await said.innerText({ timeout: within(5000) }).catch(() => ''))),
      1,
    );
    assert.ok((await said.locator('vscode-button').count()) > 0, 'and what can be done next');
    const told = plain(await said.locator('.verdict-sentence').innerText());
    console.log(`        ${told}`);
    await until(
      'the notification says the same',
      async () => (await this.window.notifications()).some((text) => plain(text).includes(told)),
      1,
    );
    await this.picture('59-enter-verdict');
    const table = page.locator('section', { hasText: 'Held-out images, by person' }).last();
    const people = JSON.parse(readFileSync(join(folder, heldOut.file), 'utf8')).people.length;
    await until('each person is shown', async () => (await table.locator('tbody tr').count()) === people, 1);
    await table.scrollIntoViewIfNeeded();
    await this.picture('59-enter-measured');
  }

  async close() {
    for (const { worker, state } of runsIn(this.workspace))
      if (worker !== undefined && !/done|stopped|failed/.test(state) && isAlive(worker.pid))
        process.kill(worker.pid, 'SIGKILL');
    await this.window?.page.close();
  }
}

/** Walks the whole way; each step is a check of its own, and what follows a failed one is skipped. */
export async function walkWithEnter({ checks, ...world }) {
  const walk = new EnterWalk(world);
  const steps = [
    ['Enter alone: a folder with photographs of people, and Fine-Tune…', () => walk.open()],
    ['Enter alone: the photographs are aligned first, as the model wants them', () => walk.align()],
    ['Enter alone: what is offered sets people aside and starts', () => walk.questions()],
    ['Enter alone: it ends in a verdict, a next step and a result for each person', () => walk.verdict()],
  ];
  try {
    await checks.walk(steps, () => walk.evidence());
  } finally {
    await walk.close();
  }
}
