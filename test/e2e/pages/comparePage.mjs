// The tab of Compare Faces in Chromium without VS Code.
import assert from 'node:assert/strict';
import { openPage, overflow, text } from './openPage.mjs';
import { themeNames } from './pageServer.mjs';

const widths = [480, 800, 1600];

/** What the page is told of `count` faces: the first two are one person, all others are strangers to each other. */
export function compared(fixtures, count = 3) {
  const images = fixtures.galleryImages(12).slice(0, count);
  const of = (cell) => images.map((_, i) => images.map((__, j) => cell(i, j)));
  const isOne = (i, j) => i + j === 1;
  return {
    type: 'hydrateCompare',
    model: 'family, step 600',
    photographs: images.map(({ path }) => ({
      path: `/photos/${path}`,
      name: path,
      crop: `data:image/svg+xml;base64,${Buffer.from(fixtures.pictureOf(path)).toString('base64')}`,
    })),
    result: {
      distances: of((i, j) => (i === j ? 0 : isOne(i, j) ? 0.6123 : 1.2 + 0.01 * (i + j))),
      threshold: 1.0456,
      confidence: of((i, j) => (i === j || isOne(i, j) ? 0.981 : 0.024)),
    },
    notes: [],
    working: false,
  };
}

/** Checks of the page, with pictures in every theme. */
export async function comparePageChecks(checks, browser, base, fixtures) {
  const two = compared(fixtures, 2);
  const many = { ...compared(fixtures, 5), notes: ['No face was found in party/sky.jpg.'] };
  const [first, second] = many.photographs;

  for (const theme of themeNames) {
    for (const width of theme === 'dark' ? widths : [480, 1200]) {
      await checks.check(`Compare page, ${theme}, ${width} px`, async () => {
        const tab = await openPage(browser, base, 'compare', { theme, width, height: 800 });
        for (const [name, message] of Object.entries({ two, many })) {
          await tab.send(message);
          await tab.picture(`compare-${name}-${theme}-${width}`, false);
          assert.ok((await overflow(tab.page)) <= 0, 'nothing reaches beyond the right edge');
          const [left, right] = [0, 1].map((side) => tab.page.locator('.face-side img').nth(side));
          assert.ok((await left.boundingBox()).x + 40 < (await right.boundingBox()).x, 'side by side');
        }
        await tab.close();
      });
    }
  }

  await checks.check('Compare page: two faces with their distance, the verdict and how sure it is', async () => {
    const tab = await openPage(browser, base, 'compare');
    await tab.send({ ...two, result: undefined, working: true });
    assert.equal(await text(tab.page, '.compare-page > .none'), 'Looking for the faces…');
    assert.ok(!(await tab.page.locator('.face-pair').isVisible()));
    await tab.send(two);
    assert.equal(await text(tab.page, '.activity'), 'embeddings of family, step 600');
    assert.equal(
      await text(tab.page, '.face-verdict'),
      'The same person distance 0.6123 one person below 1.0456 98.1 % sure to be one person',
    );
    assert.ok(!(await tab.page.locator('.faces').isVisible()), 'two faces need no table');
    await tab.page.locator('.face-side .link').first().click();
    assert.deepEqual((await tab.posted()).at(-1), { type: 'openImage', path: first.path });
    const { threshold, confidence, ...distances } = two.result;
    assert.ok(threshold && confidence);
    await tab.send({ ...two, result: distances });
    assert.equal(await text(tab.page, '.face-verdict'), 'No verdict distance 0.6123');
    assert.match(await text(tab.page, '.note'), /^No report of this model says below which distance/);
    await tab.page.locator('.note .link').click();
    assert.deepEqual((await tab.posted()).at(-1), { type: 'measureModel' });
    const one = { ...two, photographs: [first], result: { distances: [[0]] }, notes: ['No face was found in b.jpg.'] };
    await tab.send(one);
    assert.equal(await text(tab.page, '.notes'), 'No face was found in b.jpg.', 'and nothing else is said');
    assert.ok(!(await tab.page.locator('.face-pair').isVisible()));
    for (const [label, type] of [
      ['Add Photographs…', 'addPhotographs'],
      ['Choose Model…', 'chooseModel'],
    ]) {
      await tab.page.locator('vscode-button', { hasText: label }).click();
      assert.deepEqual((await tab.posted()).at(-1), { type });
    }
    await tab.close();
  });

  await checks.check('Compare page: each two of several faces are chosen by keys, and read out', async () => {
    const tab = await openPage(browser, base, 'compare');
    await tab.send(many);
    const names = () => tab.page.locator('.face-side figcaption').allInnerTexts();
    assert.deepEqual(await names(), [first.name, second.name], 'the nearest two first');
    const cell = (row, column) => tab.page.locator('.faces tbody tr').nth(row).locator('td').nth(column);
    assert.equal(
      await cell(0, 1).locator('button').getAttribute('aria-label'),
      `${first.name} and ${second.name}: The same person, distance 0.6123`,
    );
    await tab.page.locator('.faces [tabindex="0"]').focus();
    await tab.page.keyboard.press('ArrowRight');
    assert.deepEqual(await names(), [first.name, many.photographs[2].name]);
    await tab.page.keyboard.press('ArrowDown');
    await tab.page.keyboard.press('ArrowDown');
    assert.deepEqual(await names(), [many.photographs[2].name, many.photographs[3].name], 'over the diagonal');
    assert.equal(await text(tab.page, '.face-verdict strong'), 'Two people');
    assert.equal(await tab.page.locator('.faces [tabindex="0"]').count(), 1, 'one of them takes the Tab key');
    await tab.again();
    await tab.send(many);
    assert.deepEqual(await names(), [many.photographs[2].name, many.photographs[3].name], 'comes back with the tab');
    await cell(1, 0).locator('button').click();
    assert.deepEqual(await names(), [first.name, second.name]);
    await tab.close();
  });
}
