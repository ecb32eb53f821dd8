import { writeFileSync } from 'node:fs';
import { buf as crc32 } from 'crc-32';
import sharp, { type Sharp } from 'sharp';
import { decodeImage, decodeReduced, orientationOf } from '../../../src/image/decode';
import { largestUnquestioned } from '../../../src/image/limits';
import { join } from 'node:path';
import { damageBytes, inPlace, type Damage } from '../damage';
import type { ForeignReader } from '../foreignReader';

const edge = 24;

function picture(): Sharp {
  const data = Buffer.from(Uint8Array.from({ length: edge * edge * 3 }, (_, i) => i * 7919 + (i >> 4) * 31));
  return sharp(data, { raw: { width: edge, height: edge, channels: 3 } }).withExif({ IFD0: { Orientation: '6' } });
}

/** A bitmap with or without a palette (the kinds that the reference reads). */
function bitmap(bits: 8 | 24): Buffer {
  const [palette, row] = [bits === 8 ? 1024 : 0, (edge * bits) / 8];
  const bytes = Buffer.alloc(54 + palette + row * edge, 0x5a);
  bytes.write('BM', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54 + palette, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(edge, 18);
  bytes.writeInt32LE(edge, 22);
  bytes.writeUInt32LE(1 | (bits << 16), 26);
  bytes.writeUInt32LE(0, 30);
  return bytes;
}

/** A PNG whose header or pixels are damaged, not its checksums: the sizes it states are believed. */
const damageChunks: Damage = (bytes, random) => {
  if (random.chance(3)) return damageBytes(bytes, random);
  const damaged = Buffer.from(bytes);
  for (let at = 8; at + 12 <= damaged.length;) {
    const length = bytes.readUInt32BE(at);
    if (length > 0 && random.chance(2)) {
      random
        .pick(Object.values(inPlace))(damaged.subarray(at + 8, at + 8 + length), random)
        .copy(damaged, at + 8);
    }
    damaged.writeInt32BE(crc32(damaged.subarray(at + 4, at + 8 + length)), at + 8 + length);
    at += 12 + length;
  }
  return damaged;
};

function imageReader(name: string, files: () => Promise<Buffer[]>, damage = damageBytes): ForeignReader {
  return {
    ...{ name: `image: ${name}`, tells: 'file', damage, files },
    // What the sizes may come to that need no proof.
    allowance: 3 * largestUnquestioned + (16 << 20),
    open: async (folder) => ({
      async read(bytes) {
        const path = join(folder, 'picture');
        writeFileSync(path, bytes);
        return [await decodeImage(path), await orientationOf(bytes), await decodeReduced(path, 16)];
      },
    }),
  };
}

export const imageReaders: readonly ForeignReader[] = [
  imageReader(
    'PNG',
    async () => [await picture().png().toBuffer(), await picture().png({ palette: true }).toBuffer()],
    damageChunks,
  ),
  imageReader('JPEG', async () => [
    await picture().jpeg().toBuffer(),
    await picture().jpeg({ progressive: true }).toBuffer(),
  ]),
  imageReader('WebP', async () => [
    await picture().webp().toBuffer(),
    await picture().webp({ lossless: true }).toBuffer(),
  ]),
  imageReader('TIFF', async () => [
    await picture().tiff({ compression: 'lzw' }).toBuffer(),
    await picture().tiff({ compression: 'none' }).toBuffer(),
  ]),
  imageReader('BMP', async () => [bitmap(24), bitmap(8)]),
];
