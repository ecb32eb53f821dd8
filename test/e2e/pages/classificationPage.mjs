// The tab of Classify Folder in Chromium without VS Code.
import assert from 'node:assert/strict';
import { openPage, overflow, text } from './openPage.mjs';
import { themeNames } from './pageServer.mjs';

const widths = [480, 800, 1600];
const people = ['Ada_Abendroth', 'Bruno_Birkensee', 'Clara_Calloway', 'Dario_Dornfeld'];

/**
 * What the page is told: of Ada all faces but one are named right and one Bruno's, of Bruno one is unknown, all of Clara and Dario are
 * right; one stranger is refused and one is named.
 */
export function classified(fixtures, base) {
  const files = fixtures.galleryImages(60).map(({ path }) => path);
  const own = (name) => files.filter((file) => file.startsWith(`${name}/`)).slice(0, 4);
  const faces = people.flatMap((name, person) =>
    own(name).map((file, index) => ({ file, person, label: person, probability: 0.9 - 0.05 * index })),
  );
  const nth = (person, index) => faces.filter((face) => face.person === person)[index];
  Object.assign(nth(0, 1), { label: 1, probability: 0.81 });
  Object.assign(nth(1, 0), { label: 2, probability: 0.2 });
  const strangers = files.filter((file) => !people.some((name) => file.startsWith(`${name}/`)));
  faces.push({ file: strangers[0], person: 4, label: 3, probability: 0.25 });
  faces.push({ file: strangers[1], person: 4, label: 0, probability: 0.55 });
  return {
    ...{ type: 'hydrateClassification', title: 'people.classifier.json on faces', imageBase: `${base}/images` },
    report: {
      ...{ version: 1, createdAt: '2026-03-01T10:00:00Z', model: { path: 'starter', name: 'starter' } },
      ...{ classifier: '/work/people.classifier.json', imagesDir: '/work/faces', threshold: 0.4 },
      ...{ people, strangers: ['Somebody_Else'], images: faces, notes: [] },
    },
  };
}

/** Checks of the page, with pictures in every theme. */
export async function classificationPageChecks(checks, browser, base, fixtures) {
  const message = classified(fixtures, base);
  for (const theme of themeNames) {
    for (const width of theme === 'dark' ? widths : [480, 1200]) {
      await checks.check(`Classification page, ${theme}, ${width} px`, async () => {
        const tab = await openPage(browser, base, 'classification', { theme, width, height: 900 });
        await tab.send({ ...message, report: { ...message.report, notes: ['The faces were cut out by their box.'] } });
        await tab.picture(`classification-${theme}-${width}`);
        assert.ok((await overflow(tab.page)) <= 0, 'nothing reaches beyond the right edge');
        await tab.close();
      });
    }
  }

  await checks.check(
    'Classification page: counts follow the threshold, and a cell narrows the faces, by keys',
    async () => {
      const tab = await openPage(browser, base, 'classification');
      await tab.send(message);
      const figures = () => tab.page.locator('.figure-detail').allInnerTexts();
      const known = message.report.images.filter(({ person }) => person < 4).length;
      assert.deepEqual(await figures(), [
        `${known - 2} of ${known} images`,
        `1 of ${known} images`,
        `1 of ${known} images`,
        '1 of 2 images',
      ]);
      const faces = () => tab.page.locator('.classified-face');
      const seen = async (nth) => (await faces().nth(nth).innerText()).replace(/\s+/g, ' ').trim();
      assert.equal(await seen(0), '✗ Bruno Birkensee is Ada Abendroth 81.0 %');
      assert.equal(await seen(1), '✗ Ada Abendroth is Somebody Else 55.0 %');
      assert.equal(await faces().first().locator('.mark').getAttribute('aria-label'), 'wrong', 'the mark is read out');
      const first = tab.page.locator('.confusion [tabindex="0"]');
      assert.equal(await first.getAttribute('aria-label'), 'Ada Abendroth, given Ada Abendroth: 2 images');
      await first.focus();
      await tab.page.keyboard.press('ArrowRight');
      await tab.page.keyboard.press('Enter');
      assert.equal(await faces().count(), 1);
      assert.match(
        await text(tab.page, '.card > .none[role="status"]'),
        /^Ada Abendroth, given Bruno Birkensee Show All$/,
      );
      assert.equal(
        await tab.page.evaluate(() => document.activeElement.getAttribute('aria-label')),
        'Ada Abendroth, given Bruno Birkensee: 1 image',
        'the cell keeps the focus',
      );
      await tab.again();
      await tab.send(message);
      assert.equal(await faces().count(), 1, 'comes back with the tab');
      await tab.page.getByText('Show All').click();
      assert.equal(await faces().count(), message.report.images.length);
      await tab.page.locator('select').selectOption('leastSure');
      assert.equal(await seen(0), '? unknown (nearest Clara Calloway) is Bruno Birkensee 20.0 %');
      await faces().first().focus();
      await tab.page.keyboard.press('ArrowRight');
      await tab.page.keyboard.press('Enter');
      assert.deepEqual((await tab.posted()).at(-1), { type: 'openImage', path: message.report.images.at(-2).file });
      await tab.page.getByRole('slider', { name: 'Unknown up to' }).focus();
      await tab.page.keyboard.press('Home');
      assert.deepEqual(await figures(), [
        `${known - 2} of ${known} images`,
        `2 of ${known} images`,
        `0 of ${known} images`,
        '0 of 2 images',
      ]);
      await tab.close();
    },
  );

  await checks.check(
    'Classification page: many people and faces stay readable, and pictures may be missing',
    async () => {
      const tab = await openPage(browser, base, 'classification');
      const many = Array.from({ length: 100 }, (_, index) => `Person_${index}`);
      const images = many.flatMap((name, person) =>
        [0, 1].map((index) => ({
          ...{ file: `${name}/${index}.png`, person, probability: 0.9 },
          label: index === 1 && person > 90 ? person - 1 : person,
        })),
      );
      const report = { ...message.report, people: many, strangers: [], images };
      await tab.send({ ...message, report, imageBase: undefined, missing: 'The pictures cannot be shown.' });
      assert.equal(await tab.page.locator('.confusion tbody tr').count(), 24);
      assert.match(await text(tab.page, '.card > .none'), /^The 24 people with the most wrong answers; 76 more\.$/);
      assert.equal(await text(tab.page, '.notes'), 'The pictures cannot be shown.');
      assert.equal(await tab.page.locator('.classified-face').count(), 60);
      await tab.page.getByText('Show 60 more of 140').click();
      assert.equal(await tab.page.locator('.classified-face').count(), 120);
      assert.ok((await overflow(tab.page)) <= 0);
      await tab.close();
    },
  );
}
