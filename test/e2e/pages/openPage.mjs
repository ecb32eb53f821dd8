// One page in a tab of Chromium: opened, spoken to, looked at and closed.
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { within } from '../../fixtures/deadlines.mjs';

/** Where the screenshots go. */
export const pictures = join(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  '..',
  '..',
  'build',
  'screenshots',
  'pages',
);
/** Windows that pages are looked at in, pixels. */
export const widths = [480, 1000, 1600, 2000];

/** Opens one of the pages and waits until it has said that it is ready; collects what it should not say. */
export async function openPage(
  browser,
  base,
  name,
  { theme = 'dark', width = 1200, height = 800, silent, bracketed = false } = {},
) {
  const page = await browser.newPage();
  await page.setViewportSize({ width, height });
  const complaints = [];
  page.on('console', (message) => {
    // `silent`: what a page has to live with, e.g. a picture that is not there.
    if (['error', 'warning'].includes(message.type()) && silent?.test(message.text()) !== true)
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.stack ?? String(error)));
  await page.goto(`${base}/${name}?theme=${theme}${bracketed ? '&bracketed' : ''}`);
  await page.waitForFunction(() => window.posted.some(({ type }) => type === 'ready'));
  return {
    page,
    async send(message) {
      await page.evaluate((data) => window.postMessage(data), message);
      // The message, the layout of the charts, their drawing, and the coalesced redraw; by the page's own clock, which
      // a busy machine slows as it slows the page.
      await page.evaluate(
        () =>
          new Promise((resolve) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(resolve)), 350)),
      );
    },
    posted: () => page.evaluate(() => window.posted),
    saved: () => page.evaluate(() => JSON.parse(window.sessionStorage.getItem('state'))),
    /** Loads the page anew: with its saved state, or `lost`, as a new tab that gets what the host was told of the view. */
    async again(how = 'reloaded') {
      // What is saved is told twice a second at most.
      await page.waitForTimeout(within(700));
      const view = await page.evaluate(() => window.views.at(-1)?.view);
      if (how === 'lost') await page.evaluate(() => window.sessionStorage.clear());
      const lost = how === 'lost' && view !== undefined ? `&view=${encodeURIComponent(JSON.stringify(view))}` : '';
      await page.goto(`${base}/${name}?theme=${theme}${lost}`);
      await page.waitForFunction(() => window.posted.some(({ type }) => type === 'ready'));
    },
    picture: (file, fullPage = true) => page.screenshot({ path: join(pictures, `${file}.png`), fullPage }),
    async close() {
      const violations = await page.evaluate(() => window.violations);
      await page.close();
      assert.deepEqual([...violations, ...complaints], [], 'the console is silent and the policy is kept');
    },
  };
}

/** Pixels by which the page is wider than the window. */
export const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Text of the first element that matches, as a reader sees it. */
export const text = async (page, selector) =>
  (await page.locator(selector).first().innerText()).replace(/\s+/g, ' ').trim();
