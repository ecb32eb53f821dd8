import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maskedCrc32c } from '../../../src/files/crc32c';
import { compareKeys, encodeTable, readTable } from '../../../src/checkpoint/sortedTable';

test('tables of any size come back, blocks and restarts included', () => {
  for (const count of [1, 17, 10_000]) {
    const entries = Array.from({ length: count }, (_, i) => ({
      key: `Inception/block_${String(i).padStart(6, '0')}/weights`,
      value: Buffer.alloc(40, i % 251),
    }));
    const file = encodeTable(entries);
    const read = readTable(file);
    assert.equal(read.length, count);
    assert.ok(read.every(({ key, value }, i) => key === entries[i]!.key && entries[i]!.value.equals(value)));
  }
});

test('any keys and values come back', () => {
  const pairs = fc.uniqueArray(
    fc.tuple(fc.string({ unit: 'binary', maxLength: 40 }), fc.uint8Array({ maxLength: 60 })),
    {
      selector: ([key]) => key,
      minLength: 1,
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(pairs, (items) => {
      const entries = items
        // Lone surrogates have no UTF-8: they become the replacement character.
        .map(([key, value]) => ({ key: Buffer.from(key).toString(), value: Buffer.from(value) }))
        .sort((a, b) => compareKeys(a.key, b.key))
        .filter(({ key }, i, all) => i === 0 || key !== all[i - 1]!.key);
      assert.deepEqual(
        readTable(encodeTable(entries)).map(({ key, value }) => ({ key, value: Buffer.from(value) })),
        entries,
      );
    }),
  );
});

/** A table of one block given as it lies in the file. */
function tableOf(block: Uint8Array, type = 0): Buffer {
  const withTrailer = (bytes: Uint8Array, kind: number): Buffer => {
    const crc = Buffer.alloc(4);
    crc.writeUInt32LE(maskedCrc32c(bytes, Uint8Array.of(kind)));
    return Buffer.concat([bytes, Uint8Array.of(kind), crc]);
  };
  const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
  const empty = Buffer.from('0000000001000000', 'hex');
  const data = withTrailer(block, type);
  const meta = withTrailer(empty, 0);
  const handle = [...varint(0), ...varint(block.length)];
  const index = Buffer.concat([Buffer.from([0, 1, handle.length, 0x7a, ...handle]), empty]);
  const footer = Buffer.from([
    ...varint(data.length),
    ...varint(8),
    ...varint(data.length + meta.length),
    ...varint(index.length),
  ]);
  const magic = Buffer.from('57fb808b247547db', 'hex');
  return Buffer.concat([data, meta, withTrailer(index, 0), footer, Buffer.alloc(40 - footer.length), magic]);
}

const plainBlock = Buffer.concat([
  Buffer.from([0, 1, 1, 0x61, 9, 1, 1, 1, 0x62, 8]),
  Buffer.from('0000000001000000', 'hex'),
]);

test('a block compressed with snappy is read', () => {
  const entries = [
    { key: 'a', value: Buffer.of(9) },
    { key: 'ab', value: Buffer.of(8) },
  ];
  assert.deepEqual(readTable(tableOf(plainBlock)), entries);
  // 18 bytes: a literal of 11, a copy of 3 that overlaps itself, a literal of 1, a copy of 3 from 4 back.
  const literal = Buffer.concat([Buffer.of(18, 10 << 2), plainBlock.subarray(0, 11)]);
  const compressed = Buffer.concat([literal, Buffer.of(0x0a, 1, 0, 0, 1, 0x0a, 4, 0)]);
  assert.deepEqual(readTable(tableOf(compressed, 1)), entries);
});

test('hostile tables are refused before they take memory', () => {
  const restarts = Buffer.from('0000000001000000', 'hex');
  // 4 GB in a few bytes: snappy's stated length.
  assert.throws(() => readTable(tableOf(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0]), 1)), /too large/);
  // Names that each repeat the one before and grow.
  const long = Buffer.concat([Buffer.from([0, 0x88, 0x27, 0]), Buffer.alloc(5000, 0x61), restarts]);
  assert.throws(() => readTable(tableOf(long)), /longer than 4096/);
  assert.throws(
    () => readTable(tableOf(Buffer.concat([Buffer.from([5, 1, 0, 0x61]), restarts]))),
    /longer than its block/,
  );
  assert.throws(
    () => readTable(tableOf(Buffer.concat([Buffer.from([0, 1, 0xff, 0x7f, 0x61]), restarts]))),
    /longer than its block/,
  );
  assert.throws(() => readTable(tableOf(Buffer.from('ffffffff', 'hex'))), /too short/);
  assert.throws(() => readTable(tableOf(plainBlock, 7)), /unknown way/);
  // Names of 4 kB each, of which every one stores three bytes.
  const first = Buffer.concat([Buffer.from([0, 0x80, 0x20, 0]), Buffer.alloc(4096, 0x61)]);
  const next = Array.from({ length: 200 }, (_, i) => Buffer.from([0xff, 0x1f, 1, 0, 0x62 + (i & 31)]));
  assert.throws(() => readTable(tableOf(Buffer.concat([first, ...next, restarts]))), /longer than a block could hold/);
  const twice = Buffer.concat([Buffer.from([0, 1, 0, 0x62, 0, 1, 0, 0x61]), restarts]);
  assert.throws(() => readTable(tableOf(twice)), /not in order/);
});

test('every flipped bit and every cut is noticed or changes nothing', () => {
  const file = encodeTable(
    Array.from({ length: 40 }, (_, i) => ({ key: `name_${String(i).padStart(3, '0')}`, value: Buffer.alloc(9, i) })),
  );
  const entries = readTable(file);
  const same = (candidate: Buffer): boolean => {
    try {
      assert.deepEqual(readTable(candidate), entries);
      return true;
    } catch (error) {
      assert.ok(error instanceof Error && !(error instanceof assert.AssertionError), String(error));
      return false;
    }
  };
  for (let bit = 0; bit < file.length * 8; bit++) {
    const flipped = Buffer.from(file);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    // Padding of the footer and the unused metaindex handle decide nothing.
    const inFooter = bit >> 3 >= file.length - 48;
    const unchanged = same(flipped);
    if (!inFooter) assert.equal(unchanged && !inMetaindex(bit >> 3, file), false, `bit ${bit}`);
  }
  for (let length = 0; length < file.length; length++) assert.equal(same(file.subarray(0, length)), false);
});

/** The empty metaindex block is never read. */
function inMetaindex(position: number, file: Buffer): boolean {
  const footer = file.length - 48;
  const offset = file[footer]! < 128 ? file[footer]! : (file[footer]! & 127) + (file[footer + 1]! << 7);
  return position >= offset && position < offset + 8 + 5;
}
