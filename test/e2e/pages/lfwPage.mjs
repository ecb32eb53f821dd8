// The LFW page in Chromium without VS Code.
import assert from 'node:assert/strict';
import { openPage, overflow, text, widths } from './openPage.mjs';
import { domCounters } from './leaks.mjs';
import { themeNames } from './pageServer.mjs';
import { within } from '../../fixtures/deadlines.mjs';

/** Checks of this page. */
export async function lfwPageChecks(checks, browser, base, fixtures) {
  const baseline = fixtures.lfwReport({ seed: 11, pairs: 600, spread: 0.78, step: 0 });
  const report = fixtures.lfwReport({ seed: 11, pairs: 600, spread: 0.66, step: 1520, skipped: 3 });
  const hydrate = { type: 'hydrateLfw', report, baseline, title: 'demo, step 1520', imageBase: `${base}/images` };

  for (const theme of themeNames) {
    for (const width of theme === 'dark' ? widths : [1200]) {
      await checks.check(`LFW page, ${theme}, ${width} px`, async () => {
        const tab = await openPage(browser, base, 'lfw', { theme, width });
        await tab.send(hydrate);
        await tab.page.waitForTimeout(within(300));
        await tab.picture(`lfw-${theme}-${width}`);
        assert.ok((await overflow(tab.page)) <= 0, 'nothing reaches beyond the right edge');
        assert.equal(await tab.page.locator('.plot canvas:visible').count(), 3);
        await tab.close();
      });
    }
  }

  await checks.check('LFW page shows the numbers of the report', async () => {
    const tab = await openPage(browser, base, 'lfw');
    await tab.send(hydrate);
    const figures = (await tab.page.locator('.figure').allInnerTexts()).map((figure) => figure.replace(/\s+/g, ' '));
    assert.ok(figures[0].includes(fixtures.percentSpread(report.accuracy.mean, report.accuracy.std)), figures[0]);
    assert.ok(figures[0].includes(`before ${fixtures.percent(baseline.accuracy.mean)}`), figures[0]);
    assert.ok(figures[1].includes(fixtures.percentSpread(report.validation.rate, report.validation.std)), figures[1]);
    assert.ok(figures[1].includes(`FAR ${fixtures.percent(report.validation.far)}`), figures[1]);
    assert.ok(figures[2].includes(report.auc.toFixed(3)), figures[2]);
    assert.ok(figures[3].includes(fixtures.percent(report.eer)), figures[3]);
    const mean = report.accuracy.thresholds.reduce((sum, value) => sum + value, 0) / report.accuracy.thresholds.length;
    assert.equal(await text(tab.page, '.slider-value'), mean.toFixed(2));
    const index = Math.round(mean * 100);
    const readouts = await tab.page.locator('.readout-value').allInnerTexts();
    assert.deepEqual(readouts.slice(0, 3), [
      fixtures.percent(report.roc.accuracy[index]),
      fixtures.percent(report.roc.tpr[index]),
      fixtures.percent(report.roc.fpr[index]),
    ]);
    const threshold = report.roc.thresholds[index];
    const wrong = report.distances.filter(({ same, distance }) => same !== distance < threshold).length;
    assert.equal(readouts[3], `${wrong} of 600`);
    const counts = await tab.page.locator('section[aria-label^="False"] .count').allInnerTexts();
    assert.equal(
      counts.reduce((sum, count) => sum + Number(count), 0),
      wrong,
    );
    assert.match(await text(tab.page, '.skipped summary'), /^3 pairs could not be used$/);
    await tab.page.waitForFunction(() =>
      [...document.querySelectorAll('.pictures img')].some(({ naturalWidth }) => naturalWidth > 0),
    );
    await tab.close();
  });

  await checks.check('LFW page: a screen reader is told what each chart shows', async () => {
    const tab = await openPage(browser, base, 'lfw');
    await tab.send(hydrate);
    const spoken = await tab.page.locator('main').ariaSnapshot();
    const [mean, fold] = [report.accuracy.mean, report.accuracy.perFold[0]].map(fixtures.percent);
    for (const part of [
      'heading "ROC true accepts over false accepts"',
      'slider "Threshold on the ROC curve"',
      'heading "Distances squared Euclidean"',
      'img "Distances of 300 same and 300 different pairs, threshold ',
      `img "Accuracy of the folds: fold 1 ${fold}, `,
      `; mean ${mean}"`,
    ])
      assert.ok(spoken.includes(part), `${part} is not in ${spoken}`);
    const curve = tab.page.getByRole('slider', { name: 'Threshold on the ROC curve' });
    const value = await curve.evaluate((node) => [node.ariaValueMin, node.ariaValueNow, node.ariaValueText].join(' '));
    assert.match(
      value,
      /^0 (\d\.\d+) threshold \1: false accept rate \d+\.\d %, true accept rate \d+\.\d %, accuracy \d+\.\d %$/,
    );
    await tab.close();
  });

  await checks.check('LFW page: keyboard and pointer move the threshold, which is remembered', async () => {
    const tab = await openPage(browser, base, 'lfw');
    await tab.send(hydrate);
    const shown = async () => Number(await text(tab.page, '.slider-value'));
    const start = await shown();
    const roc = tab.page.locator('.plot[role="slider"]');
    await roc.focus();
    await tab.page.keyboard.press('ArrowRight');
    await tab.page.keyboard.press('ArrowRight');
    assert.equal((await shown()).toFixed(2), (start + 0.02).toFixed(2));
    assert.equal(Number(await roc.getAttribute('aria-valuenow')).toFixed(2), (start + 0.02).toFixed(2));
    await tab.page.keyboard.press('PageDown');
    assert.equal((await shown()).toFixed(2), (start - 0.08).toFixed(2));
    await tab.page.keyboard.press('Home');
    assert.equal(await shown(), 0);
    assert.deepEqual((await tab.page.locator('.readout-value').allInnerTexts()).slice(1, 3), ['0.0 %', '0.0 %']);
    await tab.page.waitForTimeout(within(250));
    assert.equal(await text(tab.page, 'section[aria-label="False rejects"] .count'), '300');
    await tab.page.locator('vscode-checkbox', { hasText: 'Logarithmic FAR' }).click();
    await roc.locator('.u-over').click({ position: { x: 120, y: 40 } });
    assert.ok((await shown()) > 0, 'a click on the curve sets the threshold');
    const histogram = tab.page.locator('.plot').nth(1).locator('.u-over');
    const box = await histogram.boundingBox();
    await tab.page.mouse.move(box.x + 30, box.y + 80);
    await tab.page.mouse.down();
    await tab.page.mouse.move(box.x + box.width * 0.6, box.y + 80, { steps: 5 });
    await tab.page.mouse.up();
    const dragged = await shown();
    assert.ok(dragged > start, `dragged to ${dragged}, began at ${start}`);
    await tab.page.waitForTimeout(within(250));
    await tab.picture('lfw-threshold');
    await tab.page.reload();
    await tab.page.waitForFunction(() => window.posted.some(({ type }) => type === 'ready'));
    await tab.send(hydrate);
    assert.equal(await shown(), dragged);
    await tab.close();
  });

  await checks.check(
    'LFW page: every wrong pair can be reached, gone pictures say so, charts have tables',
    async () => {
      const tab = await openPage(browser, base, 'lfw', { width: 1000 });
      const full = fixtures.lfwReport({ seed: 5, pairs: 6000, spread: 0.5, step: 1520 });
      await tab.send({ ...hydrate, report: full });
      const about = { kind: 'lfw', report: '/runs/demo/lfw.json', baseline: '/runs/other/evaluations/lfw.json' };
      await tab.send({ type: 'about', about });
      const roc = tab.page.locator('.plot[role="slider"]');
      await roc.focus();
      await tab.page.keyboard.press('Home');
      await tab.page.waitForTimeout(within(250));
      const rejects = tab.page.locator('section[aria-label="False rejects"]');
      assert.equal(
        await rejects
          .locator('.pager')
          .innerText()
          .then((words) => words.replace(/\s+/g, ' ')),
        'First Previous 1–24 of 3 000 Next Last',
      );
      const seen = new Set();
      const names = () => rejects.locator('.pair').allInnerTexts();
      for (const name of await names()) seen.add(name);
      await rejects.locator('button', { hasText: 'Next' }).focus();
      await tab.page.keyboard.press('Enter');
      assert.match(await rejects.locator('.page-range').innerText(), /^25–48 of/);
      for (const name of await names()) seen.add(name);
      assert.ok(seen.size > 40, `${seen.size} different pairs on two pages`);
      assert.equal(await tab.page.evaluate(() => document.activeElement.textContent), 'Next', 'the focus stays');
      await rejects.locator('button', { hasText: 'Last' }).click();
      assert.match(await rejects.locator('.page-range').innerText(), /–3\s000 of 3\s000$/);
      assert.equal(await rejects.locator('button', { hasText: 'Next' }).getAttribute('aria-disabled'), 'true');

      await rejects.locator('.pair-open').first().click();
      const opened = (await tab.posted()).at(-1);
      assert.equal(opened.type, 'wantPhotographs');
      assert.ok(
        full.distances.some(({ a, b }) => a === opened.a && b === opened.b),
        opened.a,
      );
      await tab.page.keyboard.press('Escape');
      await tab.page.locator('vscode-button', { hasText: 'Compare With' }).click();
      assert.deepEqual((await tab.posted()).at(-1), { type: 'chooseBaseline' });

      assert.equal(await tab.page.locator('table:visible').filter({ hasText: 'Threshold' }).count(), 0);
      await tab.page.locator('vscode-checkbox', { hasText: 'Values as tables' }).click();
      const tables = tab.page.locator('section[aria-label="Values"] table');
      assert.deepEqual(await tables.evaluateAll((all) => all.map((table) => table.ariaLabel)), [
        'Values of the ROC',
        'Values of the distances',
        'Values of the folds',
      ]);
      assert.equal(await tables.nth(2).locator('tbody tr').count(), 10);
      const cells = await tables.nth(2).locator('tbody tr').first().locator('td').allInnerTexts();
      assert.equal(cells[2], fixtures.percent(full.accuracy.perFold[0]));
      await tab.picture('lfw-tables');
      assert.ok((await overflow(tab.page)) <= 0, 'nothing reaches beyond the right edge');
      assert.deepEqual((await tab.saved()).host, about);

      const missing = 'The pictures cannot be shown: the folder /faces was moved or deleted. The numbers are complete.';
      await tab.send({ type: 'hydrateLfw', report, baseline, title: 'demo', missing });
      assert.match(await text(tab.page, '.messages'), /^Warning The pictures cannot be shown/);
      assert.equal(await tab.page.locator('.pictures').count(), 0);
      const lost = 'The report /r.json, which these numbers were compared with, cannot be read any more.';
      await tab.send({ type: 'hydrateLfw', report, title: 'demo', lost });
      assert.match(await text(tab.page, '.messages'), /^Warning The report \/r\.json, which .* any more\. /);
      await tab.close();
    },
  );

  await checks.check(
    'LFW page: the verdict is a sentence, and pairs are grouped by what has become of them',
    async () => {
      const tab = await openPage(browser, base, 'lfw', { width: 1000 });
      const { before, after } = fixtures.pairedReports({ fixed: 40, broken: 16, stillWrong: 16, right: 528 });
      const verdict = fixtures.verdictOf(before, after, ['Nobody']);
      const message = { ...hydrate, report: after, baseline: before, verdict, title: 'demo, step 600' };
      await tab.send(message);
      const spoken = await tab.page.getByRole('region', { name: 'Verdict' }).ariaSnapshot();
      assert.match(
        spoken,
        /status:\n? *-? *strong: "Better by 4\.0 points \(90\.7 % → 94\.7 %, noise ± 2\.5\): use step 600"/,
      );
      assert.match(spoken, /Of 600 pairs: 40 put right, 16 newly wrong, 16 still wrong\./);
      const labels = await tab.page.locator('.verdict vscode-button').allInnerTexts();
      assert.deepEqual(labels, ['Try It on Photographs…', 'Export Model…', 'Train Longer…', 'Harder Pairs…']);
      await tab.page.locator('.verdict vscode-button').first().click();
      assert.deepEqual((await tab.posted()).at(-1), { type: 'takeStep', step: 'tryOnPhotographs' });
      const claims = tab.page.locator('section.rates');
      assert.match(await claims.innerText(), /95 % intervals: pairs told right 9\d\.\d % to 9\d\.\d %, VAL /);
      // 300 pairs of two people.
      assert.match(
        await claims.getByRole('row', { name: /TAR at FAR 0\.1 %/ }).innerText(),
        /insufficient data: 1\.0 %/,
      );
      const count = (name) => text(tab.page, `section[aria-label="${name}"] .count`);
      assert.deepEqual(await Promise.all(['Put right', 'Newly wrong', 'Still wrong'].map(count)), ['40', '16', '16']);
      assert.match(await text(tab.page, 'section[aria-label="Newly wrong"] .pair-distance'), /^distance \d\.\d+ → \d/);
      await tab.picture('lfw-verdict');

      const broken = tab.page.locator('section[aria-label="Newly wrong"] .pair-open').first();
      await broken.focus();
      await tab.page.keyboard.press('Enter');
      const dialog = tab.page.getByRole('dialog', { name: 'Pair' });
      const { a, b, type } = (await tab.posted()).at(-1);
      assert.equal(type, 'wantPhotographs');
      const photograph = `${base}/images/${a}`;
      await tab.send({ type: 'photographs', a: b, b: a, addresses: [photograph, photograph] });
      assert.equal(await dialog.locator('.photograph img').count(), 0, 'of another pair');
      await tab.send({ type: 'photographs', a, b, addresses: [photograph, undefined] });
      assert.equal(await dialog.locator('.photograph img').count(), 1);
      const said = [];
      for (const label of ['Open', 'Wrong Label…', 'Exclude', 'Open Photograph']) {
        await dialog.locator('vscode-button').getByText(label, { exact: true }).first().click();
        said.push((await tab.posted()).at(-1));
      }
      assert.deepEqual(
        said,
        ['openPicture', 'wrongLabel', 'excludeImage', 'openPhotograph'].map((kind) => ({ type: kind, path: a })),
      );
      await tab.picture('lfw-pair');
      assert.ok((await overflow(tab.page)) <= 0, 'nothing reaches beyond the right edge');
      await tab.page.keyboard.press('Escape');
      assert.equal(await dialog.count(), 0);
      assert.ok(await broken.evaluate((node) => node === document.activeElement), 'the focus is back on its pair');

      const others = { kind: 'incomparable', reason: 'pairs', step: 600, differences: [] };
      await tab.send({
        ...message,
        baseline: fixtures.lfwReport({ seed: 2, pairs: 40, spread: 0.5, step: 0 }),
        verdict: others,
      });
      assert.match(await text(tab.page, '.verdict'), /^No verdict: before and after were measured on different pairs/);
      assert.equal(await tab.page.locator('section[aria-label="Put right"]').count(), 0);
      await tab.close();
    },
  );

  for (const how of ['reloaded', 'lost']) {
    await checks.check(`LFW page, ${how}: threshold, page of the wrong pairs and place come back`, async () => {
      const tab = await openPage(browser, base, 'lfw', { width: 1000 });
      const full = { ...hydrate, report: fixtures.lfwReport({ seed: 5, pairs: 6000, spread: 0.5, step: 1520 }) };
      await tab.send(full);
      await tab.page.locator('.plot[role="slider"]').focus();
      await tab.page.keyboard.press('Home');
      await tab.page.waitForTimeout(within(250));
      const rejects = tab.page.locator('section[aria-label="False rejects"]');
      const range = () => rejects.locator('.page-range').innerText();
      await rejects.locator('button', { hasText: 'Next' }).click();
      await rejects.locator('button', { hasText: 'Next' }).click();
      assert.match(await range(), /^49–72 of/);
      await tab.page.waitForTimeout(within(400));
      const before = await tab.page.evaluate(() => window.scrollY);
      assert.ok(before > 200, `scrolled to ${before}`);
      await tab.again(how);
      await tab.send(full);
      assert.equal(await text(tab.page, '.slider-value'), '0.00');
      assert.match(await range(), /^49–72 of/);
      assert.equal(await tab.page.evaluate(() => window.scrollY), before);
      // Other pairs begin at their first page, and that is what comes back then.
      await tab.page.locator('.plot[role="slider"]').focus();
      for (const key of ['End', 'Home']) {
        await tab.page.keyboard.press(key);
        await tab.page.waitForTimeout(within(400));
      }
      await tab.again(how);
      await tab.send(full);
      assert.match(await range(), /^1–/);
      await tab.close();
    });
  }

  await checks.check('LFW page: a picture that was deleted says so', async () => {
    const tab = await openPage(browser, base, 'lfw', { width: 1000 });
    await tab.page.route('**/images/**', (route) => route.fulfill({ status: 200, contentType: 'image/png', body: '' }));
    await tab.send(hydrate);
    await tab.page.locator('.no-picture').first().waitFor();
    assert.equal(await text(tab.page, '.no-picture'), 'picture is gone');
    assert.match(await tab.page.locator('.no-picture').first().getAttribute('title'), /moved, deleted/);
    await tab.picture('lfw-gone');
    await tab.close();
  });

  await checks.check(
    'LFW page: no baseline, no pictures, no equal error rate; then a full-size list, 50 times over',
    async () => {
      const tab = await openPage(browser, base, 'lfw', { width: 900 });
      const rest = { ...report, eer: undefined };
      const eerNote =
        'The equal error rate is not defined: the thresholds end before false accepts and false rejects meet.';
      await tab.send({ type: 'hydrateLfw', report: { ...rest, eerNote }, title: 'demo' });
      assert.match(await text(tab.page, '.figure:nth-child(4)'), /– The equal error rate is not defined/);
      assert.equal(await tab.page.locator('.figure-change').count(), 0);
      assert.equal(await tab.page.locator('.pictures').count(), 0);
      await tab.picture('lfw-plain');

      const full = fixtures.lfwReport({ seed: 5, pairs: 6000, spread: 0.5, step: 1520 });
      const message = { type: 'hydrateLfw', report: full, baseline, title: 'full size' };
      const counters = await domCounters(tab.page);
      await tab.send(message);
      await tab.picture('lfw-full');
      const before = await counters.count();
      await tab.page.evaluate(async (data) => {
        for (let round = 0; round < 50; round++) {
          window.postMessage(data);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        await new Promise((resolve) => setTimeout(resolve, 300));
      }, message);
      await counters.assertKept(before, { nodes: (was) => was * 1.1 + 50, listeners: (was) => was * 1.1 + 10 });
      await tab.close();
    },
  );
}
