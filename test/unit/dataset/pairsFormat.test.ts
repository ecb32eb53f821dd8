import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsePairs, relativeStem } from '../../../src/dataset/pairsFormat';

test('three fields are one person, four are two; the header is optional', () => {
  const lines = ['Ann\t1\t12', 'Ann 3 Bob 4', '', '  Bob   1   2  '];
  for (const header of ['10\t300', '10', undefined]) {
    const text = (header === undefined ? lines : [header, ...lines]).join('\r\n');
    const { pairs, folds, malformed } = parsePairs(text);
    assert.deepEqual(
      pairs.map(({ a, b, same }) => [relativeStem(a), relativeStem(b), same]),
      [
        ['Ann/Ann_0001', 'Ann/Ann_0012', true],
        ['Ann/Ann_0003', 'Bob/Bob_0004', false],
        ['Bob/Bob_0001', 'Bob/Bob_0002', true],
      ],
    );
    assert.equal(folds, header === undefined ? undefined : 10);
    assert.deepEqual(malformed, []);
  }
});

test('with tabs a name may hold blanks; a line that is no pair says why', () => {
  const { pairs, malformed } = parsePairs('\ufeffAnn Lee\t1\t2\nAnn\t1\nAnn x 2\n');
  assert.equal(relativeStem(pairs[0]!.a), 'Ann Lee/Ann Lee_0001');
  assert.deepEqual(
    malformed.map(({ lineNumber, reason }) => [lineNumber, reason.slice(0, 15)]),
    [
      [2, 'it has 2 fields'],
      [3, 'an image number'],
    ],
  );
});

test('every line that is not blank is a pair, malformed, or the header', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { pairs, malformed, folds } = parsePairs(text);
      const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '').length;
      assert.equal(pairs.length + malformed.length + (folds === undefined ? 0 : 1), lines);
    }),
  );
});
