import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { maskedCrc32c } from '../../../src/files/crc32c';
import { encodeFileVersion, encodeScalars, openSummaryLog } from '../../../src/files/tensorboard';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();

test('checksums of the specification', () => {
  const vectors: [Uint8Array, number][] = [
    [Buffer.from(''), 0xa282ead8],
    [Buffer.from('a'), 0x28e46e78],
    [Buffer.from('123456789'), 0xc78ab0e5],
    [Buffer.alloc(32), 0x0fd7fffa],
    [Buffer.alloc(32, 0xff), 0xf909b029],
    [Uint8Array.from({ length: 32 }, (_, i) => i), 0x951f7892],
    [Buffer.alloc(768), 0x1c8f5f4e],
  ];
  for (const [bytes, masked] of vectors) {
    assert.equal(maskedCrc32c(bytes), masked);
    const middle = bytes.length >> 1;
    assert.equal(maskedCrc32c(bytes.subarray(0, middle), bytes.subarray(middle)), masked, 'in two parts');
  }
});

test('records are those that TensorFlow reads', () => {
  assert.equal(
    encodeFileVersion(1.5).toString('hex'),
    '1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c',
  );
  assert.equal(
    encodeScalars(2.5, 7, { loss: 0.25 }).toString('hex'),
    '1a00000000000000129bd82d09000000000000044010072a0d0a0b0a046c6f7373150000803ea884b989',
  );
  assert.match(encodeScalars(0, 0, { zero: 0 }).toString('hex'), /1500000000/, 'a zero is written');
});

/** The payloads of a TFRecord file, held against both checksums. */
function records(file: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    assert.equal(file.readUInt32LE(at + 8), maskedCrc32c(file.subarray(at, at + 8)));
    const payload = file.subarray(at + 12, at + 12 + length);
    assert.equal(file.readUInt32LE(at + 12 + length), maskedCrc32c(payload));
    found.push(payload);
    at += 16 + length;
  }
  return found;
}

test('a log is named as the reference names it, and one of the same second is another file', async () => {
  const [first, second] = [await openSummaryLog(join(folder, 'logs')), await openSummaryLog(join(folder, 'logs'))];
  assert.notEqual(first.path, second.path);
  assert.match(basename(first.path), /^events\.out\.tfevents\.\d{10}\./);
  assert.ok(first.path.endsWith(`.${hostname()}`));
  first.scalars(100, { 'lfw/accuracy': 0.5, total_loss_1: NaN });
  first.close();
  second.close();
  const [version, scalars, ...rest] = records(await readFile(first.path));
  assert.deepEqual(rest, []);
  assert.ok(version!.toString('latin1').endsWith('brain.Event:2'));
  assert.ok(scalars!.includes('lfw/accuracy') && scalars!.includes('total_loss_1'));
  assert.equal(scalars!.readUInt8(9), 0x10);
  assert.equal(scalars!.readUInt8(10), 100);
});
