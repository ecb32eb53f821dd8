import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inSight, layOut, moved, placeOf } from '../../../webview/gallery/gridLayout';

describe('the layout of the gallery', () => {
  test('cells fill the width and none is narrower than asked, where it fits', () => {
    const { columns, pitch, height } = layOut([10], 330, 100, 0);
    assert.deepEqual([columns, pitch, height], [3, 110, 440]);
    assert.deepEqual([layOut([10], 50, 100, 0).columns, layOut([10], 50, 100, 0).pitch], [1, 100]);
    assert.equal(layOut([], 300, 100, 0).height, 0);
  });

  test('each person begins a row below a heading; one who is folded has a heading alone', () => {
    const layout = layOut([4, 0, 2], 300, 100, 40);
    assert.deepEqual(layout.sections, [
      { first: 0, count: 4, top: 0 },
      { first: 4, count: 0, top: 240 },
      { first: 4, count: 2, top: 280 },
    ]);
    assert.equal(layout.height, 420);
    assert.deepEqual(placeOf(layout, 3), [0, 140]);
    assert.deepEqual(placeOf(layout, 5), [100, 320]);
  });

  test('only the rows in sight and two around them are made', () => {
    const layout = layOut([10_000], 1000, 100, 0);
    assert.deepEqual(inSight(layout, 0, 800).cells, [0, 100]);
    assert.deepEqual(inSight(layout, 50_000, 800).cells, [4980, 5100]);
    assert.deepEqual(inSight(layout, 99_500, 800).cells, [9930, 10_000]);
    assert.deepEqual(inSight(layOut([], 1000, 100, 0), 0, 800), { cells: [0, 0], sections: [0, 0] });
  });

  test('of many people those in sight have their headings and cells', () => {
    // 140 pixels each.
    const layout = layOut(Array<number>(1000).fill(5), 1000, 100, 40);
    const { cells, sections } = inSight(layout, 70_000, 800);
    assert.deepEqual(sections, [498, 508]);
    assert.deepEqual(cells, [2490, 2535]);
  });

  test('keys move within the pictures and never beyond', () => {
    const layout = layOut([10], 330, 100, 0);
    const to = (key: string, from: number): number | undefined => moved(key, from, layout, 2);
    assert.deepEqual([to('ArrowRight', 0), to('ArrowDown', 0), to('PageDown', 0), to('End', 4)], [1, 3, 6, 9]);
    assert.deepEqual([to('ArrowLeft', 0), to('ArrowUp', 2), to('Home', 7), to('ArrowDown', 9)], [0, 2, 0, 9]);
    assert.equal(to('x', 3), undefined);
  });

  test('up and down lead past headings and folded people, in the same column where there is one', () => {
    const layout = layOut([4, 0, 2, 7], 300, 100, 40);
    const to = (key: string, from: number, page = 1): number | undefined => moved(key, from, layout, page);
    assert.deepEqual([to('ArrowDown', 1), to('ArrowDown', 3), to('ArrowDown', 5), to('ArrowDown', 7)], [3, 4, 7, 10]);
    assert.deepEqual([to('ArrowUp', 8), to('ArrowUp', 5), to('ArrowUp', 4)], [5, 3, 3]);
    assert.deepEqual([to('PageDown', 0, 3), to('PageUp', 12, 9)], [6, 0]);
  });
});
