// The gallery in Chromium without VS Code.
import assert from 'node:assert/strict';
import { openPage, overflow, text, widths } from './openPage.mjs';
import { themeNames } from './pageServer.mjs';
import { within } from '../../fixtures/deadlines.mjs';

/** Checks of the gallery, with pictures in every theme. */
export async function galleryPageChecks(checks, browser, base, fixtures) {
  const images = fixtures.galleryImages(10_000);
  const hydrate = {
    type: 'hydrateGallery',
    title: 'demo',
    base: `${base}/images`,
    images,
    peopleLeft: 0,
    imagesLeft: 0,
    watched: true,
  };
  for (const theme of themeNames) {
    for (const width of theme === 'dark' ? widths : [1200]) {
      await checks.check(`Gallery page, ${theme}, ${width} px`, async () => {
        const tab = await openPage(browser, base, 'gallery', { theme, width });
        await tab.send(hydrate);
        await tab.page.locator('.gallery').focus();
        await tab.page.keyboard.press('ArrowRight');
        await tab.page.waitForTimeout(within(500));
        // The whole page would be ten thousand pictures long.
        await tab.picture(`gallery-${theme}-${width}`, false);
        assert.ok((await overflow(tab.page)) <= 0, 'nothing reaches beyond the right edge');
        await tab.close();
      });
    }
  }

  await checks.check('Gallery page: 10 000 images, few nodes, keyboard, open and reveal, only problems', async () => {
    const tab = await openPage(browser, base, 'gallery');
    const started = Date.now();
    await tab.send(hydrate);
    const cells = () => tab.page.locator('.thumbnail').count();
    console.log(`        10 000 images are shown in ${Date.now() - started} ms with ${await cells()} cells`);
    assert.ok((await cells()) > 10 && (await cells()) < 300, `${await cells()} cells`);
    await tab.page.locator('.gallery').focus();
    await tab.page.keyboard.press('End');
    await tab.page.waitForTimeout(within(200));
    assert.equal(await tab.page.locator('[aria-selected="true"]').getAttribute('id'), 'image-9999');
    assert.ok((await tab.page.locator('.person-heading').count()) < 60);
    assert.equal(await tab.page.locator('.gallery').getAttribute('aria-activedescendant'), 'image-9999');
    assert.ok((await cells()) < 300, `${await cells()} cells at the end`);
    await tab.page.keyboard.press('Enter');
    const opened = (await tab.posted()).filter(({ type }) => type === 'openImage').at(-1);
    assert.deepEqual(opened, { type: 'openImage', path: images[9999].path });
    await tab.page.keyboard.press('r');
    assert.deepEqual((await tab.posted()).at(-1), { type: 'revealImage', path: images[9999].path });
    await tab.page.locator('vscode-checkbox', { hasText: 'Only problems' }).click();
    await tab.page.waitForTimeout(within(200));
    const wrong = images.filter(({ problem }) => problem !== undefined).length;
    assert.equal(await tab.page.locator('.thumbnail').first().getAttribute('aria-setsize'), String(wrong));
    assert.match(await text(tab.page, '.gallery-detail'), /Keep one of the two/);
    await tab.close();
  });

  await checks.check('Gallery page: several are chosen by mouse and keys, and moved, excluded, put back', async () => {
    // There are no drawings of the crowd.
    const tab = await openPage(browser, base, 'gallery', { silent: /404/ });
    const some = ['Ada_Abendroth', 'Bruno_Birkensee'].flatMap((name) =>
      [1, 2, 3].map((number) => ({ path: `${name}/${name}_000${number}.png` })),
    );
    const crowd = Array.from({ length: 530 }, (_, index) => ({ path: `Zoe/${String(index).padStart(4, '0')}.png` }));
    await tab.send({ ...hydrate, images: [...some, ...crowd] });
    const said = async (type) => (await tab.posted()).filter((message) => message.type === type).at(-1);
    const names = (...indexes) => indexes.map((index) => some[index].path);
    const button = (label) => tab.page.locator('vscode-button', { hasText: label });
    assert.ok((await button('Exclude').getAttribute('disabled')) !== null, 'nothing is chosen yet');
    await tab.page.locator('#image-1').click();
    await tab.page.locator('#image-3').click({ modifiers: ['Shift'] });
    assert.deepEqual((await said('selectImages')).paths, names(1, 2, 3));
    await tab.page.locator('#image-2').click({ modifiers: ['Control'] });
    assert.deepEqual((await said('selectImages')).paths, names(1, 3));
    await tab.page.locator('#image-1').click({ button: 'right' });
    assert.deepEqual((await said('selectImages')).paths, names(1, 3), 'the menu is about all that are chosen');
    await tab.picture('gallery-chosen', false);
    await button('Exclude').click();
    assert.deepEqual(await said('imageAction'), { type: 'imageAction', action: 'exclude', paths: names(1, 3) });
    await tab.page.locator('.gallery').focus();
    await tab.page.keyboard.press('Home');
    await tab.page.keyboard.press('Shift+ArrowRight');
    await tab.page.keyboard.press('m');
    assert.deepEqual(await said('imageAction'), { type: 'imageAction', action: 'move', paths: names(0, 1) });
    await tab.page.keyboard.press('Control+ArrowDown');
    await tab.page.keyboard.press('Space');
    await tab.page.keyboard.press('w');
    assert.deepEqual(await said('imageAction'), { type: 'imageAction', action: 'wrongPerson', paths: names(0, 1, 4) });
    await tab.page.keyboard.press('Control+z');
    assert.deepEqual((await tab.posted()).at(-1), { type: 'undoImages' });
    await tab.page.keyboard.press('Control+a');
    assert.equal((await said('selectImages')).paths.length, 6, 'those of folded people are not chosen');
    const zoe = tab.page.locator('.fold', { hasText: 'Zoe · 530 images' });
    assert.equal(await zoe.getAttribute('aria-expanded'), 'false');
    await zoe.press('Enter');
    assert.equal(await zoe.getAttribute('aria-expanded'), 'true');
    assert.equal(await tab.page.locator('.thumbnail').first().getAttribute('aria-setsize'), '536');
    await tab.send({ ...hydrate, images: some.slice(2) });
    assert.deepEqual((await said('selectImages')).paths, names(2, 3, 4, 5), 'what is away is not chosen any more');
    await tab.close();
  });

  await checks.check('Gallery page: pictures that the host makes are wanted in sight, shown as they come', async () => {
    const some = images.slice(0, 2000).map((image, index) => (index % 2 === 0 ? { ...image, thumbnail: true } : image));
    // The page finds out by itself that a browser cannot show this one.
    some[1] = { path: 'Somebody/really a TIFF.jpg' };
    const tab = await openPage(browser, base, 'gallery', { silent: /404/ });
    const left = { peopleLeft: 1200, imagesLeft: 40, watched: false };
    await tab.send({ ...hydrate, ...left, images: some });
    const asks = async () => (await tab.posted()).filter(({ type }) => type === 'wantThumbnails');
    await tab.page.waitForFunction(() =>
      window.posted
        .filter(({ type }) => type === 'wantThumbnails')
        .at(-1)
        ?.paths.includes('Somebody/really a TIFF.jpg'),
    );
    const first = (await asks()).at(-1).paths;
    assert.ok(first.length > 10 && first.length < 200, `${first.length} are wanted`);
    assert.ok(first.includes(some[0].path) && !first.includes(some[3].path) && !first.includes(some[1998].path));
    await tab.picture('gallery-waiting', false);
    const data = (path) =>
      `data:image/svg+xml;base64,${Buffer.from(fixtures.pictureOf(path) ?? fixtures.pictureOf(some[2].path)).toString('base64')}`;
    const problem = 'It cannot be decoded. Replace or remove the file.';
    const made = first.map((path) => (path === some[4].path ? { path, problem } : { path, data: data(path) }));
    await tab.send({ type: 'thumbnails', made: made.slice(0, 3) });
    assert.equal(
      await tab.page.locator('.thumbnail img[src^="data:"]').count(),
      made.slice(0, 3).filter(({ data }) => data).length,
    );
    await tab.send({ type: 'thumbnails', made: made.slice(3) });
    assert.equal(await tab.page.locator('.thumbnail img[src^="data:"]').count(), first.length - 1);
    await tab.page.locator('#image-4').click();
    assert.match(await text(tab.page, '.gallery-detail'), /It cannot be decoded/);
    assert.match(
      await text(tab.page, '.activity-line'),
      /40 more images of these people not shown · 1.200 people are left out/,
    );
    assert.match(await text(tab.page, '.activity-line'), /Changes inside people’s folders are not watched\./);
    await tab.picture('gallery-thumbnails', false);
    const before = (await asks()).length;
    await tab.page.locator('.gallery').focus();
    await tab.page.keyboard.press('End');
    await tab.page.waitForFunction(
      (count) => window.posted.filter(({ type }) => type === 'wantThumbnails').length > count,
      before,
    );
    const last = (await asks()).at(-1).paths;
    assert.ok(last.includes(some[1998].path) && !last.includes(some[0].path), 'only what is in sight');
    await tab.page.locator('vscode-button', { hasText: 'Refresh' }).click();
    assert.deepEqual((await tab.posted()).at(-1), { type: 'refreshGallery' });
    await tab.send({ ...hydrate, images: some.slice(0, 6) });
    assert.ok(!(await tab.page.locator('vscode-button', { hasText: 'Refresh' }).isVisible()));
    await tab.close();
  });
}
