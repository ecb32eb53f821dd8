// From an empty folder to the LFW report, by what a user clicks and sees.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { plain, runsIn, until } from './host/polling.mjs';
import { exploreReport } from './reportWalk.mjs';
import { openWorkbench } from './host/workbench.mjs';
import { within } from '../fixtures/deadlines.mjs';

/** The demo takes a minute or two on two idle cores. */
const demoMinutes = 12;

const themes = {
  light: 'Light Modern',
  'high-contrast': 'Dark High Contrast',
  'high-contrast-light': 'Light High Contrast',
  dark: 'Dark Modern',
};

/** A rate of some percent as the window writes it. */
const percent = (rate) => `${(100 * rate).toFixed(1)} %`;

class DemoWalk {
  constructor({ workbench, sandbox, root, pictures, media }) {
    this.workbench = workbench;
    this.sandbox = sandbox;
    this.root = root;
    this.pictures = pictures;
    this.media = media;
  }

  async picture(name) {
    await this.workbench.screenshot(join(this.pictures, `${name}.png`));
  }

  /** A picture for the README, taller so that all four charts are in it. */
  async mediaPicture(name) {
    if (this.media === undefined) return;
    const { page } = this.workbench;
    const before = page.viewportSize();
    await page.setViewportSize({ width: 1360, height: 1000 });
    await sleep(within(800));
    await this.workbench.screenshot(join(this.media, `${name}.png`));
    await page.setViewportSize(before);
    await sleep(within(400));
  }

  /** What to know when a step has failed: a picture, and the state of the frames. */
  async evidence() {
    await this.picture('failure');
    const frames = this.workbench.page.frames().map((frame) => frame.url().slice(0, 120));
    console.log(`        tabs: ${(await this.workbench.tabs()).join(' | ')}`);
    console.log(`        said: ${(await this.workbench.notifications()).join(' | ')}`);
    for (const { title, state, error } of runsIn(this.sandbox.workspace))
      console.log(`        run: ${title} ${state} ${error?.message ?? ''}`);
    console.log(`        frames: ${frames.join('\n                ')}`);
    console.log(
      `        page: ${await this.page
        .locator('html')
        .innerHTML({ timeout: within(2000) })
        .then((html) => html.slice(0, 1500), String)}`,
    );
  }

  get page() {
    return this.workbench.webview();
  }

  async shown(selector) {
    return plain(
      await this.page
        .locator(selector)
        .first()
        .innerText({ timeout: within(20_000) }),
    );
  }

  run(kind) {
    return runsIn(this.sandbox.workspace).find(({ request }) => request.kind === kind);
  }

  /** Waits until `condition` gives something; fails with what is awaited, or as soon as the demo has failed. */
  async until(what, condition, minutes = demoMinutes) {
    return until(
      what,
      async () => {
        const result = await condition();
        if (result) return result;
        const failed = runsIn(this.sandbox.workspace).find(({ state }) => state === 'failed' || state === 'lost');
        assert.equal(failed, undefined, `the run ${failed?.title} ${failed?.state}: ${failed?.error?.message}`);
        return undefined;
      },
      minutes,
    );
  }

  async selectTab(title) {
    const tab = this.workbench.page.locator('.tabs-container .tab', { hasText: title }).first();
    await tab.click();
    await sleep(within(300));
  }

  async emptyFolder() {
    const { workbench } = this;
    await workbench.openSidebar('FaceNet');
    await workbench.pane('Datasets').waitFor({ timeout: within(20_000) });
    await this.picture('01-empty-folder');
    await workbench.palette('FaceNet: Create Demo Workspace');
    await workbench.quickRow('In this empty workspace').waitFor({ timeout: within(15_000) });
    await this.picture('02-create-demo');
    await workbench.pick('In this empty workspace');
  }

  async demoRunShown() {
    const { workbench } = this;
    await this.until('the demo runs', () => this.run('demo')?.state === 'running', 2);
    await workbench.row('Runs', 'Demo').waitFor({ timeout: within(30_000) });
    await workbench.openFromRow('Runs', 'Demo', 'Demo');
    await this.until('the Run tab shows what the demo does', async () =>
      /\d+ of \d+ \w+/.test(await this.shown('.amount')),
    );
    await this.picture('03-demo-begins');
  }

  async trainingLive() {
    const { workbench } = this;
    await this.until('the fine-tuning has begun', () => this.run('train') !== undefined);
    await workbench.row('Runs', 'Demo fine-tuning').waitFor({ timeout: within(30_000) });
    await workbench.openFromRow('Runs', 'Demo fine-tuning', 'Demo fine-tuning');
    const stepShown = async () =>
      Number(/step ([\d ]+)/.exec(await this.shown('.activity'))?.[1].replaceAll(' ', '') ?? 0);
    const first = await this.until('the first steps are shown', stepShown);
    await this.until('more steps are shown while it trains', async () => (await stepShown()) > first + 10);
    assert.match(await this.shown('.state'), /Running/);
    assert.match(await this.shown('.activity'), /^Phase 1 of 2: classifier/);
    await this.picture('04-training-classifier');
    await this.until('the second phase trains', async () => /^Phase 2 of 2/.test(await this.shown('.activity')));
    await this.until('some of its steps are shown', async () =>
      /epoch 10[5-9]|epoch 11\d/.test(await this.shown('.activity')),
    );
    await this.picture('05-training-last-block');
  }

