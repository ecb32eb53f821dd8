import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHalf, halved, roundedToHalf, toHalf } from '../../../src/network/half';

test('every half is what it is rounded to', () => {
  const all = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);
  const values = fromHalf(all);
  const again = toHalf(values);
  for (const [bits, value] of values.entries()) {
    if (Number.isNaN(value)) assert.ok(Number.isNaN(fromHalf(again.subarray(bits, bits + 1))[0]!));
    else assert.equal(again[bits], bits);
  }
});

test('a value between two halves goes to the nearer, one in the middle to the even one', () => {
  const rounded = (value: number): number => fromHalf(toHalf(Float32Array.of(value)))[0]!;
  assert.equal(rounded(1 + 1 / 2048), 1, 'in the middle of 1 and 1 + 2⁻¹⁰');
  assert.equal(rounded(1 + 3 / 2048), 1 + 2 / 1024);
  assert.equal(rounded(1 + 1.01 / 2048), 1 + 1 / 1024);
  assert.equal(rounded(-0.1), -0.0999755859375, "NumPy's float16 of it");
  assert.equal(rounded(2 ** -25), 0, 'in the middle of 0 and the least half');
  assert.equal(rounded(3 * 2 ** -25), 2 ** -23);
  assert.equal(rounded(2 ** -14 - 2 ** -26), 2 ** -14, 'up to the least normal one');
  assert.equal(rounded(65519.99), 65504);
  assert.equal(rounded(65520), Infinity);
  assert.equal(rounded(-1e30), -Infinity);
});

test('a weight that a half cannot hold is told by the name of its variable; vectors stay single', () => {
  const large = { shape: [1, 2], data: Float32Array.of(1, 70000) };
  assert.throws(() => halved('net/weights', large), /Variable net\/weights \[1, 2\] holds 70000, which half precision/);
  const infinite = { shape: [1, 2], data: Float32Array.of(1, Infinity) };
  assert.deepEqual([...halved('net/weights', infinite)], [0x3c00, 0x7c00], 'infinite before is infinite after');
  const weights = roundedToHalf(
    new Map([
      ['beta', { shape: [1], data: Float32Array.of(0.1) }],
      ['kernel', { shape: [1, 1], data: Float32Array.of(0.1) }],
    ]),
  );
  assert.equal(weights.get('beta')!.data[0], Math.fround(0.1));
  assert.equal(weights.get('kernel')!.data[0], 0.0999755859375);
});
