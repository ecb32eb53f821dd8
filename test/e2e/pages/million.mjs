// node test/e2e/pages/million.mjs: a run of a million steps in the Run page, in a headless Chromium: how long until it is
// drawn, how long a frame takes while it is moved, how long one new event takes to be seen. Prints one line of JSON.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium, launchBrowser } from '../host/workbench.mjs';
import { buildPages, servePages } from './pageServer.mjs';

const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];

/** Figures of the page, in milliseconds and bytes. @param picture path of a picture of the page, or undefined */
export async function measureMillion(browser, base, fixtures, picture) {
  const page = await browser.newPage();
  try {
    await page.setViewportSize({ width: 1200, height: 800 });
    await page.goto(`${base}/run?harness`);
    await page.waitForFunction(() => window.posted.some(({ type }) => type === 'ready'));
    const { received, drawn } = await page.evaluate(
      (run) => window.harness.showMillion(run),
      fixtures.runRecord('running'),
    );
    // The main thread's own time beside the clock's: a machine with other work to do is late without the page's doing.
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    const taskSeconds = async () => {
      const { metrics } = await devtools.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration').value;
    };
    const tasksBefore = await taskSeconds();
    const frames = (await page.evaluate(() => window.harness.panFrames(300))).slice(5).sort((a, b) => a - b);
    const work = ((await taskSeconds()) - tasksBefore) * 1000;
    if (picture !== undefined) await page.screenshot({ path: picture, fullPage: true });
    const latencies = await page.evaluate(async () => {
      const found = [];
      const charts = document.querySelector('.charts');
      for (let step = 1_000_001; step <= 1_000_020; step++) {
        const event = { step, time: Date.now(), epoch: 1, phase: 'classifier', loss: 0.1, crossEntropy: 0.1 };
        const more = { regularization: 0, accuracy: 1, learningRate: 0.1, imagesPerSecond: 180 };
        const started = performance.now();
        window.postMessage({ type: 'appendEvents', events: [{ type: 'step', ...event, ...more }] });
        while (!charts.dataset.drawn?.startsWith(`${step} `)) await new Promise((done) => setTimeout(done, 2));
        found.push(performance.now() - started);
      }
      return found.sort((a, b) => a - b);
    });
    const heap = await page.evaluate(() => performance.memory?.usedJSHeapSize);
    return {
      received,
      drawn,
      frame: {
        p50: quantile(frames, 0.5),
        p95: quantile(frames, 0.95),
        worst: frames.at(-1),
        work: work / (frames.length + 5),
      },
      seen: { p50: quantile(latencies, 0.5), p95: quantile(latencies, 0.95) },
      heap,
    };
  } finally {
    await page.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (findChromium() === undefined) {
    console.error('there is no Chromium (apt-get install chromium, or CHROMIUM_PATH)');
    process.exit(3);
  }
  const { fixtures } = await buildPages();
  const server = await servePages(fixtures);
  const profile = mkdtempSync(join(tmpdir(), 'facenet-million-'));
  const browser = await launchBrowser({ browser: profile });
  try {
    console.log(JSON.stringify(await measureMillion(browser, server.base, fixtures)));
  } finally {
    await browser.close();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
