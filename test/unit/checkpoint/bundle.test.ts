import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import promises, { readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Bundle } from '../../../src/checkpoint/bundle';
import { type BundleEntry, encodeBundleIndex, parseBundleIndex } from '../../../src/checkpoint/bundleIndex';
import { encodeTable } from '../../../src/checkpoint/sortedTable';
import type { WritableTensor } from '../../../src/checkpoint/tensorInfo';
import { writeCheckpoint } from '../../../src/checkpoint/writeCheckpoint';
import { UserError } from '../../../src/protocol/errors';
import { maskedCrc32c } from '../../../src/files/crc32c';
import { bytesField, message, shapeMessage, varintField } from '../../fixtures/protobuf';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();

/** checkpoint-formats §1.8: the index of a toy model, written by TensorFlow. */
const example = Buffer.from(
  '00000608011a02080100190f426f74746c656e65636b2f42617463684e6f726d2f626574610801120412020808282035' +
    '021b6914150b116d6f76696e675f6d65616e080112041202080820202820352c12782f1c081176617269616e63650801' +
    '1204120208082040282035c613080c0b0718776569676874730801120912030880181202080820602880800635ff1fe0' +
    '39000d134c6f676974732f626961736573080112041202080320e08006280c3599f86059070717776569676874730801' +
    '1208120208081202080320ec80062860351b826015000000000100000000d5ff47ba000000000100000000c0f2a1b000' +
    '01034d00dd0100000000010000000048cf66bde20108ef010f0000000000000000000000000000000000000000000000' +
    '000000000000000000000057fb808b247547db',
  'hex',
);

test('the index that TensorFlow wrote is read to the last field', () => {
  const { shards, entries } = parseBundleIndex(example);
  assert.equal(shards, 1);
  assert.deepEqual(
    entries.map(({ name, dtype, shape, offset, size }) => [name, dtype, shape, offset, size]),
    [
      ['Bottleneck/BatchNorm/beta', 'float32', [8], 0, 32],
      ['Bottleneck/BatchNorm/moving_mean', 'float32', [8], 32, 32],
      ['Bottleneck/BatchNorm/moving_variance', 'float32', [8], 64, 32],
      ['Bottleneck/weights', 'float32', [3072, 8], 96, 98304],
      ['Logits/biases', 'float32', [3], 98400, 12],
      ['Logits/weights', 'float32', [8, 3], 98412, 96],
    ],
  );
  assert.equal(entries[0]!.crc, 0x14691b02);
});

test('our index is TensorFlow’s but for the shortened separator', () => {
  const { entries } = parseBundleIndex(example);
  const ours = encodeBundleIndex([...entries].reverse());
  assert.deepEqual(parseBundleIndex(ours).entries, entries);
  assert.ok(ours.subarray(0, 221).equals(example.subarray(0, 221)), 'the data block is the same byte by byte');
});

test('tensors of every kind that is written come back', async () => {
  const float = fc.float({ noDefaultInfinity: false });
  const tensor = fc.oneof(
    fc
      .array(float, { maxLength: 12 })
      .map((values): WritableTensor => ({ shape: [values.length], data: Float32Array.from(values) })),
    fc.constant<WritableTensor>({ shape: [], data: BigInt64Array.of(-3n) }),
    fc.constant<WritableTensor>({ shape: [0, 4], data: new Float32Array(0) }),
    fc.constant<WritableTensor>({ shape: [2, 1, 2], data: Float64Array.of(1, -1e300, 0, NaN) }),
    fc.constant<WritableTensor>({ shape: [2], data: Int32Array.of(-1, 2 ** 31 - 1) }),
    fc.constant<WritableTensor>({ shape: [2], data: Uint8Array.of(0, 255) }),
  );
  const tensors = fc.dictionary(fc.stringMatching(/^[A-Za-z0-9_/]{1,20}$/), tensor, {
    minKeys: 1,
    noNullPrototype: true,
  });
  await fc.assert(
    fc.asyncProperty(tensors, async (given) => {
      const prefix = join(folder, 'model-any.ckpt-1');
      await writeCheckpoint(prefix, new Map(Object.entries(given)));
      const bundle = await Bundle.open(prefix);
      assert.deepEqual(bundle.entries.map(({ name }) => name).sort(), Object.keys(given).sort());
      for (const [name, { shape, data }] of Object.entries(given)) {
        assert.deepEqual(await bundle.readDoubles(name), Float64Array.from(data as Float64Array, Number));
        assert.deepEqual((await bundle.readAll([name])).get(name)!.shape, shape);
      }
    }),
    { numRuns: 30 },
  );
});

