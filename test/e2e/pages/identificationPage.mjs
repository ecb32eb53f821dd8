// The tab of an identification report in Chromium without VS Code.
import assert from 'node:assert/strict';
import { openPage, overflow, text } from './openPage.mjs';
import { themeNames } from './pageServer.mjs';

const widths = [480, 800, 1600];
const counted = (hits, of, low, high) => ({ hits, of, rate: hits / of, interval: [low, high] });

/** What the page is told: the starter's figures on LFW, of docs/identification.md. */
export function identified() {
  const comparisons = 18558;
  const verified = (target, insufficient, alarms, found) => ({
    ...{ target, insufficient, claimable: 3 / comparisons },
    at: { threshold: 0.91, falseAlarms: counted(alarms, comparisons, 0.0008, 0.0012), found },
  });
  return {
    ...{ type: 'hydrateIdentification', title: 'starter on probes' },
    report: {
      ...{ version: 1, createdAt: '2026-03-01T10:00:00Z', model: { path: 'starter', name: 'starter' } },
      recipe: { alignment: 'landmarks', imageSize: 150, standardization: 'dlib' },
      gallery: { dir: '/work/gallery', people: 60, images: 60 },
      probes: { dir: '/work/probes', enrolled: 162, unknown: 150 },
      rank1: counted(157, 162, 0.93, 0.987),
      verification: [
        verified(0.01, false, 185, counted(159, 162, 0.947, 0.994)),
        verified(0.001, false, 18, counted(138, 162, 0.789, 0.898)),
        verified(0.0001, true, 3, counted(123, 162, 0.688, 0.818)),
      ],
      identification: [
        {
          target: 0.1,
          insufficient: false,
          claimable: 0.02,
          at: { threshold: 0.92, falseAlarms: counted(15, 150, 0.06, 0.16), found: counted(148, 162, 0.86, 0.948) },
        },
        { target: 0.01, insufficient: true, claimable: 1 },
      ],
      notes: ['2 people of the probes are not enrolled: their 9 images count as unknown.'],
    },
  };
}

/** Checks of the page, with pictures in every theme. */
export async function identificationPageChecks(checks, browser, base) {
  const message = identified();
  for (const theme of themeNames) {
    for (const width of theme === 'dark' ? widths : [480, 1200]) {
      await checks.check(`Identification page, ${theme}, ${width} px`, async () => {
        const tab = await openPage(browser, base, 'identification', { theme, width, height: 900 });
        await tab.send(message);
        await tab.picture(`identification-${theme}-${width}`);
        assert.ok((await overflow(tab.page)) <= 0, 'nothing reaches beyond the right edge');
        await tab.close();
      });
    }
  }

  await checks.check('Identification page asks the host to export it', async () => {
    const tab = await openPage(browser, base, 'identification');
    await tab.send(message);
    for (const format of ['html', 'json']) {
      await tab.page.locator('vscode-button', { hasText: `Export ${format.toUpperCase()}` }).click();
      assert.deepEqual((await tab.posted()).at(-1), { type: 'exportIdentification', format });
    }
    await tab.close();
  });

  await checks.check(
    'Identification page: rates with their intervals, drawn and in words, and what the data cannot say',
    async () => {
      const tab = await openPage(browser, base, 'identification');
      await tab.send(message);
      assert.match(
        await text(tab.page, '.activity'),
        /^Gallery: 60 people, 60 images · probes: 162 images of them, 150 of strangers$/,
      );
      assert.match(await text(tab.page, '.figure'), /96\.9 % 157 of 162; 95 % interval 93\.0 % to 98\.7 %$/);
      const rows = await tab.page.locator('tbody tr').allInnerTexts();
      const said = rows.map((row) => row.replace(/\s+/g, ' ').trim());
      assert.match(said[0], /^TAR at FAR 1\.0 % 98\.1 % 94\.7 % to 99\.4 % 1\.0 %, 185 of 18.558 0\.9100$/);
      assert.match(
        said[2],
        /^TAR at FAR 0\.01 % insufficient data: 0\.016 % is the lowest that can be claimed 75\.9 % 68\.8 %/,
      );
      assert.match(said[4], /^DIR at FPIR 1\.0 % insufficient data: there are no images of unknown people$/);
      const bar = await tab.page.locator('td .interval').first().boundingBox();
      const range = await tab.page.locator('td .interval-range').first().boundingBox();
      // The lines begin at 60 %, a tenth below the lowest interval.
      const at = (share) => bar.x + ((share - 0.6) / 0.4) * bar.width;
      assert.ok(Math.abs(range.x - at(0.947)) < 2 && Math.abs(range.x + range.width - at(0.994)) < 2);
      await tab.page.locator('vscode-button', { hasText: 'Reveal' }).click();
      assert.deepEqual((await tab.posted()).at(-1), { type: 'revealFolder' });
      await tab.close();
    },
  );
}
