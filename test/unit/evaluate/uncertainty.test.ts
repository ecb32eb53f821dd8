import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uncertaintyLines } from '../../../src/evaluate/operatingRateText';
import { rateInterval } from '../../../src/evaluate/rateInterval';
import { uncertaintyOf } from '../../../src/evaluate/uncertainty';
import { lfwReportSchema, type ReportPair } from '../../../src/protocol/lfwReport';
import { lfwReport } from '../../fixtures/webview/lfwReports';

/** Pair `i` of a kind, of people that no other pair shows. */
const pair = (same: boolean, distance: number, i: number, fold = 0): ReportPair => ({
  ...{ a: `a${same}${i}/1.png`, b: `${same ? 'a' : 'b'}${same}${i}/2.png` },
  ...{ same, distance, fold },
});
const range = (count: number, distance: (i: number) => number, same: boolean): ReportPair[] =>
  Array.from({ length: count }, (_, i) => pair(same, distance(i), i));
const at = { accuracy: [1], validation: [0.5] };

test('counts are those of the thresholds of each fold, with the achieved rate of false accepts', () => {
  const pairs = [
    ...[pair(true, 0.4, 0), pair(true, 0.9, 1), pair(true, 1, 2), pair(true, 0.4, 3, 1)],
    ...[pair(false, 0.3, 0), pair(false, 0.3, 1, 1), pair(false, 1, 2)],
  ];
  const { accuracy, validation } = uncertaintyOf(pairs, { accuracy: [1, 0.2], validation: [0.5, 0.35] });
  assert.deepEqual([accuracy.hits, accuracy.of], [4, 7]);
  assert.deepEqual([validation.accepted.hits, validation.accepted.of], [1, 4]);
  assert.deepEqual([validation.falseAccepts.hits, validation.falseAccepts.of], [2, 3]);
});

test('one threshold for all pairs lets as many pass as a rate asks for, and the threshold itself is refused', () => {
  const pairs = [...range(3000, (i) => 1 + i / 1000, false), ...range(100, (i) => 0.9 + i / 100, true)];
  const [far2, far3] = uncertaintyOf(pairs, at).rates;
  assert.deepEqual([far2!.insufficient, far2!.at!.falseAlarms.hits, far2!.at!.threshold], [false, 30, 1.03]);
  assert.deepEqual([far3!.insufficient, far3!.at!.falseAlarms.hits, far3!.at!.threshold], [false, 3, 1.003]);
  assert.equal(far2!.at!.found.hits, pairs.filter(({ same, distance }) => same && distance < 1.03).length);
});

test('too few pairs of two people for a rate are insufficient, and the lowest claimable one stands in its place', () => {
  const uncertainty = uncertaintyOf([...range(900, (i) => 1 + i / 1000, false), ...range(90, () => 0.4, true)], at);
  const [far2, far3] = uncertainty.rates;
  assert.deepEqual([far2!.insufficient, far3!.insufficient, far3!.claimable], [false, true, 3 / 900]);
  assert.equal(far3!.at!.falseAlarms.hits, 3);
  assert.match(
    uncertaintyLines({ uncertainty })[3]!,
    /^TAR at FAR 0\.1 %: insufficient data \(pairs of two people: 900\): 0\.33 % is the lowest rate that can be claimed\. There 100\.0 % \(90 of 90; .*FAR achieved 0\.33 % \(3 of 900; .*distance below 1\.0030$/,
  );
});

test('without a pair of two people nothing is claimed of false accepts', () => {
  const uncertainty = uncertaintyOf(
    range(5, () => 0.1, true),
    at,
  );
  assert.deepEqual(uncertainty.rates[0], { target: 1e-2, insufficient: true, claimable: 1 });
  assert.match(uncertaintyLines({ uncertainty })[2]!, /insufficient data: there are no pairs of two people\.$/);
});

test('pairs that share people make the interval of the accuracy as wide as that of fewer pairs', () => {
  const shared = range(400, (i) => (i % 8 < 2 ? 2 : 0.1), true).map((one, i) => {
    const person = `p${i % 8}`;
    return { ...one, a: `${person}/1.png`, b: `${person}/2.png` };
  });
  const uncertainty = uncertaintyOf(shared, at);
  const { accuracy, widening } = uncertainty;
  assert.ok(widening > 2, String(widening));
  assert.deepEqual(accuracy.interval, rateInterval(300 / widening ** 2, 400 / widening ** 2));
  const [low, high] = rateInterval(300, 400);
  assert.ok(accuracy.interval[0] < low && accuracy.interval[1] > high);
  assert.match(uncertaintyLines({ uncertainty })[0]!, /times as wide as pairs share people$/);
});

test('a report of an older version is read and says nothing of it', () => {
  const report = lfwReport({ seed: 4, pairs: 60, spread: 0.7, step: 1 });
  assert.equal(lfwReportSchema.parse(JSON.parse(JSON.stringify(report))).uncertainty?.accuracy.of, 60);
  const { validation, ...rest } = { ...report, uncertainty: undefined };
  const { rate, std, far, farTarget } = validation;
  const older = lfwReportSchema.parse(
    JSON.parse(JSON.stringify({ ...rest, validation: { rate, std, far, farTarget } })),
  );
  assert.deepEqual(uncertaintyLines(older), []);
});
