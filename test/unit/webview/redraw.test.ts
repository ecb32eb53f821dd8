import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { coalesce } from '../../../webview/redraw';

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 }));
afterEach(() => mock.timers.reset());

test('many requests are one drawing per tenth of a second, and the last is served', () => {
  let drawn = 0;
  const redraw = coalesce(() => drawn++, 100);
  for (let millisecond = 0; millisecond < 1000; millisecond++) {
    redraw.request();
    mock.timers.tick(1);
  }
  assert.ok(drawn >= 9 && drawn <= 11, `${drawn} drawings in a second`);
  const before = drawn;
  redraw.request();
  mock.timers.tick(150);
  assert.equal(drawn, before + 1);
  mock.timers.tick(1000);
  assert.equal(drawn, before + 1, 'nothing is drawn that was not asked for');
});

test('a drawing at once takes the place of the one that waits; a cancelled one does not come', () => {
  let drawn = 0;
  const redraw = coalesce(() => drawn++, 100);
  redraw.now();
  redraw.request();
  redraw.now();
  mock.timers.tick(500);
  assert.equal(drawn, 2);
  redraw.request();
  redraw.cancel();
  mock.timers.tick(500);
  assert.equal(drawn, 2);
});
