import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeNpy, readNpy, toFloat64, writeNpy } from '../../../src/checkpoint/npy';
import { readNpyDictionary } from '../../../src/checkpoint/npyDictionary';
import { UserError } from '../../../src/protocol/errors';
import { readNpyStrings } from '../../fixtures/npyStrings';
import { pickledWeights } from '../../fixtures/pickledWeights';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();

test('an array is written as numpy.save does', () => {
  const bytes = encodeNpy({ shape: [1, 2], data: Float64Array.of(1, -2) });
  assert.equal(bytes.length % 16, 0);
  assert.equal(bytes.toString('latin1', 0, 8), '\x93NUMPY\x01\x00');
  const header = bytes.toString('latin1', 10, 128);
  assert.ok(header.startsWith("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }"), header);
  assert.ok(header.endsWith(' \n'));
  assert.equal(bytes.readDoubleLE(136), -2);
});

test('arrays and strings come back', async () => {
  const path = join(folder, 'a.npy');
  await writeNpy(path, { shape: [3], data: BigInt64Array.of(1n, -2n, 3n) });
  assert.deepEqual(toFloat64(await readNpy(path)), Float64Array.of(1, -2, 3));
  await writeNpy(path, { shape: [], data: Float32Array.of(7) });
  assert.deepEqual(await readNpy(path), { shape: [], data: Float32Array.of(7) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'))),
      async (texts) => {
        await writeNpy(path, texts);
        assert.deepEqual(await readNpyStrings(path), texts);
      },
    ),
    { numRuns: 30 },
  );
});

test('an array in Fortran order is turned', async () => {
  const path = join(folder, 'fortran.npy');
  const bytes = encodeNpy({ shape: [2, 3], data: Float32Array.of(0, 3, 1, 4, 2, 5) });
  await writeFile(path, Buffer.from(bytes.toString('latin1').replace('False', 'True '), 'latin1'));
  assert.deepEqual([...(await readNpy(path)).data], [0, 1, 2, 3, 4, 5]);
});

test('what is no array of numbers is refused in one sentence', async () => {
  const path = join(folder, 'bad.npy');
  const refused = async (bytes: Uint8Array | string, pattern: RegExp): Promise<void> => {
    await writeFile(path, bytes);
    await assert.rejects(readNpy(path), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, pattern);
      return true;
    });
  };
  const good = encodeNpy({ shape: [4], data: Float64Array.of(1, 2, 3, 4) });
  await refused('hello', /is not a NumPy file/);
  await refused(good.subarray(0, 60), /is cut off/);
  await refused(good.subarray(0, good.length - 1), /is cut off/);
  await refused(encodeNpy(['x']), /of type <U1/);
  const huge = good.toString('latin1').replace('(4,), }        ', '(99999999999,)}');
  await refused(Buffer.from(huge, 'latin1'), /is cut off/);
  await assert.rejects(readNpy(join(folder, 'nothing.npy')), /cannot be read/);
});

/** A .npy file with a pickle after its header. */
function pickled(stream: Buffer): Buffer {
  const header = "{'descr': '|O', 'fortran_order': False, 'shape': (), }".padEnd(69) + '\n';
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00\x46\x00', 'latin1'), Buffer.from(header), stream]);
}

test('a pickle that wants to run something, is cut, or is damaged is refused', async () => {
  const path = join(folder, 'pickle.npy');
  const refused = async (stream: string, pattern: RegExp): Promise<void> => {
    await writeFile(path, pickled(Buffer.from(stream, 'latin1')));
    await assert.rejects(readNpyDictionary(path), pattern);
  };
  await refused('\x80\x02cos\nsystem\nq\x00U\x04exit\x85R.', /os\.system, which is not an array/);
  await refused('\x80\x02}q\x00', /is cut off/);
  await refused('\x80\x02N.', /holds no dictionary/);
  await refused('\x80\x02)R.', /damaged/);
  await refused('\x80\x02\xff.', /opcode 0xff.* \(at byte 82\)/);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
      await writeFile(path, pickled(Buffer.from(bytes)));
      await readNpyDictionary(path).catch((error: unknown) => assert.ok(error instanceof UserError, String(error)));
    }),
    { numRuns: 300 },
  );
});

test('a pickle that names one array many times is refused', async () => {
  const path = join(folder, 'shared.npy');
  const whole = pickledWeights(new Map([['conv1/weights', { shape: [600] }]]));
  await writeFile(path, whole);
  assert.deepEqual((await readNpyDictionary(path)).get('conv1/weights')!.shape, [600]);
  // The layer's dictionary is remembered (BINPUT 0) and given to a second layer (BINGET 0).
  const second = Buffer.from('q\x00U\x05conv2h\x00u', 'latin1');
  const stream = whole.subarray(80);
  const items = stream.lastIndexOf('uuatb.', undefined, 'latin1');
  assert.ok(items > 0);
  const shared = Buffer.concat([whole.subarray(0, 80 + items + 1), second, whole.subarray(80 + items + 2)]);
  await writeFile(path, shared);
  await assert.rejects(readNpyDictionary(path), /conv2\/weights shares its values/);
});
