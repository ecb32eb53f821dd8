// Whether pages leave something behind.
import assert from 'node:assert/strict';
import { within } from '../../fixtures/deadlines.mjs';

/**
 * Nodes and event listeners that the page holds once garbage is collected. `assertKept` fails where there are more than `most`
 * allows (of the counts before); a busy browser lets go late, so it asks until they fit, for ten seconds at most: what leaks is
 * held however often one asks.
 */
export async function domCounters(page) {
  const devtools = await page.context().newCDPSession(page);
  const count = async () => {
    for (let round = 0; round < 3; round++) await devtools.send('HeapProfiler.collectGarbage');
    const { nodes, jsEventListeners } = await devtools.send('Memory.getDOMCounters');
    return { nodes, listeners: jsEventListeners };
  };
  return {
    devtools,
    count,
    async assertKept(before, most) {
      const grown = (now) => Object.keys(now).filter((what) => now[what] > most[what](before[what]));
      const until = Date.now() + within(10_000);
      let after = await count();
      while (grown(after).length > 0 && Date.now() < until) {
        await page.waitForTimeout(200);
        after = await count();
      }
      for (const what of grown(after)) assert.fail(`${what}: ${before[what]} → ${after[what]}`);
    },
  };
}

/** Opens and closes each page 50 times in one document: neither its heap nor its nodes and listeners may grow. */
export async function leakChecks(checks, browser, base, fixtures) {
  const series = fixtures.snapshot(fixtures.runEvents({ stepsPerEpoch: 40, logEvery: 2, seed: 7 }));
  const report = fixtures.lfwReport({ seed: 11, pairs: 600, spread: 0.66, step: 1520 });
  const messages = {
    run: { type: 'hydrateRun', run: fixtures.runRecord('running'), series },
    lfw: { type: 'hydrateLfw', report, title: 'demo', imageBase: `${base}/images` },
  };
  for (const [name, message] of Object.entries(messages)) {
    await checks.check(`opened and closed 50 times, the ${name} page leaves nothing behind`, async () => {
      const page = await browser.newPage();
      await page.goto(`${base}/empty`);
      const counters = await domCounters(page);
      const openAndClose = (times) =>
        page.evaluate(
          ([which, data, count]) => window.harness.openAndClose(which, data, count),
          [name, message, times],
        );
      const measure = async () => {
        await page.waitForTimeout(within(300));
        const counts = await counters.count();
        const { usedSize } = await counters.devtools.send('Runtime.getHeapUsage');
        return { usedSize, counts };
      };
      await openAndClose(5);
      const before = await measure();
      await openAndClose(50);
      const after = await measure();
      const grown = (after.usedSize - before.usedSize) / 1e6;
      console.log(`        heap ${(before.usedSize / 1e6).toFixed(2)} MB, ${grown.toFixed(2)} MB more after 50 times`);
      assert.ok(grown < 1, `the heap has grown by ${grown} MB`);
      await counters.assertKept(before.counts, { nodes: (was) => was + 50, listeners: (was) => was + 10 });
      await page.close();
    });
  }
}
