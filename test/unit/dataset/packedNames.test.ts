import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PackedNames } from '../../../src/dataset/packedNames';
import { PickedImages } from '../../../src/dataset/imageList';

const imageName = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 80 })
  .map((text) => text.replace(/^\.|[/\\\0]/g, '_'));

test('names come back as they were, one by one and one after another, also from their bytes', () => {
  fc.assert(
    fc.property(fc.array(imageName, { maxLength: 60 }), (names) => {
      const packed = PackedNames.pack(names.toSorted());
      for (const one of [packed, PackedNames.unpack(names.length, packed.bytes)]) {
        assert.deepEqual([...one], names.toSorted());
        assert.deepEqual(
          Array.from(names.keys(), (index) => one.at(index)),
          names.toSorted(),
        );
        assert.equal(one.at(names.length), undefined);
      }
    }),
    { numRuns: 50 },
  );
});

test('names of photographs take a few bytes each', () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `image_${String(index).padStart(6, '0')}.jpg`);
  assert.ok(PackedNames.pack(names).bytes.length < 8 * names.length);
});

test('bytes that are cut off or too many are refused', () => {
  const { bytes } = PackedNames.pack(['a.png', 'b.png']);
  assert.throws(() => PackedNames.unpack(2, bytes.subarray(0, bytes.length - 1)), RangeError);
  assert.throws(() => PackedNames.unpack(1, bytes), RangeError);
  assert.throws(() => PackedNames.unpack(3, bytes), RangeError);
});

test('names that lead elsewhere, and numbers that no bytes stand for, are refused', () => {
  for (const name of ['../a.png', 'a/b.png', '..', '.hidden', '', 'a\0b', 'x'.repeat(2000)]) {
    const { bytes, length } = PackedNames.pack(['0.png', name]);
    assert.throws(() => PackedNames.unpack(length, bytes), RangeError, JSON.stringify(name));
  }
  assert.throws(() => PackedNames.unpack(2 ** 33, Uint8Array.of(0, 1, 97)), /fewer bytes than names/);
  // `a`, then a name that shares 2²⁷ bytes with it.
  assert.throws(() => PackedNames.unpack(2, Uint8Array.of(0, 1, 97, 0x80, 0x80, 0x80, 0x40, 0)), RangeError);
});

test('picked images have an order of their own', () => {
  const picked = new PickedImages(['a', 'b', 'c'], [2, 0]);
  assert.deepEqual([...picked], ['c', 'a']);
  assert.deepEqual([picked.length, picked.at(1), picked.at(2)], [2, 'a', undefined]);
});
