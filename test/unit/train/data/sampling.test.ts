import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomAt, randomSequence } from '../../../../src/train/data/counterRandom';
import { SampleQueue } from '../../../../src/train/data/sampleQueue';

test('every round of the queue is a permutation, and rounds differ', () => {
  const queue = new SampleQueue(666, 37);
  const rounds = [0, 1, 2].map((round) => Array.from({ length: 37 }, (_, i) => queue.at(37 * round + i)));
  for (const round of rounds)
    assert.deepEqual(
      [...round].sort((a, b) => a - b),
      Array.from({ length: 37 }, (_, i) => i),
    );
  assert.notDeepEqual(rounds[0], rounds[1]);
});

test('a queue entered in the middle gives what it would have given', () => {
  const straight = new SampleQueue(1, 10);
  const all = Array.from({ length: 50 }, (_, i) => straight.at(i));
  const resumed = new SampleQueue(1, 10);
  assert.deepEqual(
    Array.from({ length: 20 }, (_, i) => resumed.at(30 + i)),
    all.slice(30),
  );
  assert.notDeepEqual(
    Array.from({ length: 50 }, (_, i) => new SampleQueue(2, 10).at(i)),
    all,
  );
});

test('all positions of the first place are about equally likely', () => {
  const counts = new Array<number>(8).fill(0);
  const queue = new SampleQueue(3, 8);
  for (let round = 0; round < 8000; round++) counts[queue.at(8 * round)]!++;
  for (const count of counts) assert.ok(count > 880 && count < 1120, String(counts));
});

test('counter-based numbers are uniform, repeatable and differ by stream, seed and index', () => {
  const values = Array.from({ length: 20000 }, (_, i) => randomAt(5, 'flip', i));
  const mean = values.reduce((a, b) => a + b) / values.length;
  const lag = values.slice(1).reduce((sum, v, i) => sum + (v - 0.5) * (values[i]! - 0.5), 0) / values.length;
  assert.ok(Math.abs(mean - 0.5) < 0.01, String(mean));
  assert.ok(Math.abs(lag) < 0.003, String(lag));
  assert.equal(randomAt(5, 'flip', 7), values[7]);
  assert.notEqual(randomAt(5, 'crop', 7), values[7]);
  assert.notEqual(randomAt(6, 'flip', 7), values[7]);
  assert.notEqual(randomAt(5, 'flip', 7 + 2 ** 32), values[7]);
  const sequence = randomSequence(1, 'initialize', 3);
  assert.notEqual(sequence(), sequence());
});
