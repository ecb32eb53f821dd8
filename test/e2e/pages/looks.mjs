// Every screen that says whether a model got better, in every theme, in the smallest window that is promised and at 200 %.
import assert from 'node:assert/strict';
import axe from 'axe-core';
import { classified } from './classificationPage.mjs';
import { compared } from './comparePage.mjs';
import { identified } from './identificationPage.mjs';
import { openPage, overflow } from './openPage.mjs';
import { themeNames } from './pageServer.mjs';
import { recognized } from './recognizePage.mjs';
import { within } from '../../fixtures/deadlines.mjs';

/** Pages in CSS pixels: the smallest that is promised, and what a window of 1,600 × 900 has beside its sidebar at 200 %. */
const looks = [
  { name: '900x600', width: 900, height: 600 },
  { name: 'zoomed', width: 600, height: 400 },
];

/** A way from photographs to a report, with the page in it that shows it. */
function lineage(here) {
  const steps = [
    { kind: 'photographs', name: 'Familie von Hohenlohe-Schillingsfürst (Köln)' },
    { kind: 'faces', name: 'Familie von Hohenlohe-Schillingsfürst (Köln)_aligned_150' },
    { kind: 'run', name: 'starter on people 1' },
    { kind: 'checkpoint', name: 'after last block, step 600' },
    { kind: 'report', name: 'Pairs: starter on people 1, step 600' },
  ];
  return {
    type: 'lineage',
    steps: steps.map((step) => ({ ...step, path: `/work/${step.kind}`, ...(step.kind === here && { here: true }) })),
  };
}

/** Names that are short, long and of other scripts, with all, some and none of their images named right. */
function people() {
  const names = ['Ada_Abendroth', "Jürgen O'Neill-Müller von und zu Hohenlohe-Schillingsfürst 1867", '王小明', 'Zoë'];
  const rows = names.map((name, index) => ({
    ...{ name, images: 4, right: 4 - index },
    takenFor: names.slice(0, index).map((other) => ({ name: other, images: 1 })),
  }));
  return { version: 1, step: 600, images: 16, right: 10, people: rows };
}

/** Which page each screen is of, what it is told, and what is done there before one looks. */
function screensOf(fixtures, base) {
  const { before, after } = fixtures.pairedReports({ fixed: 40, broken: 16, stillWrong: 16, right: 528 });
  const verdict = fixtures.verdictOf(before, after, ['Nobody']);
  const series = fixtures.snapshot(fixtures.runEvents({ stepsPerEpoch: 40, logEvery: 2, seed: 7 }));
  const run = fixtures.runRecord('done', { verdict, selfCheck: fixtures.selfCheck('sound') });
  const collapsed = fixtures.runRecord('done', { selfCheck: fixtures.selfCheck('collapsed') });
  const onRun = [{ type: 'hydrateRun', run, series }, lineage('run'), { type: 'people', result: people() }];
  const report = { ...{ type: 'hydrateLfw', report: after, baseline: before, verdict, title: 'demo, step 600' } };
  const onReport = [{ ...report, imageBase: `${base}/images` }, lineage('report')];
  const rows = fixtures.twelveRuns();
  const settings = [
    { name: 'learningRate', values: ['0.05', '0.005', '0.0005'] },
    { name: 'batchSize', values: ['32', null, '90'] },
  ];
  const folders = rows.slice(0, 3).map(({ folder }) => folder);
  const images = fixtures.galleryImages(12).map(({ path: image }, index) => {
    if (index < 3) return { outcome: 'noFace', image, size: [256, 256] };
    const doubts = [['small'], ['several', 'uncertain']][index % 2];
    return { outcome: 'aligned', image, size: [256, 256], faces: [{ file: image, box: [70, 60, 180, 200] }], doubts };
  });
  const alignment = {
    ...{ type: 'hydrateAlignment', title: 'people_aligned_160', photographs: 'people', faces: 'people_aligned_160' },
    recipe: { detector: 'starter', alignment: 'box', imageSize: 160, margin: 32, upright: true },
    ...{ counts: { photographs: 288, faces: 285 }, images, left: 0, isLogged: true },
    bases: { photographs: `${base}/images`, faces: `${base}/images` },
  };
  const gallery = {
    ...{ type: 'hydrateGallery', title: 'demo', base: `${base}/images`, images: fixtures.galleryImages(240) },
    ...{ peopleLeft: 0, imagesLeft: 0, watched: true },
  };
  const focusKeys =
    (selector, ...keys) =>
    async (page) => {
      await page.locator(selector).first().focus();
      for (const key of keys) await page.keyboard.press(key);
    };
  return {
    'run-verdict': { page: 'run', messages: onRun },
    'run-self-check': { page: 'run', messages: onRun, show: '.self-check' },
    'run-collapsed': { page: 'run', messages: [{ type: 'hydrateRun', run: collapsed, series }], show: '.self-check' },
    'run-people': { page: 'run', messages: onRun, show: 'section:has(> .card-head h2:text("by person"))' },
    'lfw-verdict': { page: 'lfw', messages: onReport },
    'lfw-groups': { page: 'lfw', messages: onReport, show: 'section[aria-label="Newly wrong"]' },
    'lfw-pair': {
      ...{ page: 'lfw', messages: onReport },
      async prepare(page, send) {
        await page.locator('section[aria-label="Newly wrong"] .pair-open').first().click();
        const { a, b } = await page.evaluate(() => window.posted.at(-1));
        const addresses = [a, b].map((path) => `${base}/images/${path}`);
        await send({ type: 'photographs', a, b, addresses });
      },
    },
    runs: {
      ...{ page: 'runs', messages: [{ type: 'hydrateRuns', rows }] },
      prepare: focusKeys('.runs-scroll [tabindex="0"]', 'ArrowDown', 'ArrowDown', 'Space', 'ArrowDown'),
    },
    'runs-comparison': {
      ...{ page: 'runs', show: '.comparison' },
      messages: [
        { type: 'hydrateRuns', rows },
        { type: 'comparison', folders, settings },
      ],
    },
    alignment: { page: 'alignment', messages: [alignment], prepare: focusKeys('.finding', 'ArrowDown') },
    gallery: {
      ...{ page: 'gallery', messages: [gallery] },
      prepare: focusKeys('.gallery', 'ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight'),
    },
    recognize: {
      ...{
        page: 'recognize',
        messages: [{ ...recognized(fixtures, base), notes: ['Nobody has measured this model.'] }],
      },
      prepare: focusKeys('.face', 'Enter'),
    },
    classification: {
      ...{ page: 'classification', messages: [classified(fixtures, base)] },
      prepare: focusKeys('.confusion [tabindex="0"]', 'ArrowRight', 'Enter'),
    },
    identification: { page: 'identification', messages: [identified()] },
    compare: {
      page: 'compare',
      messages: [compared(fixtures, 4)],
      prepare: focusKeys('.faces [tabindex="0"]', 'ArrowRight'),
    },
  };
}

