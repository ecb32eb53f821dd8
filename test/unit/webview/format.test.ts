import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counted } from '../../../webview/counts';
import { baseName, duration, integer, logTick, loss, compact, throughput } from '../../../webview/format';

test('numbers are written as in the literature', () => {
  assert.equal(integer(1234567), '1\u202f234\u202f567');
  assert.equal(integer(999), '999');
  assert.equal(compact(0.0005), '5e-4');
  assert.equal(compact(0.00125), '1.25e-3');
  assert.deepEqual([0, 1, 0.1, 0.05, 0.01, 123.4].map(compact), ['0', '1', '0.1', '0.05', '0.01', '123']);
  assert.equal(loss(2.34567), '2.346');
  assert.equal(loss(0.123456), '0.123');
  assert.equal(loss(0.00001234), '1.23e-5');
  assert.equal(loss(null), 'not finite');
  assert.equal(loss(undefined), '–');
  assert.deepEqual([100, 1, 0.01, 0.0001].map(logTick), ['100', '1', '0.01', '1e-4']);
  assert.deepEqual([counted.epochs(1), counted.epochs(30), counted.epochs(0)], ['1 epoch', '30 epochs', '0 epochs']);
  assert.equal(counted.steps(12_400), '12\u202f400 steps');
  assert.equal(throughput(3.14159), '3.1');
  assert.equal(throughput(188.4), '188');
});

test('times are as exact as an estimate deserves', () => {
  assert.deepEqual([0, 59.4, 61, 60, 3599, 4000].map(duration), [
    '0 s',
    '59 s',
    '1 min 1 s',
    '1 min',
    '59 min',
    '1 h 6 min',
  ]);
});

test('the last part of a path of either kind', () => {
  assert.equal(baseName('Ada/Ada_0001.png'), 'Ada_0001.png');
  assert.equal(baseName('Ada\\Ada_0001.png'), 'Ada_0001.png');
  assert.equal(baseName('alone'), 'alone');
});
