// The result of an alignment in Chromium without VS Code.
import assert from 'node:assert/strict';
import { openPage, overflow, text } from './openPage.mjs';
import { themeNames } from './pageServer.mjs';
import { within } from '../../fixtures/deadlines.mjs';

/** Checks of the alignment page, with pictures in every theme. */
export async function alignmentPageChecks(checks, browser, base, fixtures) {
  const paths = fixtures.galleryImages(12).map(({ path }) => path);
  const size = [256, 256];
  const face = { box: [70, 60, 180, 200], score: 0.6 };
  const images = paths.map((image, index) => {
    if (index < 3) return { outcome: 'noFace', image, size };
    if (index === 3) return { outcome: 'unreadable', image, message: `${image} cannot be decoded (it is cut off).` };
    const doubts = [['small'], ['several', 'uncertain']][index % 2];
    return { outcome: 'aligned', image, size, faces: [{ file: image, ...face }], doubts };
  });
  const hydrate = {
    type: 'hydrateAlignment',
    title: 'people_aligned_160',
    photographs: 'people',
    faces: 'people_aligned_160',
    recipe: { detector: 'starter', alignment: 'box', imageSize: 160, margin: 32, upright: true },
    counts: { photographs: 288, faces: 284 },
    images,
    left: 0,
    isLogged: true,
    bases: { photographs: `${base}/images`, faces: `${base}/images` },
  };
  for (const theme of themeNames) {
    for (const [width, height] of theme === 'dark'
      ? [
          [480, 800],
          [900, 600],
          [1200, 800],
        ]
      : [[1200, 800]]) {
      await checks.check(`Alignment page, ${theme}, ${width} px`, async () => {
        const tab = await openPage(browser, base, 'alignment', { theme, width, height });
        await tab.send(hydrate);
        await tab.page.waitForTimeout(within(400));
        await tab.picture(`alignment-${theme}-${width}`, false);
        assert.ok((await overflow(tab.page)) <= 0, 'nothing reaches beyond the right edge');
        await tab.close();
      });
    }
  }

  await checks.check('Alignment page: a box is chosen, moved, typed and drawn, and cut out', async () => {
    const tab = await openPage(browser, base, 'alignment');
    const corrections = async () => (await tab.posted()).filter(({ type }) => type === 'correctFace');
    await tab.send(hydrate);
    assert.match(await text(tab.page, '.activity'), /284 faces, 288 photographs · 4 not found · 8 doubtful/);
    await tab.page.locator('.finding').first().focus();
    await tab.page.keyboard.press('ArrowDown');
    const chosen = tab.page.getByRole('option', { selected: true });
    assert.match(await chosen.ariaSnapshot(), new RegExp(`^- option "${paths[1]} no face found" \\[selected\\]`));
    await tab.page.keyboard.press('Enter');
    assert.ok(await tab.page.locator('.stage').evaluate((node) => node === document.activeElement));
    await tab.page.keyboard.press('ArrowRight');
    await tab.page.keyboard.press('Shift+ArrowDown');
    await tab.page.keyboard.press('Enter');
    const expected = { type: 'correctFace', path: paths[1], face: 0, box: [65, 64, 193, 193] };
    assert.deepEqual((await corrections()).at(-1), expected);
    assert.match(
      await tab.page.locator('.stage').getAttribute('aria-description'),
      /65 from the left, 64 from the top/,
    );
    await tab.page.getByLabel('Left', { exact: true }).last().fill('10');
    await tab.page.keyboard.press('Enter');
    await tab.page.locator('vscode-button', { hasText: 'Cut Out' }).click();
    assert.deepEqual((await corrections()).at(-1).box, [10, 64, 138, 193]);
    const area = await tab.page.locator('.stage img').boundingBox();
    const at = (x, y) => [area.x + (x / 256) * area.width, area.y + (y / 256) * area.height];
    await tab.page.mouse.move(...at(200, 200));
    await tab.page.mouse.down();
    await tab.page.mouse.move(...at(240, 250), { steps: 3 });
    await tab.page.mouse.up();
    await tab.page.locator('vscode-button', { hasText: 'Cut Out' }).click();
    assert.deepEqual((await corrections()).at(-1).box, [200, 200, 240, 250]);
    await tab.send({ type: 'notCorrected', image: paths[1], problem: 'The disk is full. Free some space.' });
    assert.match(await text(tab.page, '.editor-state'), /The disk is full/);
    const faces = [{ file: paths[1], box: [200, 200, 240, 250] }];
    await tab.send({ type: 'corrected', entry: { outcome: 'corrected', image: paths[1], size, faces, time: 'now' } });
    assert.match(await text(tab.page, '.editor-state'), /noted as corrected by hand/);
    assert.match(await text(tab.page, '.activity'), /3 not found · 8 doubtful · 1 corrected by hand/);
    await tab.picture('alignment-corrected', false);
    await tab.page.locator('vscode-button', { hasText: 'Show Faces' }).click();
    assert.deepEqual((await tab.posted()).at(-1), { type: 'showFaces' });
    await tab.close();
  });

  await checks.check(
    'Alignment page: of several faces each is chosen, from the list and by a click, and one is added',
    async () => {
      const tab = await openPage(browser, base, 'alignment', { width: 1200, height: 800 });
      const last = async () => (await tab.posted()).filter(({ type }) => type === 'correctFace').at(-1);
      const boxes = [
        [10, 20, 90, 110],
        [120, 30, 200, 120],
        [60, 140, 140, 230],
      ];
      const image = paths[0];
      const faces = boxes.map((box, index) => ({ file: `a/b_${index}.png`, box, score: 0.9 }));
      const entry = { outcome: 'aligned', image, size, faces, doubts: ['several'] };
      await tab.send({ ...hydrate, recipe: { ...hydrate.recipe, several: true }, images: [entry] });
      assert.match(await text(tab.page, '.findings'), /3 faces, each was cut out/);
      const choice = tab.page.getByLabel('Face of the photograph');
      assert.deepEqual(await choice.locator('option').allInnerTexts(), [
        'Face 1 of 3',
        'Face 2 of 3',
        'Face 3 of 3',
        'Another face',
      ]);
      assert.equal(await tab.page.locator('.other-box').count(), 2);
      const cutOut = () => tab.page.locator('vscode-button', { hasText: 'Cut Out' }).click();
      await choice.selectOption('1');
      await cutOut();
      assert.deepEqual(await last(), { type: 'correctFace', path: image, face: 1, box: boxes[1] });
      const area = await tab.page.locator('.stage img').boundingBox();
      await tab.page.mouse.click(area.x + (100 / 256) * area.width, area.y + (200 / 256) * area.height);
      assert.equal(await choice.inputValue(), '2');
      await tab.page.locator('.stage').focus();
      await tab.page.keyboard.press('ArrowLeft');
      await cutOut();
      assert.deepEqual(await last(), { type: 'correctFace', path: image, face: 2, box: [59, 140, 139, 230] });
      await choice.selectOption('Another face');
      await cutOut();
      assert.deepEqual(await last(), { type: 'correctFace', path: image, face: 3, box: [64, 64, 192, 192] });
      const added = [...faces, { file: 'a/b_3.png', box: [64, 64, 192, 192] }];
      await tab.send({ type: 'corrected', entry: { outcome: 'corrected', image, size, faces: added, time: 'now' } });
      assert.equal(await choice.locator('option:checked').innerText(), 'Face 4 of 4');
      assert.equal(await tab.page.locator('.other-box').count(), 3);
      await tab.picture('alignment-several', false);
      assert.ok((await overflow(tab.page)) <= 0, 'nothing reaches beyond the right edge');
      await tab.send(hydrate);
      assert.ok(!(await choice.isVisible()), 'where one face is taken there is no choice');
      await tab.close();
    },
  );

  await checks.check('Alignment page: nothing to look at, no face at all, no record', async () => {
    const tab = await openPage(browser, base, 'alignment');
    await tab.send({ ...hydrate, images: [] });
    assert.match(await tab.page.locator('main').innerText(), /Every photograph gave a face/);
    await tab.send({ ...hydrate, images: [], isLogged: false });
    assert.match(await tab.page.locator('main').innerText(), /without a record of each photograph/);
    await tab.send({ ...hydrate, images: images.slice(0, 3), counts: { photographs: 3, faces: 0 } });
    assert.ok(!(await tab.page.locator('vscode-button', { hasText: 'Fine-Tune' }).isVisible()));
    await tab.close();
  });
}
