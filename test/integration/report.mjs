// What a run inside an extension host has left in its result file, for the terminal.

/** Prints every test that did not pass and the slow ones; returns the counts. */
export function report(result) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { title, state, reason, milliseconds } of result.tests) {
    counts[state]++;
    if (state === 'failed') console.log(`not ok: ${title}\n${String(reason).replace(/^/gm, '    ')}`);
    if (state === 'skipped') {
      console.log(`skipped: ${title}: ${reason}`);
      // A skip that does not say why hides a test.
      if (reason === 'no reason given') counts.failed++;
    }
    if (state === 'passed' && milliseconds > 10_000)
      console.log(`slow: ${title}: ${(milliseconds / 1000).toFixed(1)} s`);
  }
  // A suite that ran nothing proves nothing.
  if (counts.passed === 0) counts.failed++;
  return counts;
}
