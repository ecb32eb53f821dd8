// The pages in a language in which every text is its English in brackets: what stands outside of them is data, or was
// forgotten.
import assert from 'node:assert/strict';
import { classified } from './classificationPage.mjs';
import { compared } from './comparePage.mjs';
import { identified } from './identificationPage.mjs';
import { openPage, overflow } from './openPage.mjs';
import { recognized } from './recognizePage.mjs';

/**
 * What a reader or a screen reader is told: text, and the attributes that are read out. Without the recipe, which stands
 * there as in the exported report.
 */
const told = (page) =>
  page.evaluate(() => {
    const attributes = ['aria-label', 'aria-valuetext', 'title', 'placeholder', 'alt'];
    const visible = (node) => node.checkVisibility?.() !== false;
    const texts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (node instanceof Element) texts.push(...attributes.map((name) => node.getAttribute(name)));
      else if (
        node.parentElement.closest('script, style, .recipe, .deviations td') === null &&
        visible(node.parentElement)
      )
        texts.push(node.textContent);
    }
    return [...new Set(texts.filter((text) => text !== null && text.trim() !== ''))];
  });

/** What is left of a text without its translated parts. */
function outsideOfBrackets(text) {
  const without = text.replace(/⟦[^⟦⟧]*⟧/g, ' ');
  return without === text ? text : outsideOfBrackets(without);
}

/** The texts that a page was given; names of fields are not shown. */
function stringsIn(messages) {
  const found = [];
  JSON.stringify(messages, (_, value) => {
    if (typeof value === 'string') found.push(value);
    return value;
  });
  return found;
}

/** Units, and names that are the same in every language. */
const names = new Set([
  ...['ms', 's', 'min', 'h', 'kB', 'MB', 'GB', 'B', 'px', 'd', 'k', 'e', 'x'],
  ...[
    'LFW',
    'ROC',
    'VAL',
    'FAR',
    'TAR',
    'TPR',
    'FPIR',
    'DIR',
    'AUC',
    'EER',
    'CSV',
    'PNG',
    'HTML',
    'JSON',
    'NaN',
    'Inf',
  ],
  // Of the report's date, as the browser writes it.
  'Mar',
]);

/** Checks that no English is left on any page beside the data that it was given. */
export async function languageChecks(checks, browser, base, fixtures) {
  const { checkpoints } = fixtures;
  const shape = { stepsPerEpoch: 40, logEvery: 2, seed: 7 };
  const series = fixtures.snapshot(fixtures.runEvents({ ...shape, until: 1330 }));
  const other = fixtures.snapshot(fixtures.runEvents({ ...shape, seed: 8 }));
  const report = fixtures.lfwReport({ seed: 11, pairs: 600, spread: 0.66, step: 1520, skipped: 3 });
  const baseline = fixtures.lfwReport({ seed: 11, pairs: 600, spread: 0.78, step: 0 });
  const model = checkpoints.shownModel();
  const pages = {
    run: [
      { type: 'hydrateRun', run: fixtures.runRecord('running'), series },
      {
        type: 'overlays',
        runs: [
          {
            folder: '/runs/other',
            title: 'Other',
            series: { steps: other.steps, validation: other.validation, lfw: other.lfw },
          },
        ],
      },
    ],
    lfw: [{ type: 'hydrateLfw', report, baseline, title: 'Title', imageBase: `${base}/images` }],
    checkpoint: [
      {
        ...{ type: 'hydrateCheckpoint', model, statistics: checkpoints.statistics(model) },
        ...{ comparison: checkpoints.comparison(model), plan: checkpoints.plan(model) },
      },
    ],
    runs: [
      { type: 'hydrateRuns', rows: fixtures.twelveRuns() },
      {
        type: 'comparison',
        folders: fixtures
          .twelveRuns()
          .slice(0, 2)
          .map(({ folder }) => folder),
        settings: [{ name: 'batchSize', values: ['32', '90'] }],
      },
    ],
    gallery: [
      {
        ...{ type: 'hydrateGallery', title: 'Title', base: `${base}/images`, images: fixtures.galleryImages(40) },
        ...{ peopleLeft: 3, imagesLeft: 2, watched: false },
      },
    ],
    recognize: [{ ...recognized(fixtures, base), work: { done: 3, total: 4 } }],
    compare: [{ ...compared(fixtures), working: true }],
    classification: [classified(fixtures, base)],
    identification: [identified()],
  };
  for (const [name, messages] of Object.entries(pages)) {
    await checks.check(`${name} page: every text of its own is a translator's`, async () => {
      const tab = await openPage(browser, base, name, { bracketed: true, width: 1600 });
      for (const message of messages) await tab.send(message);
      const given = stringsIn(messages).join('\n');
      const left = (await told(tab.page)).flatMap((text) => {
        const words = outsideOfBrackets(text).match(/\p{Letter}[\p{Letter}\p{Mark}]*/gu) ?? [];
        const foreign = words.filter((word) => !names.has(word) && !given.includes(word));
        return foreign.length === 0 ? [] : [text];
      });
      await tab.picture(`language-${name}`);
      assert.deepEqual(left, []);
      const bracketed = (await told(tab.page)).filter((text) => text.includes('⟦'));
      assert.ok(bracketed.length >= 8, `${bracketed.length} texts`);
      assert.ok((await overflow(tab.page)) <= 0, 'longer texts have room');
      assert.equal(await tab.page.evaluate(() => document.documentElement.lang), 'de');
      await tab.close();
    });
  }
}