/** Texts that are cut off and told nowhere else. */
const cutOff = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((node) => node.checkVisibility() && node.childElementCount === 0 && node.textContent.trim() !== '')
      .filter((node) => node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX !== 'visible')
      .filter((node) => node.closest('[title]') === null)
      .map((node) => node.textContent.trim()),
  );

/**
 * What the accessibility guidelines (WCAG 2.1 A and AA) find at fault, by axe; colours in every theme, the rest, which no
 * theme changes, once.
 */
const accessibilityFaults = (page, theme) =>
  page.evaluate(
    async (only) => {
      const { violations } = await window.axe.run(document, { runOnly: only });
      return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
    },
    theme === 'dark' ? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] : ['color-contrast'],
  );

/** Waits until no picture of those in sight is on its way. */
const pictured = (page) =>
  page.waitForFunction(() => [...document.images].every((image) => image.complete || image.loading === 'lazy'));

/** Checks that nothing reaches beyond the window, is cut off or cannot be read, with a picture of each look. */
export async function lookChecks(checks, browser, base, fixtures) {
  for (const [name, screen] of Object.entries(screensOf(fixtures, base))) {
    await checks.check(`${name}: four themes, in a small window and at 200 %`, async () => {
      const tab = await openPage(browser, base, screen.page, { width: 900, height: 600 });
      const { page } = tab;
      await page.evaluate(axe.source);
      for (const message of screen.messages) await tab.send(message);
      await screen.prepare?.(page, tab.send);
      for (const { name: look, width, height } of looks) {
        await page.setViewportSize({ width, height });
        for (const theme of themeNames) {
          await page.evaluate((which) => window.setTheme(which), theme);
          await page.waitForTimeout(within(150));
          if (screen.show !== undefined)
            await page.locator(screen.show).evaluate((node) => node.scrollIntoView({ block: 'center' }));
          await pictured(page);
          await tab.picture(`look-${name}-${theme}-${look}`, false);
          assert.ok((await overflow(page)) <= 0, `${theme}, ${look}: nothing reaches beyond the right edge`);
          assert.deepEqual(await cutOff(page), [], `${theme}, ${look}: nothing is cut off`);
          if (look === looks[0].name) assert.deepEqual(await accessibilityFaults(page, theme), [], theme);
        }
      }
      await tab.close();
    });
  }
}