const weights = new Map<string, WritableTensor>(
  ['a', 'b', 'c'].map((name, i) => [
    name,
    { shape: [50], data: Float32Array.from({ length: 50 }, (_, k) => i + k / 7) },
  ]),
);

test('a checkpoint is written aside: a failing one leaves the old one whole', async () => {
  const prefix = join(folder, 'model-kept.ckpt-1');
  await writeCheckpoint(prefix, weights);
  const wrong = new Map(weights).set('d', { shape: [3], data: new Float32Array(2) });
  await assert.rejects(writeCheckpoint(prefix, wrong), /d has 2 values for the shape \[3\]/);
  assert.equal((await (await Bundle.open(prefix)).readAll(['a', 'b', 'c'])).size, 3);
});

test('a checkpoint appears with its index, which never stands before its data', async (t) => {
  const prefix = join(folder, 'appearing');
  const original = Reflect.get(promises, 'rename');
  const named: string[] = [];
  t.mock.method(promises, 'rename', async (from: string, to: string) => {
    named.push(to);
    if (named.length === 2) throw Object.assign(new Error('EIO: injected, rename'), { code: 'EIO' });
    await original(from, to);
  });
  await assert.rejects(writeCheckpoint(prefix, new Map([['w', { shape: [1], data: Float32Array.of(1) }]])), /EIO/);
  assert.deepEqual(named, [`${prefix}.data-00000-of-00001`, `${prefix}.index`]);
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.includes('appearing')),
    ['appearing.data-00000-of-00001'],
    'without its index it is not there, and nothing is left beside it',
  );
});

test('missing, cut and damaged data files are one sentence each', async () => {
  const prefix = join(folder, 'model-broken.ckpt-1');
  await writeCheckpoint(prefix, weights);
  const path = `${prefix}.data-00000-of-00001`;
  const whole = await readFile(path);
  const bundle = await Bundle.open(prefix);
  const rejects = async (pattern: RegExp): Promise<void> => {
    await assert.rejects(bundle.readAll(['a', 'b', 'c']), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.sentence, pattern);
      return true;
    });
  };
  const flipped = Buffer.from(whole);
  flipped[333]! ^= 4;
  await writeFile(path, flipped);
  await rejects(/damaged: the checksum of b does not fit/);
  await truncate(path, 599);
  await rejects(/is cut off: it has 599 of 600 bytes/);
  await rm(path);
  await rejects(/data file model-broken\.ckpt-1\.data-00000-of-00001 is missing/);
  await assert.rejects(bundle.readDoubles('nothing'), /has no variable nothing/);
});

test('tensors that share their bytes are refused: a small file could else be read for ever', async () => {
  const prefix = join(folder, 'model-shared.ckpt-1');
  await writeCheckpoint(prefix, weights);
  const { entries } = parseBundleIndex(await readFile(`${prefix}.index`));
  const again = entries.map((entry) => ({ ...entry, name: `${entry.name}/again` }));
  await writeFile(`${prefix}.index`, encodeBundleIndex([...entries, ...again]));
  await assert.rejects(
    Bundle.open(prefix).then((bundle) => bundle.checkDataFiles()),
    /shared\.ckpt-1\.index is damaged: its tensors take 1200 of the 600 bytes of /,
  );
});

