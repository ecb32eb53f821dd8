import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextSteps } from '../../../src/evaluate/nextSteps';
import { verdictOf } from '../../../src/evaluate/verdict';
import type { PairCounts } from '../../../src/protocol/verdict';
import { pairedReports } from '../../fixtures/pairedReports';

test('the first step offered fits the verdict', () => {
  const first = (counts: PairCounts): string | undefined => {
    const { before, after } = pairedReports(counts);
    return nextSteps(verdictOf(before, after))[0];
  };
  assert.equal(first({ fixed: 40, broken: 16, stillWrong: 16, right: 528 }), 'tryOnPhotographs');
  assert.equal(first({ fixed: 16, broken: 40, stillWrong: 16, right: 528 }), 'trainAgain');
  assert.equal(first({ fixed: 3, broken: 1, stillWrong: 2, right: 594 }), 'harderPairs');
  assert.equal(first({ fixed: 6, broken: 4, stillWrong: 20, right: 90 }), 'harderPairs');
  assert.equal(first({ fixed: 20, broken: 20, stillWrong: 60, right: 5900 }), 'trainLonger');
  assert.equal(nextSteps(undefined)[0], 'validate');
});
