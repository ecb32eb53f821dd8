import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type RunFilter, filterRuns, sortRuns } from '../../../src/words/runLists';
import { dayInWords } from '../../../src/words/runWords';
import { twelveRuns } from '../../fixtures/runRows';

const rows = twelveRuns();
const meant = (filter: Partial<RunFilter>): number[] =>
  filterRuns(rows, { words: '', archived: false, ...filter }).map((row) => rows.indexOf(row));
const sorted = (...[order, reversed]: [Parameters<typeof sortRuns>[1], boolean?]): number[] =>
  sortRuns(rows, order, reversed).map((row) => rows.indexOf(row));

describe('the runs that are meant', () => {
  test('are those with all of the words, in whatever is shown of them; archived ones when they are asked for', () => {
    assert.equal(meant({}).length, 11);
    assert.equal(meant({ archived: true }).length, 12);
    assert.deepEqual(meant({ words: 'TRIPLETS' }), [3]);
    assert.deepEqual(meant({ words: 'fair people' }), [1]);
    assert.deepEqual(meant({ words: 'failed' }), [7]);
    assert.deepEqual(meant({ words: 'nobody' }), []);
  });

  test('are those with a tag, whole, and those of a kind', () => {
    assert.deepEqual(meant({ words: '#twins' }), [1, 3]);
    assert.deepEqual(meant({ words: '#twin' }), []);
    assert.deepEqual(meant({ kind: 'validation' }), [5, 11]);
  });
});

describe('the order of runs', () => {
  test('begins with the best, and ends with those that have no figure, whichever way round', () => {
    assert.deepEqual(sorted('accuracy').slice(0, 3), [1, 0, 3]);
    assert.deepEqual(sorted('accuracy').slice(-4), [6, 7, 10, 11]);
    assert.deepEqual(sorted('accuracy', true).slice(0, 2), [9, 4]);
    assert.deepEqual(sorted('accuracy', true).slice(-4), [6, 7, 10, 11]);
    assert.deepEqual(sorted('change').slice(0, 2), [1, 3]);
  });

  test('is that of the names, their numbers as numbers, and of the times, the newest first', () => {
    const names = sortRuns(rows, 'name').map(({ name }) => name);
    assert.deepEqual(names.slice(0, 3), ['Align photographs', 'Demo', 'rate too high']);
    assert.ok(names.indexOf('starter on people 8') < names.indexOf('starter on people 11'));
    assert.deepEqual(
      sorted('started'),
      rows.map((_, index) => index),
    );
    assert.deepEqual(
      sorted('started', true),
      rows.map((_, index) => 11 - index),
    );
  });
});

test('a time is said as one says it', () => {
  const now = new Date(2026, 10, 28, 14, 0);
  const said = (...parts: [number, number, number, number, number]): string =>
    dayInWords(new Date(...parts).toISOString(), now);
  assert.equal(said(2026, 10, 28, 0, 16), 'today 00:16');
  assert.equal(said(2026, 10, 27, 23, 59), 'yesterday 23:59');
  assert.equal(said(2026, 2, 2, 9, 0), 'Mar 2, 09:00');
  assert.equal(said(2025, 2, 2, 9, 0), 'Mar 2, 2025');
  assert.equal(dayInWords('no time', now), 'no time');
});
