import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countChanges, pairChanges } from '../../../src/evaluate/pairChanges';
import { verdictOf } from '../../../src/evaluate/verdict';
import type { LfwReport } from '../../../src/protocol/lfwReport';
import { verdictSchema, type MeasuredVerdict, type PairCounts } from '../../../src/protocol/verdict';
import { pairedReports } from '../../fixtures/pairedReports';
import { lfwReport } from '../../fixtures/webview/lfwReports';

const measured = (counts: PairCounts, trained?: readonly string[]): MeasuredVerdict => {
  const { before, after } = pairedReports(counts);
  const verdict = verdictOf(before, after, trained);
  assert.deepEqual(verdictSchema.parse(JSON.parse(JSON.stringify(verdict))), verdict);
  assert.ok(verdict.kind !== 'incomparable');
  return verdict;
};

describe('changes of pairs', () => {
  test('are counted as the accuracy is: its difference is theirs', () => {
    const [before, after] = [0.9, 0.4].map((spread, step) => lfwReport({ seed: 7, pairs: 600, spread, step }));
    const changes = pairChanges(before!, after!);
    const { fixed, broken, stillWrong, right } = countChanges(changes!);
    assert.ok(fixed > 0 && right > 0, JSON.stringify({ fixed, right }));
    assert.equal(fixed + broken + stillWrong + right, 600);
    const gain = after!.accuracy.mean - before!.accuracy.mean;
    assert.ok(Math.abs((fixed - broken) / 600 - gain) < 1e-12);
    assert.ok(Math.abs((fixed + right) / 600 - after!.accuracy.mean) < 1e-12);
  });

  test('carry both distances', () => {
    const { before, after } = pairedReports({ fixed: 20, broken: 0, stillWrong: 0, right: 0 });
    const [first] = pairChanges(before, after)!;
    assert.equal(first!.change, 'fixed');
    assert.equal(first!.distanceBefore, before.distances[0]!.distance);
    assert.equal(first!.pair, after.distances[0]);
  });
});

describe('a verdict', () => {
  test('is better where the whole interval is above 0', () => {
    const verdict = measured({ fixed: 40, broken: 16, stillWrong: 16, right: 528 });
    assert.equal(verdict.kind, 'better');
    assert.equal(verdict.step, 600);
    assert.equal(verdict.baseline, 'starter');
    assert.ok(Math.abs(verdict.after - verdict.before - 0.04) < 1e-12);
    assert.ok(verdict.interval[0] > 0 && verdict.interval[1] > verdict.interval[0]);
  });

  test('is worse where it is below, and unchanged where 0 is in it, however the means differ', () => {
    assert.equal(measured({ fixed: 16, broken: 40, stillWrong: 16, right: 528 }).kind, 'worse');
    const unsure = measured({ fixed: 20, broken: 12, stillWrong: 20, right: 548 });
    assert.ok(unsure.after > unsure.before);
    assert.equal(unsure.kind, 'unchanged');
  });

  test('says of an unchanged one whether the pairs are too easy, or too few', () => {
    assert.equal(measured({ fixed: 3, broken: 1, stillWrong: 2, right: 594 }).reason, 'easy');
    assert.equal(measured({ fixed: 6, broken: 4, stillWrong: 20, right: 90 }).reason, 'few');
    assert.equal(measured({ fixed: 20, broken: 20, stillWrong: 60, right: 5900 }).reason, undefined);
    assert.equal(measured({ fixed: 6, broken: 200, stillWrong: 0, right: 394 }).reason, undefined);
  });

  test('is collapsed where the distances hardly differ any more', () => {
    const { before, after } = pairedReports({ fixed: 10, broken: 10, stillWrong: 80, right: 500 });
    const shrunk = { ...after, distances: after.distances.map((pair) => ({ ...pair, distance: pair.distance / 11 })) };
    assert.equal(verdictOf(before, shrunk).kind, 'collapsed');
    const narrower = { ...after, distances: after.distances.map((pair) => ({ ...pair, distance: pair.distance / 8 })) };
    assert.notEqual(verdictOf(before, narrower).kind, 'collapsed');
  });

  test('knows whether the people on the pairs are of the training', () => {
    const counts = { fixed: 40, broken: 16, stillWrong: 16, right: 528 };
    const { after } = pairedReports(counts);
    const people = [...new Set(after.distances.flatMap(({ a, b }) => [a, b].map((path) => path.split('/')[0]!)))];
    assert.equal(measured(counts, ['Somebody Else']).people, 'outsiders');
    assert.equal(measured(counts, people).people, 'trained');
    assert.equal(measured(counts, people.slice(0, 2)).people, 'some trained');
    assert.equal(measured(counts).people, undefined);
  });

  test('is unchanged where one person alone has gained: others may not', () => {
    const { before, after } = pairedReports({ fixed: 40, broken: 16, stillWrong: 16, right: 528 });
    const ofOne = (report: LfwReport): LfwReport => ({
      ...report,
      distances: report.distances.map((pair, index) =>
        index < 40 ? { ...pair, a: 'One/1.png', b: 'One/2.png' } : pair,
      ),
    });
    const [all, one] = [verdictOf(before, after), verdictOf(ofOne(before), ofOne(after))] as MeasuredVerdict[];
    assert.deepEqual([all!.kind, all!.onPairs], ['better', 24]);
    assert.deepEqual([one!.kind, one!.onPairs, one!.reason], ['unchanged', 25, 'few']);
    assert.deepEqual(one!.pairs, all!.pairs);
  });

  test('is none for other pairs or another recipe', () => {
    const { before, after } = pairedReports({ fixed: 40, broken: 16, stillWrong: 16, right: 528 });
    const others = { ...before, distances: before.distances.map((pair) => ({ ...pair, a: `other/${pair.a}` })) };
    assert.deepEqual(verdictOf(others, after), {
      kind: 'incomparable',
      reason: 'pairs',
      step: 600,
      differences: [],
    });
    const fewer = { ...before, distances: before.distances.slice(1) };
    assert.equal(verdictOf(fewer, after).kind, 'incomparable');
    const angles = { ...before, recipe: { ...before.recipe, distanceMetric: 1 as const, useFlippedImages: true } };
    assert.deepEqual(verdictOf(angles, after), {
      kind: 'incomparable',
      reason: 'recipe',
      step: 600,
      differences: ['flipped images', 'distance metric'],
    });
  });
});
