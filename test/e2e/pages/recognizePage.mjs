// The Recognize tab in Chromium without VS Code.
import assert from 'node:assert/strict';
import { openPage, overflow, text } from './openPage.mjs';
import { themeNames } from './pageServer.mjs';
import { within } from '../../fixtures/deadlines.mjs';

const widths = [480, 800, 1000, 1600];
const [ada, grace] = ['Ada Lovelace', 'Grace Brewster Murray Hopper'];

/** A picture of the harness as the host makes one. */
async function madePicture(page, base, path) {
  const data = await page.evaluate(async (address) => {
    const picture = new window.Image();
    picture.crossOrigin = 'anonymous';
    picture.src = address;
    await picture.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [96, 96];
    canvas.getContext('2d').drawImage(picture, 0, 0, 96, 96);
    return canvas.toDataURL('image/jpeg');
  }, `${base}/images/${path}`);
  return data;
}

/** What the page is told: photographs in each state that there is, the first with a known face and an unknown one. */
export function recognized(fixtures, base) {
  const paths = fixtures.galleryImages(12).map(({ path }) => path);
  const size = [256, 256];
  const near = (name, similarity, file) => ({ name, similarity, file });
  const nearest = (first) => [
    near(ada, first, paths[0]),
    near(grace, 0.41, paths[4]),
    near('Rosa Parks', 0.2, paths[8]),
  ];
  const faces = [
    { box: [70, 60, 180, 200], score: 0.99, nearest: nearest(0.83) },
    { box: [10, 170, 60, 250], score: 0.91, nearest: nearest(0.46) },
  ];
  const photograph = (index, found) => ({
    path: paths[index],
    name: `party/${paths[index]}`,
    address: `${base}/images/${paths[index]}`,
    ...(found !== undefined && { found }),
  });
  return {
    type: 'hydrateRecognize',
    gallery: { name: 'family.gallery.json', people: 3, pictures: 9, model: 'starter', threshold: 0.5 },
    photographs: [
      photograph(0, { size, faces }),
      photograph(1, { size, faces: [] }),
      photograph(2, { problem: `${paths[2]} cannot be decoded (it is cut off). Remove it.` }),
      photograph(3),
    ],
    notes: [],
  };
}

