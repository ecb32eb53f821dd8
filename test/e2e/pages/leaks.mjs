// Whether pages leave something behind.
import assert from 'node:assert/strict';
import { within } from '../../fixtures/deadlines.mjs';

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
      const devtools = await page.context().newCDPSession(page);
      const openAndClose = (times) =>
        page.evaluate(
          ([which, data, count]) => window.harness.openAndClose(which, data, count),
          [name, message, times],
        );
      const measure = async () => {
        await page.waitForTimeout(within(300));
        for (let round = 0; round < 3; round++) await devtools.send('HeapProfiler.collectGarbage');
        const { usedSize } = await devtools.send('Runtime.getHeapUsage');
        const { nodes, jsEventListeners } = await devtools.send('Memory.getDOMCounters');
        return { usedSize, nodes, jsEventListeners };
      };
      await openAndClose(5);
      const before = await measure();
      await openAndClose(50);
      const after = await measure();
      const grown = (after.usedSize - before.usedSize) / 1e6;
      console.log(`        heap ${(before.usedSize / 1e6).toFixed(2)} MB, ${grown.toFixed(2)} MB more after 50 times`);
      assert.ok(grown < 1, `the heap has grown by ${grown} MB`);
      assert.ok(after.nodes <= before.nodes + 50, `nodes: ${before.nodes} → ${after.nodes}`);
      assert.ok(
        after.jsEventListeners <= before.jsEventListeners + 10,
        `listeners: ${before.jsEventListeners} → ${after.jsEventListeners}`,
      );
      await page.close();
    });
  }
}
