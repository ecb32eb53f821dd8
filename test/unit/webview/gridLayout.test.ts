import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inSight, layOut, moved } from '../../../webview/gallery/gridLayout';

describe('the layout of the gallery', () => {
  test('cells fill the width and none is narrower than asked, where it fits', () => {
    assert.deepEqual(layOut(10, 330, 100), { columns: 3, rows: 4, pitch: 110 });
    assert.deepEqual(layOut(10, 50, 100), { columns: 1, rows: 10, pitch: 100 });
    assert.equal(layOut(0, 300, 100).rows, 0);
  });

  test('only the rows in sight and two around them are made', () => {
    const layout = layOut(10_000, 1000, 100);
    assert.deepEqual(inSight(layout, 10_000, 0, 800), [0, 100]);
    assert.deepEqual(inSight(layout, 10_000, 50_000, 800), [4980, 5100]);
    assert.deepEqual(inSight(layout, 10_000, 99_500, 800), [9930, 10_000]);
    assert.deepEqual(inSight(layOut(0, 1000, 100), 0, 0, 800), [0, 0]);
  });

  test('keys move within the pictures and never beyond', () => {
    const layout = layOut(10, 330, 100);
    const to = (key: string, from: number): number | undefined => moved(key, from, 10, layout, 2);
    assert.deepEqual([to('ArrowRight', 0), to('ArrowDown', 0), to('PageDown', 0), to('End', 4)], [1, 3, 6, 9]);
    assert.deepEqual([to('ArrowLeft', 0), to('ArrowUp', 2), to('Home', 7), to('ArrowDown', 9)], [0, 0, 0, 9]);
    assert.equal(to('x', 3), undefined);
  });
});