/** Checks of the Recognize page, with pictures in every theme. */
export async function recognizePageChecks(checks, browser, base, fixtures) {
  const paths = fixtures.galleryImages(12).map(({ path }) => path);
  const hydrate = recognized(fixtures, base);
  const seen = hydrate.photographs[0].found;
  const alone = { ...hydrate, photographs: hydrate.photographs.slice(0, 1) };
  const notes = ['The gallery was made of faces cut out by their box, but this model needs landmarks.'];

  for (const theme of themeNames) {
    for (const width of theme === 'dark' ? widths : [480, 1200]) {
      await checks.check(`Recognize page, ${theme}, ${width} px`, async () => {
        const tab = await openPage(browser, base, 'recognize', { theme, width, height: 800 });
        await tab.send({ ...hydrate, notes });
        const data = await madePicture(tab.page, base, paths[4]);
        const made = [0, 4, 8].map((index) => ({ path: paths[index], data }));
        await tab.send({ type: 'thumbnails', made });
        await tab.page.waitForTimeout(within(300));
        await tab.picture(`recognize-${theme}-${width}`, false);
        assert.ok((await overflow(tab.page)) <= 0, 'nothing reaches beyond the right edge');
        const picture = await tab.page.locator('.photograph img').boundingBox();
        const box = await tab.page.locator('.face').first().boundingBox();
        const near = (a, b) => assert.ok(Math.abs(a - b) < 2, `${a} is not ${b}`);
        near(box.x - picture.x, (70 / 256) * picture.width);
        near(box.y - picture.y, (60 / 256) * picture.height);
        near(box.width, (110 / 256) * picture.width);
        await tab.close();
      });
    }
  }

  await checks.check('Recognize page: names follow the threshold, live, and the faces are chosen by keys', async () => {
    const tab = await openPage(browser, base, 'recognize');
    await tab.send(hydrate);
    const names = () => tab.page.locator('.answer-name').allInnerTexts();
    assert.deepEqual(await names(), [ada, 'unknown']);
    assert.match(
      await text(tab.page, '.activity'),
      /family\.gallery\.json · 3 people · 9 pictures · embeddings of starter/,
    );
    const rows = () => tab.page.locator('.photograph-row .reason').allInnerTexts();
    assert.deepEqual((await rows()).slice(0, 2), [`${ada}, 1 unknown`, 'no face found']);
    const slider = tab.page.getByRole('slider', { name: 'Unknown below' });
    assert.equal(await slider.getAttribute('aria-valuetext'), '0.50');
    await slider.focus();
    for (let step = 0; step < 5; step++) await tab.page.keyboard.press('ArrowLeft');
    assert.deepEqual(await names(), [ada, ada], 'a face that is as like as the threshold is known');
    assert.equal((await rows())[0], `${ada}, ${ada}`);
    await tab.page.keyboard.press('End');
    assert.deepEqual(await names(), ['unknown', 'unknown']);
    const second = tab.page.locator('.face').nth(1);
    assert.match(await second.getAttribute('aria-label'), /^Face 2: unknown, nearest Ada Lovelace with 0\.46$/);
    await second.focus();
    await tab.page.keyboard.press('Enter');
    assert.equal(await second.getAttribute('aria-pressed'), 'true');
    assert.equal(await tab.page.locator('.answer.chosen .number').innerText(), '2');
    await tab.page.locator('.answer-head').first().focus();
    await tab.page.keyboard.press('Space');
    assert.equal(await tab.page.locator('.answer.chosen .number').innerText(), '1');
    assert.ok(
      await tab.page
        .locator('.answer-head')
        .first()
        .evaluate((node) => node === document.activeElement),
    );
    await tab.again();
    await tab.send(hydrate);
    assert.deepEqual(await names(), ['unknown', 'unknown'], 'the threshold comes back with the tab');
    await tab.close();
  });

  await checks.check('Recognize page: photographs are chosen by keys, and come as they are looked at', async () => {
    const tab = await openPage(browser, base, 'recognize');
    await tab.send({ ...hydrate, work: { done: 3, total: 4 } });
    assert.equal(await text(tab.page, '.recognize-page > .none'), '3 of 4 looked at');
    await tab.page.locator('.photograph-row').first().focus();
    await tab.page.keyboard.press('ArrowDown');
    assert.equal(await text(tab.page, '.photograph-place .none'), 'No face was found in this photograph.');
    await tab.page.keyboard.press('ArrowDown');
    assert.match(await text(tab.page, '.photograph-place .none'), /cannot be decoded/);
    await tab.page.keyboard.press('End');
    assert.equal(await text(tab.page, '.photograph-place .none'), 'Not looked at yet.');
    await tab.send({ type: 'recognized', photograph: { ...hydrate.photographs[3], found: seen } });
    assert.deepEqual(await tab.page.locator('.answer-name').allInnerTexts(), [ada, 'unknown']);
    assert.ok(!(await tab.page.locator('.recognize-page > .none').isVisible()));
    await tab.page.locator('.likeness-name .link').first().click();
    assert.deepEqual((await tab.posted()).at(-1), { type: 'openImage', path: paths[0] });
    await tab.close();
  });

  await checks.check('Recognize page: asks for what the host makes, for photographs and for a gallery', async () => {
    const tab = await openPage(browser, base, 'recognize');
    await tab.send({ ...alone, gallery: undefined, photographs: [] });
    assert.match(await text(tab.page, '.activity'), /No gallery is chosen/);
    assert.match(await text(tab.page, '.waiting'), /Open photographs, or drop them here/);
    for (const [label, type] of [
      ['Open Photographs…', 'openPhotographs'],
      ['Open Folder…', 'openFolder'],
      ['Choose Gallery…', 'chooseGallery'],
    ]) {
      await tab.page.locator('vscode-button', { hasText: label }).click();
      assert.deepEqual((await tab.posted()).at(-1), { type });
    }
    await tab.page.evaluate(() => {
      const dataTransfer = new window.DataTransfer();
      dataTransfer.setData('text/uri-list', 'file:///photos/a.jpg\r\nfile:///photos/b.jpg');
      document
        .querySelector('main')
        .dispatchEvent(new window.DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }));
    });
    const dropped = (await tab.posted()).at(-1);
    assert.equal(dropped.type, 'dropped');
    assert.deepEqual(dropped.uris.split(/\r?\n/), ['file:///photos/a.jpg', 'file:///photos/b.jpg']);
    const { address, ...hostMade } = alone.photographs[0];
    assert.ok(address);
    await tab.send({ ...alone, photographs: [hostMade] });
    await tab.page.waitForTimeout(within(400));
    const wanted = (await tab.posted()).filter(({ type }) => type === 'wantThumbnails').flatMap((said) => said.paths);
    assert.ok(wanted.includes(paths[0]) && wanted.includes(paths[8]), wanted.join(', '));
    assert.ok(!(await tab.page.locator('.photograph').isVisible()), 'no picture yet');
    const data = await madePicture(tab.page, base, paths[4]);
    await tab.send({ type: 'thumbnails', made: [{ path: paths[0], data }] });
    assert.ok(await tab.page.locator('.photograph').isVisible());
    await tab.close();
  });
}
