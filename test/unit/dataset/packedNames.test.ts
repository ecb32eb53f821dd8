import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PackedNames } from '../../../src/dataset/packedNames';
import { ImagePicks } from '../../../src/dataset/imageList';

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
  assert.ok(PackedNames.pack(names).bytes.length < 3 * names.length);
});

test('bytes that are cut off or too many are refused', () => {
  const { bytes } = PackedNames.pack(['a.png', 'b.png']);
  assert.throws(() => PackedNames.unpack(2, bytes.subarray(0, bytes.length - 1)), RangeError);
  assert.throws(() => PackedNames.unpack(1, bytes), RangeError);
  assert.throws(() => PackedNames.unpack(3, bytes), RangeError);
});

test('many lists in one piece of memory are the lists that they were', () => {
  fc.assert(
    fc.property(fc.array(fc.array(imageName, { maxLength: 40 }), { maxLength: 6 }), (lists) => {
      const together = PackedNames.together(lists.map((names) => PackedNames.pack(names)));
      for (const [index, names] of lists.entries()) {
        const one = together[index]!;
        assert.deepEqual([...one], names);
        assert.deepEqual(
          Array.from(names.keys(), (name) => one.at(name)),
          names,
        );
        assert.deepEqual([...PackedNames.unpack(names.length, one.bytes)], names);
      }
      assert.equal(PackedNames.together(together), together);
    }),
    { numRuns: 50 },
  );
});

test('a name that leads into another folder is none, nor one that would take more memory than there are bytes', () => {
  for (const names of [['a/b.png'], ['a.png', 'b/c.png'], ['x/', 'y/']])
    assert.throws(() => PackedNames.unpack(names.length, PackedNames.pack(names).bytes), RangeError);
  const { bytes } = PackedNames.pack(['a\\b.png']);
  assert.deepEqual([...PackedNames.unpack(1, bytes)], ['a\\b.png']);
  assert.throws(() => PackedNames.unpack(1, bytes, '\\'), RangeError);
  assert.throws(() => PackedNames.unpack(2 ** 30, bytes), RangeError);
  // 15 + 2 ** 21 bytes of the name before, where there is none.
  assert.throws(() => PackedNames.unpack(1, Uint8Array.of(0, 0xf0, 0x80, 0x80, 0x80, 1)), RangeError);
});

test('picked images have an order of their own', () => {
  const [first, second] = [['a', 'b', 'c'], ['d']];
  const picks = new ImagePicks([first, second]);
  const picked = picks.of(first, [2, 0]);
  assert.deepEqual([...picks.of(second, [0])], ['d']);
  assert.deepEqual([...picked], ['c', 'a']);
  assert.deepEqual([picked.length, picked.at(1), picked.at(2), picked.at(-1)], [2, 'a', undefined, undefined]);
});

test('names that lead elsewhere, and numbers that no bytes stand for, are refused', () => {
  for (const name of ['../a.png', 'a/b.png', '..', '.hidden', '', 'a\0b', 'x'.repeat(2000)]) {
    const { bytes, length } = PackedNames.pack(['0.png', name]);
    assert.throws(() => PackedNames.unpack(length, bytes), RangeError, JSON.stringify(name));
  }
  assert.throws(() => PackedNames.unpack(2 ** 31, Uint8Array.of(0, 1, 97)), /too many names/);
});
