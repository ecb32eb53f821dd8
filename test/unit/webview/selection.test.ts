import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isFoldedAtFirst, peopleOf } from '../../../webview/gallery/people';
import { Selection } from '../../../webview/gallery/selection';

const paths = ['a/1', 'a/2', 'a/3', 'b/1', 'b/2'];
const [alone, add, extend] = [
  { add: false, extend: false },
  { add: true, extend: false },
  { add: false, extend: true },
];

describe('pictures that are chosen', () => {
  test('are one, some by Ctrl, or all between two by Shift', () => {
    const chosen = new Selection();
    chosen.choose(1, alone, paths);
    chosen.choose(3, extend, paths);
    assert.deepEqual(chosen.among(paths), ['a/2', 'a/3', 'b/1']);
    chosen.choose(0, extend, paths);
    assert.deepEqual(chosen.among(paths), ['a/1', 'a/2']);
    chosen.choose(4, add, paths);
    chosen.choose(0, add, paths);
    assert.deepEqual([chosen.among(paths), chosen.focus], [['a/2', 'b/2'], 0]);
    chosen.choose(2, alone, paths);
    assert.deepEqual(chosen.among(paths), ['a/3']);
    chosen.all(paths);
    assert.equal(chosen.size, 5);
  });

  test('stay chosen when others go, and the focus stays in its place', () => {
    const chosen = new Selection();
    chosen.choose(1, alone, paths);
    chosen.choose(2, extend, paths);
    chosen.keep(['a/1', 'a/3', 'b/1', 'b/2'], 'a/2');
    assert.deepEqual([chosen.among(paths), chosen.focus], [['a/3'], 2]);
    chosen.keep([], 'a/3');
    assert.deepEqual([chosen.size, chosen.focus], [0, 0]);
  });
});

test('pictures come by person; somebody with very many is folded beside others', () => {
  const people = peopleOf(
    [...paths, ...Array.from({ length: 501 }, (_, index) => `c/${index}`)].map((path) => ({ path })),
  );
  assert.deepEqual(
    people.map(({ name, images }) => [name, images.length]),
    [
      ['a', 3],
      ['b', 2],
      ['c', 501],
    ],
  );
  assert.deepEqual(
    people.map((person) => isFoldedAtFirst(person, people.length)),
    [false, false, true],
  );
  assert.equal(isFoldedAtFirst(people[2]!, 1), false);
});