test('tensors in several data files, of types we never write', async () => {
  const prefix = join(folder, 'sharded');
  const entries: BundleEntry[] = [];
  const files: Buffer[] = [Buffer.alloc(0), Buffer.alloc(0)];
  const add = (shard: number, name: string, dtype: BundleEntry['dtype'], hex: string, shape: number[]): void => {
    const bytes = Buffer.from(hex, 'hex');
    const entry = {
      name,
      dtype,
      shape,
      shard,
      offset: files[shard]!.length,
      size: bytes.length,
      crc: maskedCrc32c(bytes),
    };
    entries.push(entry);
    files[shard] = Buffer.concat([files[shard]!, bytes]);
  };
  add(0, 'bfloat16', 'bfloat16', '803f20c0', [2]);
  add(1, 'bool', 'bool', '0100', [2]);
  add(1, 'half', 'float16', '003c00c0ff7b01000080007c', [6]);
  add(0, 'int16', 'int16', 'ffff', [1]);
  add(1, 'int64', 'int64', 'ffffffffffffffff0500000000000000', [2]);
  add(0, 'text', 'string', '0200031b428bca616278797a', [3]);
  const index = (number: number, value: Uint8Array | number): Uint8Array =>
    typeof value === 'number' ? varintField(number, value) : bytesField(number, value);
  const numbers = { float32: 1, bfloat16: 14, bool: 10, float16: 19, int16: 5, int64: 9, string: 7 } as Record<
    string,
    number
  >;
  const crcField = (crc: number): Buffer => {
    const bytes = Buffer.alloc(5, 0x35);
    bytes.writeUInt32LE(crc, 1);
    return bytes;
  };
  await writeFile(
    `${prefix}.index`,
    encodeTable([
      { key: '', value: message(varintField(1, 2), bytesField(3, varintField(1, 1))) },
      ...entries.map((entry) => ({
        key: entry.name,
        value: message(
          index(1, numbers[entry.dtype]!),
          index(2, shapeMessage(entry.shape)),
          index(3, entry.shard),
          index(4, entry.offset),
          index(5, entry.size),
          crcField(entry.crc),
        ),
      })),
    ]),
  );
  await Promise.all(files.map(async (bytes, i) => writeFile(`${prefix}.data-0000${i}-of-00002`, bytes)));
  const bundle = await Bundle.open(prefix);
  const values = async (name: string): Promise<number[]> => [...(await bundle.readDoubles(name))];
  assert.deepEqual(await values('bfloat16'), [1, -2.5]);
  assert.deepEqual(await values('bool'), [1, 0]);
  assert.deepEqual(await values('half'), [1, -2, 65504, 2 ** -24, -0, Infinity]);
  assert.deepEqual(await values('int16'), [-1]);
  assert.deepEqual(await values('int64'), [-1, 5]);
  await assert.rejects(values('text'), /text in .* holds string values, not numbers/);
  assert.deepEqual([...(await bundle.readAll(['half'])).get('half')!.data.slice(0, 3)], [1, -2, 65504]);
});

test('an index whose entries lie is refused, however well its checksums fit', () => {
  const header = message(varintField(1, 1), bytesField(3, varintField(1, 1)));
  const parse = (entry: Uint8Array, head: Uint8Array = header): unknown =>
    parseBundleIndex(
      encodeTable([
        { key: '', value: head },
        { key: 'w', value: entry },
      ]),
    );
  const shape = (sizes: number[]): Uint8Array => bytesField(2, shapeMessage(sizes));
  assert.throws(() => parse(message(varintField(1, 1), shape([1e9, 1e9]), varintField(5, 8))), /impossible shape/);
  assert.throws(() => parse(message(varintField(1, 1), shape([-1]), varintField(5, 4))), /impossible shape/);
  assert.throws(() => parse(message(varintField(1, 1), shape([2]), varintField(5, 4))), /not its shape/);
  assert.throws(() => parse(message(varintField(1, 1), shape([]), varintField(4, -8), varintField(5, 4))), /outside/);
  assert.throws(() => parse(message(varintField(1, 99), shape([]))), /unknown type/);
  assert.throws(
    () => parse(message(varintField(1, 1), shape([]), varintField(3, 7), varintField(5, 4))),
    /does not exist/,
  );
  assert.throws(() => parse(message(varintField(1, 1), shape([4]), bytesField(7, ''))), /partitioned/);
  assert.throws(() => parse(Buffer.from('ffff', 'hex')), /the entry of w makes no sense/);
  assert.throws(() => parse(message(), message(varintField(1, 1), varintField(2, 1))), /big-endian/);
  assert.throws(() => parse(message(), message(varintField(1, 1), bytesField(3, varintField(2, 9)))), /version 9/);
  assert.throws(() => parse(message(), message(varintField(1, 2 ** 31 - 1))), /2147483647 data files/);
});

test('any bytes behind a fitting checksum give entries or one error, quickly', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ maxLength: 20 }), (entry, header) => {
      try {
        const { entries } = parseBundleIndex(
          encodeTable([
            { key: '', value: header },
            { key: 'w', value: entry },
          ]),
        );
        assert.ok(entries.every(({ size, offset }) => Number.isSafeInteger(size + offset)));
      } catch (error) {
        assert.ok(error instanceof Error && !(error instanceof assert.AssertionError));
      }
    }),
    { numRuns: 2000 },
  );
});

test('opening says which file is wrong', async () => {
  await assert.rejects(Bundle.open(join(folder, 'nothing')), /nothing\.index cannot be opened/);
  const prefix = join(folder, 'cut');
  await writeFile(`${prefix}.index`, example.subarray(0, 200));
  await assert.rejects(Bundle.open(prefix), /cut\.index cannot be read: it does not end as a checkpoint index does/);
  assert.ok(readFileSync(`${prefix}.index`).length === 200);
});
