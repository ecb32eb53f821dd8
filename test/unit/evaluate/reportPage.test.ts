import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeHtml } from '../../../src/evaluate/html/markup';
import { reportPage } from '../../../src/evaluate/html/reportPage';
import { roundTicks } from '../../../src/evaluate/html/svgChart';
import { chosenThreshold, wrongPairs } from '../../../src/evaluate/operatingPoint';
import { uncertaintyOf } from '../../../src/evaluate/uncertainty';
import { verdictOf } from '../../../src/evaluate/verdict';
import { pairedReports } from '../../fixtures/pairedReports';
import { percent, percentSpread } from '../../../src/words/rates';
import { achievedText, claimsWords, intervalText, rateName } from '../../../src/words/rateWords';
import { lfwReport } from '../../fixtures/webview/lfwReports';

const report = lfwReport({ seed: 1, pairs: 600, spread: 0.6, step: 600, skipped: 3 });
const baseline = lfwReport({ seed: 2, pairs: 600, spread: 0.8, step: 0 });

test('the page holds the four numbers now and before, and what deviates', () => {
  const page = reportPage(report, { baseline, pairsShown: 5 });
  const { accuracy, validation, auc } = report;
  assert.ok(page.includes(percentSpread(accuracy.mean, accuracy.std)));
  assert.ok(page.includes(percentSpread(baseline.accuracy.mean, baseline.accuracy.std)));
  assert.ok(page.includes(`${percent(validation.rate)} ± `));
  assert.ok(page.includes(auc.toFixed(3)));
  assert.ok(page.includes(`Accuracy: ${accuracy.mean.toFixed(5)}+-${accuracy.std.toFixed(5)}`), 'exactly');
  assert.ok(page.includes('<td>Flipped images</td><td>not used</td><td>concatenated</td>'));
  assert.equal(page.match(/<svg /g)?.length, 3);
  assert.ok(page.includes('<td>Standardisation</td><td>fixed: (x − 127.5) / 128</td>'));
  const fold = `<td>2</td><td>${accuracy.thresholds[1]!.toFixed(2)}</td><td>${percent(accuracy.perFold[1]!)}</td>`;
  assert.ok(page.includes(`${fold}<td>${percent(baseline.accuracy.perFold[1]!)}</td>`));
  assert.ok(!page.includes('cannot be compared'));
  const other = { ...baseline, recipe: { ...baseline.recipe, useFlippedImages: true } };
  const compared = reportPage(report, { baseline: other, pairsShown: 5 });
  assert.ok(compared.includes('another recipe (flipped images); they cannot be compared'));
});

test('the verdict is on top, in the words of the window, and none without a baseline', () => {
  const { before, after } = pairedReports({ fixed: 40, broken: 16, stillWrong: 16, right: 528 });
  const verdict = verdictOf(before, after);
  const page = reportPage(after, { baseline: before, verdict, pairsShown: 1 });
  const said =
    '<section class="verdict better" aria-label="Verdict"><p><strong>Better by 4.0 points (90.7 % → 94.7 %, ';
  assert.ok(page.includes(said));
  assert.ok(page.includes('Of 600 pairs: 40 put right, 16 newly wrong, 16 still wrong.'));
  assert.ok(!reportPage(after, { pairsShown: 1 }).includes('aria-label="Verdict"'));
});

test('the wrong pairs are those of the threshold, each list cut where it says so', () => {
  const threshold = chosenThreshold(report);
  const { falseRejects, falseAccepts } = wrongPairs(report.distances, threshold);
  const shown = 2;
  const page = reportPage(report, { pairsShown: shown, picture: (path) => `data:,${encodeURIComponent(path)}` });
  const listed = [falseRejects, falseAccepts].reduce((sum, { length }) => sum + Math.min(shown, length), 0);
  assert.equal(page.match(/<b>distance/g)?.length, listed);
  assert.ok(page.includes(`data:,${encodeURIComponent(falseRejects[0]!.a)}`));
  assert.ok(page.includes(`and ${falseRejects.length - shown} more`));
  for (const { a, b } of [...falseRejects, ...falseAccepts]) assert.ok(page.includes(a) && page.includes(b));
  const all = reportPage(report, { pairsShown: 1000, threshold: 0 });
  assert.equal(all.match(/<b>distance/g)?.length, report.pairs.same, 'at threshold 0 every same pair is rejected');
});

test('nothing in a report becomes markup, and nothing is fetched', () => {
  const hostile = '<img src=x onerror=alert(1)>"\'&';
  const distances = report.distances.map((pair) => ({ ...pair, a: hostile, b: hostile }));
  const page = reportPage(
    { ...report, distances, imagesDir: hostile, notes: [hostile], model: { path: hostile, name: hostile } },
    { pairsShown: 3 },
  );
  assert.ok(!page.includes('<img src=x'));
  assert.ok(!/(?:src|href)="https?:/.test(page));
  assert.ok(!page.includes('<script'));
});

test('a report of one kind of pairs only, or without an EER, still makes a page', () => {
  const none = { ...report, distances: [], eer: undefined, eerNote: 'no crossing' };
  assert.ok(reportPage(none, { pairsShown: 5 }).includes('no crossing'));
});

test('escaped text holds no character that opens markup, and round ticks stay inside', () => {
  fc.assert(fc.property(fc.string(), (text) => !/[<>"']/.test(escapeHtml(text))));
  fc.assert(
    fc.property(fc.double({ min: 0, max: 0.99, noNaN: true }), fc.integer({ min: 2, max: 9 }), (low, count) => {
      const ticks = roundTicks(low, 1, count);
      return ticks.length >= 1 && ticks.every((tick) => tick >= low - 1e-9 && tick <= 1 + 1e-9);
    }),
  );
});

test('what the pairs can claim stands in the page as in the tab, and not for a report of an older version', () => {
  const distances = report.distances;
  const thresholds = { accuracy: report.accuracy.thresholds, validation: report.accuracy.thresholds };
  const uncertainty = uncertaintyOf(distances, thresholds);
  const page = reportPage({ ...report, uncertainty }, { pairsShown: 1 });
  const { title, note } = claimsWords(uncertainty);
  assert.ok(page.includes(`<h2>${title} <small>${note}</small></h2>`), note);
  for (const rate of uncertainty.rates) {
    assert.ok(page.includes(`<td>${rateName(claimsWords(uncertainty), rate)}`));
    if (rate.at === undefined) continue;
    const cells = [percent(rate.at.found.rate), intervalText(rate.at.found), achievedText(rate.at.falseAlarms)];
    assert.ok(page.includes(cells.map((cell) => `<td>${cell}</td>`).join('')));
  }
  assert.match(page, /insufficient data: [\d.]+ % is the lowest that can be claimed/);
  const older = { ...report, uncertainty: undefined };
  assert.ok(!reportPage(older, { pairsShown: 1 }).includes(title));
});
