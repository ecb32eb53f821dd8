// The Checkpoint page with the 490 variables of Inception-ResNet-v1.
import assert from 'node:assert/strict';
import { openPage, overflow, widths } from './openPage.mjs';
import { themeNames } from './pageServer.mjs';
import { within } from '../../fixtures/deadlines.mjs';

/** Checks of this page. */
export async function checkpointPageChecks(checks, browser, base, { checkpoints }) {
  const model = checkpoints.shownModel();
  const statistics = checkpoints.statistics(model);
  const header = { type: 'hydrateCheckpoint', model };
  const full = { ...header, statistics, comparison: checkpoints.comparison(model), plan: checkpoints.plan(model) };
  const open = (tab, name) => tab.page.getByRole('button', { name, exact: true }).click();

  for (const theme of themeNames) {
    for (const width of theme === 'dark' ? widths : [1200]) {
      await checks.check(`Checkpoint page, ${theme}, ${width} px`, async () => {
        const tab = await openPage(browser, base, 'checkpoint', { theme, width });
        await tab.send(width === 1200 ? full : { ...header, statistics });
        await open(tab, 'Block8');
        await open(tab, 'Branch_0/Conv2d_1x1/weights');
        await tab.picture(`checkpoint-${theme}-${width}`);
        assert.ok((await overflow(tab.page)) <= 0, 'nothing reaches beyond the right edge');
        assert.ok((await tab.page.locator('.histogram:visible').count()) > 5);
        await tab.close();
      });
    }
  }

  await checks.check('Checkpoint page: header first, then values, and every variable within a moment', async () => {
    const tab = await openPage(browser, base, 'checkpoint');
    await tab.send(header);
    assert.match(await tab.page.locator('.page-head').innerText(), /Reading the values/);
    assert.equal(await tab.page.locator('tr.stage').count(), model.stages.length);
    await tab.send(full);
    const head = await tab.page.locator('.page-head').innerText();
    assert.doesNotMatch(head, /Reading/);
    assert.match(head, /8631 are not known to be these people/);
    const figures = (await tab.page.locator('.figure').allInnerTexts()).join(' | ');
    assert.match(figures, /NaN, Inf\s+3\s/);
    const milliseconds = await tab.page.evaluate(() => {
      const expand = [...document.querySelectorAll('vscode-button')].find((node) => node.textContent === 'Expand All');
      const began = performance.now();
      expand.click();
      void document.body.offsetHeight;
      return performance.now() - began;
    });
    const variables = model.stages.reduce((sum, stage) => sum + stage.variables.length, 0);
    assert.equal(await tab.page.locator('tbody tr:not(.stage)').count(), variables);
    assert.ok(milliseconds < 1000, `all variables took ${milliseconds.toFixed(0)} ms`);
    const stem = tab.page.locator('tr.stage', { hasText: 'Conv2d_1a_3x3' });
    assert.match(await stem.innerText(), /exactly equal/);
    await tab.close();
  });

  await checks.check('Checkpoint page: filter, what stands out, keyboard, and what is remembered', async () => {
    const tab = await openPage(browser, base, 'checkpoint');
    await tab.send({ ...header, statistics });
    await tab.page.locator('vscode-checkbox').click();
    assert.deepEqual(await tab.page.locator('tr.stage .stage-toggle').allInnerTexts(), ['Block8']);
    await tab.page.locator('.stage-toggle').focus();
    await tab.page.keyboard.press('Enter');
    assert.equal(await tab.page.locator('.stage-toggle').getAttribute('aria-expanded'), 'true');
    assert.equal(await tab.page.evaluate(() => document.activeElement.dataset.key), 'Block8');
    assert.match(await tab.page.locator('tbody tr:not(.stage)').innerText(), /Conv2d_1x1\/biases[\s\S]*3$/);
    await tab.page.locator('vscode-checkbox').click();
    await tab.page.locator('.filter').fill('bottleneck/batchnorm');
    await tab.page.waitForTimeout(within(250));
    assert.equal(await tab.page.locator('tbody tr:not(.stage)').count(), 3);
    await tab.page.locator('vscode-button', { hasText: 'Compare' }).click();
    assert.deepEqual((await tab.posted()).at(-1), { type: 'askCheckpoint', what: 'comparison' });
    await tab.page.reload();
    await tab.page.waitForFunction(() => window.posted.some(({ type }) => type === 'ready'));
    await tab.send({ ...header, statistics });
    assert.equal(await tab.page.locator('.filter').inputValue(), 'bottleneck/batchnorm');
    await tab.close();
  });

  for (const how of ['reloaded', 'lost']) {
    await checks.check(`Checkpoint page, ${how}: open stages, details, choices and place come back`, async () => {
      const tab = await openPage(browser, base, 'checkpoint');
      const notes = ['Comparing with /models/other again…'];
      await tab.send({ ...header, statistics });
      await open(tab, 'Block8');
      await open(tab, 'Branch_0/Conv2d_1x1/weights');
      const opened = await tab.page.evaluate(() => window.scrollY);
      await tab.page.mouse.wheel(0, 400);
      // Chromium scrolls when it comes to it, and the page remembers where it came to rest.
      await tab.page.waitForFunction((from) => window.scrollY !== from, opened);
      await tab.page.waitForTimeout(within(400));
      const before = await tab.page.evaluate(() => window.scrollY);
      assert.ok(before > 200, `scrolled to ${before}`);
      await tab.again(how);
      await tab.send({ ...header, notes });
      assert.match(await tab.page.locator('.page-head').innerText(), /Comparing with \/models\/other again/);
      await tab.send({ ...header, statistics });
      assert.equal(
        await tab.page.getByRole('button', { name: 'Block8', exact: true }).getAttribute('aria-expanded'),
        'true',
      );
      assert.equal(await tab.page.locator('.details-content').count(), 1);
      assert.equal(await tab.page.evaluate(() => window.scrollY), before);
      await tab.close();
    });
  }
}
