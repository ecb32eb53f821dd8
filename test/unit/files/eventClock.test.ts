import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventClock } from '../../../src/files/eventClock';

test('times never go back when the clock is set back, go on meanwhile, and are the clock’s again when it has caught up', () => {
  let [wall, steady] = [1_000_000, 50];
  const clock = new EventClock(
    () => wall,
    () => steady,
  );
  assert.equal(clock.now(), 1_000_000);
  // Set back by an hour, and ten seconds later.
  [wall, steady] = [wall - 3_600_000, steady + 10];
  assert.equal(clock.now(), 1_000_010);
  [wall, steady] = [wall + 10_000, steady + 10_000];
  assert.equal(clock.now(), 1_010_010);
  // Set right, and forward after a night's sleep, in which the steady clock may stand still.
  wall = 1_020_000;
  assert.equal(clock.now(), 1_020_000);
  wall += 8 * 3_600_000;
  assert.equal(clock.now(), wall);
});