  async reportShown() {
    const { workbench } = this;
    await this.until('the demo is done', () => this.run('demo')?.state === 'done');
    await this.until(
      'the LFW tab opens by itself, and in front of it the run that it is of',
      async () =>
        (await workbench.tabs()).some((title) => title.startsWith('Pairs')) &&
        (await workbench.page.locator('.tabs-container .tab.active').innerText()).includes('Demo fine-tuning'),
      1,
    );
    await this.selectTab('Pairs');
    await this.until(
      'the report is shown',
      async () => (await this.page.locator('.lfw-page .figure').count()) === 4,
      1,
    );
    const { folder } = this.run('train');
    const report = JSON.parse(readFileSync(this.run('demo').result.report, 'utf8'));
    const baseline = JSON.parse(readFileSync(join(folder, 'evaluations', 'lfw-0.json'), 'utf8'));
    const figures = (await this.page.locator('.figure').allInnerTexts()).map(plain);
    assert.ok(
      figures[0].includes(`${(100 * report.accuracy.mean).toFixed(1)} % ± ${(100 * report.accuracy.std).toFixed(1)}`),
      figures[0],
    );
    assert.ok(figures[0].includes(`before ${percent(baseline.accuracy.mean)}`), figures[0]);
    assert.ok(figures[1].includes(percent(report.validation.rate)), figures[1]);
    assert.ok(figures[2].includes(report.auc.toFixed(3)), figures[2]);
    assert.ok(figures[3].includes(percent(report.eer)), figures[3]);
    const wrong = /^(\d+) of (\d+)$/.exec(await this.shown('.readout:nth-child(4) .readout-value'));
    assert.equal(Number(wrong[2]), report.pairs.used);
    if (Number(wrong[1]) > 0) {
      const picture = this.page.locator('.pictures img').first();
      await picture.scrollIntoViewIfNeeded();
      await this.until(
        'the pictures of a wrong pair are loaded',
        () => picture.evaluate(({ naturalWidth }) => naturalWidth > 0),
        1,
      );
      await this.picture('07-wrong-pairs');
      await this.page.locator('body').evaluate(() => window.scrollTo(0, 0));
    }
    await workbench.clearNotifications();
    await this.picture('06-lfw-report');
    await this.mediaPicture('lfw-tab');
  }

  async explore() {
    const report = JSON.parse(readFileSync(this.run('demo').result.report, 'utf8'));
    await exploreReport(this.page, report, (name) => this.picture(name));
  }

  async finishedRun() {
    await this.selectTab('Demo fine-tuning');
    await this.until('the run is shown as done', async () => (await this.shown('.state')) === 'Done', 1);
    const { folder } = this.run('train');
    const events = readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const last = events.findLast(({ type }) => type === 'lfw');
    const figures = (await this.page.locator('.figure').allInnerTexts()).map(plain);
    assert.ok(
      figures[0].includes(`${(100 * last.accuracy).toFixed(1)} % ± ${(100 * last.accuracyStd).toFixed(1)}`),
      figures[0],
    );
    const rows = this.page.locator('table').first().locator('tbody tr');
    assert.equal(await rows.count(), events.filter(({ type }) => type === 'lfw').length);
    await this.picture('08-run-done');
    await this.mediaPicture('run-tab');
    await this.page.locator('button.link', { hasText: 'Open report' }).last().click();
    await this.until(
      'the report of step 0 opens',
      async () => (await this.workbench.tabs()).some((title) => /^Pairs.*step 0/.test(title)),
      1,
    );
    await this.until(
      'it is shown',
      async () => /^Pairs: starter/.test(await this.shown('.lfw-page h1').catch(() => '')),
      1,
    );
    await this.picture('09-report-before');
    const tabs = (await this.workbench.tabs()).length;
    await this.workbench.palette('View: Close Editor');
    await this.until('its tab is closed', async () => (await this.workbench.tabs()).length === tabs - 1, 1);
  }

