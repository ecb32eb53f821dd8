// The table of runs in Chromium without VS Code.
import assert from 'node:assert/strict';
import { openPage, overflow, text } from './openPage.mjs';
import { themeNames } from './pageServer.mjs';

/** Windows that it is looked at in, pixels: wide, the smallest that is promised, narrow, and the first one at 200 %. */
const sizes = [
  { width: 1600, height: 900 },
  { width: 900, height: 600 },
  { width: 480, height: 700 },
  { width: 600, height: 400 },
];

/** Checks of the table, with pictures in every theme. */
export async function runsPageChecks(checks, browser, base, fixtures) {
  const rows = fixtures.twelveRuns();
  const hydrate = { type: 'hydrateRuns', rows };
  const names = (page) => page.locator('.runs-scroll tbody th').allInnerTexts();
  const focused = (page) => page.evaluate(() => document.activeElement.textContent);
  /** The first cell of a row, focused as one comes to it. */
  const enter = async (page) => {
    await page.locator('.runs-scroll [tabindex="0"]').focus();
    await page.keyboard.press('ArrowDown');
  };
  const last = async (tab) => (await tab.posted()).at(-1);

  for (const theme of themeNames) {
    for (const { width, height } of theme === 'dark' ? sizes : sizes.slice(0, 2)) {
      await checks.check(`Runs page, ${theme}, ${width} px`, async () => {
        const tab = await openPage(browser, base, 'runs', { theme, width, height });
        await tab.send(hydrate);
        await enter(tab.page);
        await tab.page.keyboard.press('Space');
        await tab.page.keyboard.press('ArrowDown');
        await tab.page.keyboard.press('Space');
        await tab.picture(`runs-${theme}-${width}`, false);
        assert.ok((await overflow(tab.page)) <= 0, 'nothing reaches beyond the right edge');
        const place = await tab.page.locator('.runs-scroll').boundingBox();
        assert.ok(place.height >= 180, `${place.height} px are left for the rows`);
        await tab.close();
      });
    }
  }

  await checks.check('Runs page: the best is found, renamed, tagged, compared and deleted by keyboard', async () => {
    const tab = await openPage(browser, base, 'runs');
    const { page } = tab;
    await tab.send(hydrate);
    assert.match(await text(page, '.activity-line'), /11 runs · 1 not shown/);
    // By accuracy: the head is above the first row.
    await page.locator('.runs-scroll [tabindex="0"]').focus();
    for (let times = 0; times < 4; times++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('th[aria-sort]').getAttribute('aria-sort'), 'descending');
    assert.equal((await names(page))[0], 'starter on people 1');
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(page), '94.7 %');
    await page.keyboard.press('Home');
    assert.equal(await focused(page), 'starter on people 1');
    await page.keyboard.press('Enter');
    assert.deepEqual(await last(tab), { type: 'onRuns', what: 'open', folders: [rows[1].folder] });
    for (const [key, what] of Object.entries({
      F2: 'rename',
      t: 'tag',
      n: 'note',
      s: 'star',
      e: 'archive',
      d: 'duplicate',
    })) {
      await page.keyboard.press(key);
      assert.deepEqual(await last(tab), { type: 'onRuns', what, folders: [rows[1].folder] });
    }
    // Two of them, compared; then three with the shift key, deleted.
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowDown');
    assert.match(await text(page, '.activity-line'), /2 selected/);
    assert.equal(await page.locator('tr[aria-selected="true"]').count(), 2);
    await page.keyboard.press('c');
    const folders = [rows[1].folder, rows[0].folder];
    assert.deepEqual(await last(tab), { type: 'onRuns', what: 'compare', folders });
    await tab.send({ type: 'comparison', folders, settings: [{ name: 'batchSize', values: ['32', null] }] });
    assert.match(
      await text(page, '.comparison'),
      /starter on people 1 starter on people 0.*Accuracy 94\.7 % 93\.1 %.*batchSize 32 –/,
    );
    await tab.picture('runs-comparison');
    // One that is running is not deleted.
    await page.locator('tr[aria-selected="true"] th').first().focus();
    const before = (await tab.posted()).length;
    await page.keyboard.press('Delete');
    assert.equal((await tab.posted()).length, before);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('tr[aria-selected="true"]').count(), 0);
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Home');
    assert.equal(await focused(page), (await names(page)).at(-1));
    await page.keyboard.press('Delete');
    assert.equal((await last(tab)).what, 'delete');
    await tab.close();
  });

  await checks.check('Runs page: filters by words, tags, kind and archive; what is shown comes back', async () => {
    const tab = await openPage(browser, base, 'runs');
    const { page } = tab;
    await tab.send(hydrate);
    await page.locator('input.filter').fill('#twins');
    await page.waitForFunction(() => document.querySelectorAll('.runs-scroll tbody th').length === 2);
    await page.locator('input.filter').fill('');
    await page.locator('vscode-checkbox', { hasText: 'Archived' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.runs-scroll tbody th').length === 12);
    await page.locator('select').selectOption('validation');
    assert.deepEqual(await names(page), ['starter on people 5', 'starter on people 11']);
    await tab.again();
    await tab.send(hydrate);
    assert.equal((await names(page)).length, 2);
    await page.locator('input.filter').fill('nothing is called so');
    await page.locator('text=No run is meant by the filter.').waitFor();
    await tab.close();
  });

  await checks.check(
    'Runs page: the focus stays with its run when rows come and go; the screen reader is told',
    async () => {
      const tab = await openPage(browser, base, 'runs');
      const { page } = tab;
      await tab.send(hydrate);
      await enter(page);
      await page.keyboard.press('ArrowDown');
      assert.equal(await focused(page), 'starter on people 1');
      await tab.send({ ...hydrate, rows: [fixtures.runRow(20, { startedAt: '2026-04-01T00:00:00Z' }), ...rows] });
      assert.equal(await focused(page), 'starter on people 1');
      const grid = page.locator('[role="grid"]');
      assert.equal(await grid.getAttribute('aria-rowcount'), '13');
      const cells = page.locator('tr[aria-rowindex="4"] > *');
      const said = await cells.evaluateAll((nodes) =>
        nodes.map((node) => node.getAttribute('aria-label') ?? node.textContent),
      );
      assert.deepEqual(said.slice(0, 9), [
        ...['starter on people 1', 'no star', 'fine-tuning', 'done', '94.7 %'],
        ...['+4.0 points', '78.0 %', '900', '2 min'],
      ]);
      await tab.close();
    },
  );

  await checks.check('Runs page: 2,000 runs are shown, sorted and gone through quickly', async () => {
    const tab = await openPage(browser, base, 'runs', { width: 1600 });
    const { page } = tab;
    const many = Array.from({ length: 2000 }, (_, index) =>
      fixtures.runRow(index, { accuracy: ((index * 7919) % 2000) / 2000 }),
    );
    await tab.send({ type: 'hydrateRuns', rows: many });
    const took = await page.evaluate(async () => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const started = performance.now();
      document.querySelector('th[data-column="4"]').click();
      await frame();
      return performance.now() - started;
    });
    const made = await page.locator('.runs-scroll tbody tr[data-row]').count();
    console.log(`        2,000 runs are sorted and drawn in ${took.toFixed(0)} ms with ${made} rows`);
    assert.ok(made < 120, `${made} rows exist`);
    assert.ok(took < 1000, `${took} ms`);
    await page.keyboard.press('Control+End');
    assert.equal(await page.locator('tr:focus-within').getAttribute('aria-rowindex'), '2001');
    assert.ok((await page.locator('.runs-scroll tbody tr[data-row]').count()) < 120);
    await page.keyboard.press('Control+Home');
    assert.equal(await page.locator('tr:focus-within').getAttribute('aria-rowindex'), '2');
    await tab.close();
  });
}
