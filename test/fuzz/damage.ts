// What happens to files on their way, and what somebody does to them who means harm.
import type { NamedRandom } from './random';

/** Bytes of a file, damaged; may share memory with them. */
export type Damage = (bytes: Buffer, random: NamedRandom) => Buffer;

/** Sizes, counts and offsets at which readers go wrong, of 1, 2, 4 and 8 bytes in either order. */
const hostileNumbers = [
  ...['00', 'ff', '7f', '80', '0000', 'ffff', 'ff7f', '7fff', '0080'],
  ...['00000000', 'ffffffff', 'ffffff7f', '7fffffff', '00000080', '80000000', '00000040', '01000000', '00000001'],
  ...['0000000000000000', 'ffffffffffffffff', 'ffffffffffffff7f', '7fffffffffffffff', '0000000001000000'],
  // Varints: 2³¹ − 1, 2³² − 1, 2⁵³, −1, and one that never ends.
  ...['ffffffff07', 'ffffffff0f', '8080808080808010', 'ffffffffffffffffff01', 'ffffffffffffffffffffff'],
].map((hex) => Buffer.from(hex, 'hex'));

function copy(bytes: Buffer): Buffer {
  return Buffer.from(bytes);
}

/** A stretch of the file, mostly a short one. */
function stretch(bytes: Buffer, random: NamedRandom): [start: number, end: number] {
  const start = random.below(bytes.length);
  const longest = random.chance(3) ? bytes.length : 16;
  return [start, Math.min(bytes.length, start + 1 + random.below(longest))];
}

/** Damage that leaves the length as it is. */
export const inPlace: Readonly<Record<string, Damage>> = {
  flipped(bytes, random) {
    const damaged = copy(bytes);
    for (let flips = 1 + random.below(8); flips > 0; flips--)
      damaged[random.below(bytes.length)]! ^= 1 << random.below(8);
    return damaged;
  },
  scribbled(bytes, random) {
    const damaged = copy(bytes);
    for (let count = 1 + random.below(4); count > 0; count--) damaged[random.below(bytes.length)] = random.below(256);
    return damaged;
  },
  zeroed: (bytes, random) => copy(bytes).fill(random.chance(4) ? 0xff : 0, ...stretch(bytes, random)),
  'with a hostile number'(bytes, random) {
    const damaged = copy(bytes);
    random.pick(hostileNumbers).copy(damaged, random.below(bytes.length));
    return damaged;
  },
  'copied over itself'(bytes, random) {
    const damaged = copy(bytes);
    bytes.copy(damaged, random.below(bytes.length), ...stretch(bytes, random));
    return damaged;
  },
};

const anyLength: Readonly<Record<string, Damage>> = {
  ...inPlace,
  'cut off': (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  'without its beginning': (bytes, random) => bytes.subarray(random.below(bytes.length)),
  'with a piece less'(bytes, random) {
    const [start, end] = stretch(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  'with a piece twice'(bytes, random) {
    const [start, end] = stretch(bytes, random);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  'with a piece of something else'(bytes, random) {
    const at = random.below(bytes.length + 1);
    const piece = random.chance(2) ? random.bytes(1 + random.below(64)) : random.pick(hostileNumbers);
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
  },
};

const binaryDamage = Object.values(anyLength);

/** One to three kinds of damage, one after another. */
export const damageBytes: Damage = (bytes, random) => {
  let damaged = bytes;
  for (let times = random.chance(3) ? 1 + random.below(3) : 1; times > 0 && damaged.length > 0; times--) {
    damaged = random.pick(binaryDamage)(damaged, random);
  }
  return damaged;
};
