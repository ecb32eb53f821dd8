// The gallery in Chromium without VS Code.
import assert from 'node:assert/strict';
import { openPage, overflow, text, widths } from './openPage.mjs';
import { themeNames } from './pageServer.mjs';

/** Checks of the gallery, with pictures in every theme. */
export async function galleryPageChecks(checks, browser, base, fixtures) {
  const images = fixtures.galleryImages(10_000);
  const hydrate = { type: 'hydrateGallery', title: 'demo', base: `${base}/images`, images, left: 0 };
  for (const theme of themeNames) {
    for (const width of theme === 'dark' ? widths : [1200]) {
      await checks.check(`Gallery page, ${theme}, ${width} px`, async () => {
        const tab = await openPage(browser, base, 'gallery', { theme, width });
        await tab.send(hydrate);
        await tab.page.locator('.gallery').focus();
        await tab.page.keyboard.press('ArrowRight');
        await tab.page.waitForTimeout(500);
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
    await tab.page.waitForTimeout(200);
    assert.equal(await tab.page.locator('[aria-selected="true"]').getAttribute('id'), 'image-9999');
    assert.equal(await tab.page.locator('.gallery').getAttribute('aria-activedescendant'), 'image-9999');
    assert.ok((await cells()) < 300, `${await cells()} cells at the end`);
    await tab.page.keyboard.press('Enter');
    assert.deepEqual((await tab.posted()).at(-1), { type: 'openImage', path: images[9999].path });
    await tab.page.keyboard.press('r');
    assert.deepEqual((await tab.posted()).at(-1), { type: 'revealImage', path: images[9999].path });
    await tab.page.locator('vscode-checkbox', { hasText: 'Only problems' }).click();
    await tab.page.waitForTimeout(200);
    const wrong = images.filter(({ problem }) => problem !== undefined).length;
    assert.equal(await tab.page.locator('.thumbnail').first().getAttribute('aria-setsize'), String(wrong));
    assert.match(await text(tab.page, '.gallery-detail'), /Keep one of the two/);
    await tab.close();
  });
}
