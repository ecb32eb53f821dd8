import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identify, type ProbeScores } from '../../../src/evaluate/identification';
import { claimableRate, rateInterval } from '../../../src/evaluate/rateInterval';

const near = (actual: readonly number[], expected: readonly number[]): void =>
  actual.forEach((value, index) =>
    assert.ok(Math.abs(value - expected[index]!) < 5e-5, `${actual.join()} for ${expected.join()}`),
  );

test("Wilson's interval is that of the tables, and the rule of three says what can be claimed", () => {
  // statsmodels.stats.proportion.proportion_confint(…, method='wilson')
  near(rateInterval(0, 10), [0, 0.27753]);
  near(rateInterval(10, 10), [0.72247, 1]);
  near(rateInterval(50, 100), [0.40383, 0.59617]);
  near(rateInterval(81, 263), [0.2553, 0.36621]);
  assert.deepEqual(rateInterval(0, 0), [0, 1]);
  assert.deepEqual([0, 2, 3, 300].map(claimableRate), [1, 1, 1, 0.01]);
});

/** A probe of a person (or of nobody) with these similarities. */
const probe = (person: number | undefined, ...scores: number[]): ProbeScores => ({
  scores: Float32Array.from(scores),
  ...(person !== undefined && { person }),
});

test('who is nearest counts for rank 1, who is near enough for DIR, and strangers set the threshold', () => {
  const probes = [
    probe(0, 0.9, 0.1, 0.2),
    probe(1, 0.3, 0.8, 0.1),
    probe(2, 0.1, 0.2, 0.45),
    probe(2, 0.6, 0.1, 0.5),
    ...[0.55, 0.4, 0.3, 0.2, 0.1, 0, 0, 0, 0, 0].map((score) => probe(undefined, score, -0.5, -0.5)),
  ];
  const { rank1, verification, identification } = identify(probes, { far: [0.1], fpir: [0.3, 0.1] });
  assert.deepEqual([rank1.hits, rank1.of], [3, 4]);

  // 4 · 2 + 10 · 3 impostors: three may pass, those of 0.6, 0.55 and 0.4; the fourth has 0.3.
  const { at } = verification[0]!;
  assert.ok(Math.abs(at!.threshold - 0.3) < 1e-6);
  assert.deepEqual([at!.falseAlarms.hits, at!.falseAlarms.of, at!.found.hits, at!.found.of], [3, 38, 4, 4]);
  assert.equal(verification[0]!.insufficient, false);

  // Three of ten strangers may pass: 0.2 and below are refused.
  const [three, one] = identification;
  assert.ok(Math.abs(three!.at!.threshold - 0.2) < 1e-6);
  assert.deepEqual([three!.insufficient, three!.at!.falseAlarms.hits, three!.at!.found.hits], [false, 3, 3]);
  // Ten cannot speak for one in ten; they speak for three in ten.
  assert.deepEqual([one!.insufficient, one!.claimable, one!.at], [true, 0.3, three!.at]);
});

test('without a stranger there is no DIR, and with nobody near enough it is none', () => {
  const [none] = identify([probe(0, 0.9, 0.1)], { far: [], fpir: [0.1] }).identification;
  assert.deepEqual(none, { target: 0.1, insufficient: true, claimable: 1 });
  const strangers = Array.from({ length: 30 }, () => probe(undefined, 0.95, 0));
  const [all] = identify([probe(0, 0.9, 0.1), ...strangers], { far: [], fpir: [0.1] }).identification;
  // Equal scores pass together or not at all.
  assert.deepEqual([all!.at!.falseAlarms.hits, all!.at!.found.hits], [0, 0]);
});

test('a score that is no number is nobody', () => {
  const { rank1, verification } = identify([probe(1, NaN, 0.2), probe(0, NaN, 0.4)], { far: [0.5], fpir: [] });
  assert.equal(rank1.hits, 1);
  assert.equal(verification[0]!.at!.falseAlarms.of, 1);
});