  async everyTheme() {
    const { workbench } = this;
    for (const [name, label] of Object.entries(themes)) {
      await workbench.palette('Preferences: Color Theme');
      await workbench.pick(label);
      await workbench.quickInput.waitFor({ state: 'hidden' });
      for (const tab of ['Demo fine-tuning', 'Pairs']) {
        await this.selectTab(tab);
        await this.page
          .locator('.plot canvas')
          .first()
          .waitFor({ timeout: within(20_000) });
        await sleep(within(400));
        const colors = await this.page.locator('body').evaluate((body) => ({
          theme: body.dataset.vscodeThemeKind,
          // A pixel of the line of a chart differs from its ground in every theme.
          drawn: [...document.querySelectorAll('.plot canvas')].every((canvas) => {
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            return data.some((value) => value > 0);
          }),
        }));
        assert.equal(colors.theme, `vscode-${name}`);
        assert.ok(colors.drawn, 'every chart is drawn');
        await this.picture(`10-${name}-${tab === 'Pairs' ? 'lfw' : 'run'}`);
      }
    }
  }

  async reload() {
    const { workbench } = this;
    const before = await workbench.tabs();
    await this.selectTab('Demo fine-tuning');
    await workbench.reloadByCommand();
    await this.until('the Run tab is back', async () => (await this.shown('.state')) === 'Done', 1);
    await this.selectTab('Pairs');
    await this.until(
      'the LFW tab is back',
      async () => (await this.page.locator('.lfw-page .figure').count()) === 4,
      1,
    );
    assert.deepEqual((await workbench.tabs()).length, before.length);
    await this.picture('11-after-reload');
  }

  /** Started in a terminal, on the demo's people; the window finds it by its folder. */
  async tripletRun() {
    const { workbench, sandbox, root } = this;
    const { dataDir, lfw } = this.run('train').config;
    const flags = {
      ...{
        data_dir: dataDir,
        pretrained_model: 'starter',
        lfw_dir: lfw.dir,
        lfw_pairs: lfw.pairs,
        lfw_nrof_folds: lfw.folds,
      },
      ...{ people_per_batch: 6, images_per_person: 6, batch_size: 30, epoch_size: 20, max_nrof_epochs: 4 },
      ...{ learning_rate: 1e-5, lfw_every_n_epochs: 2 },
    };
    const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const command = [join(root, 'dist', 'cli.cjs'), 'train-tripletloss', ...words];
    await promisify(execFile)(process.execPath, command, { cwd: sandbox.workspace });
    const run = runsIn(sandbox.workspace).find(({ config }) => config?.head === 'triplet');
    await workbench.row('Runs', run.title).waitFor({ timeout: within(30_000) });
    await workbench.openFromRow('Runs', run.title, run.title);
    await this.until('its Run tab shows it as done', async () => (await this.shown('.state')) === 'Done', 1);
    const events = readFileSync(join(run.folder, 'metrics.jsonl'), 'utf8').trim().split('\n');
    const last = events.map((line) => JSON.parse(line)).findLast(({ type }) => type === 'step');
    const figures = (await this.page.locator('.figure').allInnerTexts()).map(plain);
    const active = figures.find((text) => text.startsWith('Active triplets'));
    assert.ok(active?.includes(percent(last.measures.activeTriplets)), figures.join(' | '));
    const charts = (await this.page.locator('section.card:visible h2').allInnerTexts()).map(plain).join(' | ');
    assert.match(charts, /Triplets/);
    assert.match(charts, /Distances/);
    assert.doesNotMatch(charts, /Accuracy share of images/);
    await workbench.clearNotifications();
    await this.picture('12-triplets');
  }
}

/** Walks the whole way; each step is a check of its own, and what follows a failed one is skipped. */
export async function walkThroughDemo({ checks, browser, server, sandbox, root, forMedia }) {
  const violations = [];
  const workbench = await openWorkbench(browser, server, sandbox, {
    onPage: ({ page }) =>
      page.on('console', (message) => {
        // The pages' own script and style have these names; VS Code's frames complain about themselves.
        if (/webview\.(js|css)/.test(message.location().url) && message.type() === 'error')
          violations.push(message.text());
      }),
  });
  const walk = new DemoWalk({
    workbench,
    sandbox,
    root,
    pictures: join(root, 'build', 'screenshots'),
    ...(forMedia && { media: join(root, 'media') }),
  });
  const steps = [
    ['an empty folder, and the demo is asked for from the palette', () => walk.emptyFolder()],
    ['the Run tab shows the demo while it is drawn', () => walk.demoRunShown()],
    ['the Run tab follows the training live, phase by phase', () => walk.trainingLive()],
    ['the demo ends at the LFW tab, which shows the numbers of its report', () => walk.reportShown()],
    ['the ROC cursor moves by key and pointer, and the wrong pairs follow it', () => walk.explore()],
    ['the Run tab ends as done and opens the report of step 0', () => walk.finishedRun()],
    ['both tabs in light, high contrast and dark', () => walk.everyTheme()],
    ['both tabs come back after the window has been reloaded', () => walk.reload()],
    ['a training with triplets from a terminal is drawn with what triplets measure', () => walk.tripletRun()],
    ['the pages have logged no error', async () => assert.deepEqual(violations, [])],
  ];
  await checks.walk(steps, () => walk.evidence());
}
