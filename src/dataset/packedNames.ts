/** Bytes of a file name at most: 255 units of UTF-16 on some systems. */
const longestName = 1024;
const dot = '.'.charCodeAt(0);

/** After so many names one stands whole, so that looking one up reads no more than these. */
const blockSize = 32;
/** Lengths below it have half a byte; what is above follows as a base-128 number. */
const nibble = 15;
const longestEnding = 255;

/**
 * Names of one folder in their order, each as what differs from the one before it (front coding), without the ending that
 * all of them share: a million sorted names of image files take some three bytes each, where strings take a hundred.
 *
 * The bytes are the length of the ending, the ending, then of each name a byte with the length that it shares with the
 * one before (upper half) and that of the rest (lower half), and the rest in UTF-8.
 */
export class PackedNames implements Iterable<string> {
  private constructor(
    readonly length: number,
    /** Those of other lists may stand in it too. */
    private readonly store: Uint8Array,
    private readonly start: number,
    private readonly end: number,
    /** Where each block of the list begins in the store, from `firstBlock` on. */
    private readonly blocks: Uint32Array,
    private readonly firstBlock: number,
  ) {}

  /** Packs names in the order given; only sorted ones become small. */
  static pack(names: readonly string[]): PackedNames {
    const encoded = names.map((name) => Buffer.from(name, 'utf8'));
    const ending = endingOf(encoded);
    const writer = new ByteWriter();
    writer.bytes(Uint8Array.of(ending.length));
    writer.bytes(ending);
    const blocks = new Uint32Array(Math.ceil(names.length / blockSize));
    let before: Uint8Array = new Uint8Array(0);
    for (const [index, whole] of encoded.entries()) {
      const stem = whole.subarray(0, whole.length - ending.length);
      let shared = 0;
      if (index % blockSize === 0) blocks[index / blockSize] = writer.length;
      else while (shared < stem.length && shared < before.length && stem[shared] === before[shared]) shared++;
      writer.name(shared, stem.subarray(shared));
      before = stem;
    }
    const bytes = writer.take();
    return new PackedNames(names.length, bytes, 0, bytes.length, blocks, 0);
  }

  /**
   * Names that `pack` has made some bytes of, wherever these come from.
   * @param separator what no name of a file has in it beside the slash
   * @throws RangeError where it has not, and for what is no name of an image: hidden, or a path that leads elsewhere
   */
  static unpack(length: number, bytes: Uint8Array, separator = '/'): PackedNames {
    const lengths = { names: Uint32Array.of(length), bytes: Uint32Array.of(bytes.length) };
    return PackedNames.unpackAll(lengths, bytes, separator)(0);
  }

  /**
   * Several lists whose bytes stand one after another; they go on sharing them. What is held beside the bytes are some numbers
   * of each list, which is made when it is asked for by its index.
   * @throws RangeError as `unpack` does
   */
  static unpackAll(
    lengths: { names: Uint32Array; bytes: Uint32Array },
    store: Uint8Array,
    separator = '/',
  ): (list: number) => PackedNames {
    // Each name takes a byte at least, and each list one: more need not be made room for.
    if (lengths.names.some((length, list) => length >= lengths.bytes[list]!)) throw new RangeError('too many names');
    const foreign = ['/', separator, '\0'].map((character) => character.charCodeAt(0));
    const firstBlocks = firstBlocksOf(lengths.names);
    const blocks = new Uint32Array(firstBlocks.at(-1)!);
    const starts = new Uint32Array(lengths.names.length + 1);
    let start = 0;
    for (const [index, length] of lengths.names.entries()) {
      const end = start + lengths.bytes[index]!;
      const firstBlock = firstBlocks[index]!;
      const cursor = new Cursor(store, start, 0);
      if (cursor.endingHas(foreign)) throw new RangeError('a name of another folder');
      for (let name = 0; name < length; name++) {
        const beginsBlock = name % blockSize === 0;
        if (beginsBlock) blocks[firstBlock + name / blockSize] = cursor.position;
        cursor.skip(end, beginsBlock, foreign);
      }
      if (cursor.position !== end || end > store.length) throw new RangeError('the bytes are not those of the names');
      starts[index + 1] = start = end;
    }
    if (start !== store.length) throw new RangeError('bytes are left over');
    return (list) =>
      new PackedNames(lengths.names[list]!, store, starts[list]!, starts[list + 1]!, blocks, firstBlocks[list]!);
  }

  /** The same lists in one piece of memory: small ones of their own cost more than the names in them. */
  static together(lists: readonly PackedNames[]): readonly PackedNames[] {
    const [first] = lists;
    if (first === undefined || lists.every(({ store }) => store === first.store)) return lists;
    const store = new Uint8Array(lists.reduce((sum, { bytes }) => sum + bytes.length, 0));
    const firstBlocks = firstBlocksOf(lists.map(({ length }) => length));
    const blocks = new Uint32Array(firstBlocks.at(-1)!);
    let start = 0;
    return lists.map((list, index) => {
      const { length, bytes } = list;
      const firstBlock = firstBlocks[index]!;
      const count = firstBlocks[index + 1]! - firstBlock;
      store.set(bytes, start);
      for (let block = 0; block < count; block++)
        blocks[firstBlock + block] = list.blocks[list.firstBlock + block]! - list.start + start;
      const end = start + bytes.length;
      const moved = new PackedNames(length, store, start, end, blocks, firstBlock);
      start = end;
      return moved;
    });
  }

  /** What `unpack` makes the names of. */
  get bytes(): Uint8Array {
    return this.store.subarray(this.start, this.end);
  }

  at(index: number): string | undefined {
    if (!(index >= 0 && index < this.length)) return undefined;
    const cursor = new Cursor(this.store, this.start);
    cursor.position = this.blocks[this.firstBlock + Math.floor(index / blockSize)]!;
    for (let before = index % blockSize; before > 0; before--) cursor.advance();
    return cursor.next();
  }

  /** Index of a name among names that are in ascending order of `compare`; undefined where it is none of them. */
  indexOf(name: string, compare: (a: string, b: string) => number): number | undefined {
    let [low, high] = [0, Math.ceil(this.length / blockSize) - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (compare(this.at(middle * blockSize)!, name) <= 0) low = middle;
      else high = middle - 1;
    }
    const cursor = new Cursor(this.store, this.start);
    cursor.position = this.blocks[this.firstBlock + low]!;
    const end = Math.min(this.length, (low + 1) * blockSize);
    for (let index = low * blockSize; index < end; index++) if (cursor.next() === name) return index;
    return undefined;
  }

  *[Symbol.iterator](): Generator<string> {
    const cursor = new Cursor(this.store, this.start);
    for (let index = 0; index < this.length; index++) yield cursor.next();
  }
}

/** Number of the first block of each list among those of all, and of all of them. */
function firstBlocksOf(lengths: ArrayLike<number>): Uint32Array {
  const first = new Uint32Array(lengths.length + 1);
  for (let list = 0; list < lengths.length; list++)
    first[list + 1] = first[list]! + Math.ceil(lengths[list]! / blockSize);
  return first;
}

/** The bytes that all names end with. */
function endingOf(names: readonly Uint8Array[]): Uint8Array {
  const [first = new Uint8Array(0), ...others] = names;
  let length = Math.min(first.length, longestEnding);
  for (const name of others) {
    let same = 0;
    while (same < Math.min(length, name.length) && name.at(-1 - same) === first.at(-1 - same)) same++;
    length = same;
  }
  return first.subarray(first.length - length);
}

/** Reads the names of a list one after another. */
class Cursor {
  /** Of the next name in the bytes. */
  position: number;
  private name: Buffer;
  /** Bytes of the last name without the ending. */
  private stem = 0;
  private readonly ending: Uint8Array;

  constructor(
    private readonly bytes: Uint8Array,
    start: number,
    /** Bytes that names have room in at first; who passes them over needs none. */
    room = 256,
  ) {
    this.name = Buffer.allocUnsafe(room);
    const length = bytes[start] ?? 0;
    this.position = start + 1 + length;
    this.ending = bytes.subarray(start + 1, this.position);
  }

  next(): string {
    const stem = this.advance();
    this.reserve(stem, stem + this.ending.length);
    this.name.set(this.ending, stem);
    return this.name.toString('utf8', 0, stem + this.ending.length);
  }

  /** Takes in the next name; gives the number of its bytes without the ending. */
  advance(): number {
    const lengths = this.bytes[this.position++]!;
    const shared = this.length(lengths >> 4);
    const rest = this.length(lengths & nibble);
    this.reserve(shared, shared + rest);
    for (let byte = 0; byte < rest; byte++) this.name[shared + byte] = this.bytes[this.position++]!;
    return shared + rest;
  }

  endingHas(foreign: readonly number[]): boolean {
    return this.ending.some((byte) => foreign.includes(byte));
  }

  /** Passes a name over that ends before `end`. @throws RangeError where there is none, or a byte of it is foreign */
  skip(end: number, isWhole: boolean, foreign: readonly number[]): void {
    const lengths = this.bytes[this.position++] ?? 0;
    const shared = this.length(lengths >> 4);
    const rest = this.length(lengths & nibble);
    if (shared > (isWhole ? 0 : this.stem)) throw new RangeError('more of a name than there is');
    this.stem = shared + rest;
    const length = this.stem + this.ending.length;
    if (length === 0 || length > longestName) throw new RangeError('a name is empty or too long');
    const next = this.position + rest;
    if (next > end) throw new RangeError('a name is cut off');
    if (shared === 0 && (rest > 0 ? this.bytes[this.position] : this.ending[0]) === dot)
      throw new RangeError('a name is hidden');
    for (; this.position < next; this.position++) {
      if (foreign.includes(this.bytes[this.position]!)) throw new RangeError('a name of another folder');
    }
  }

  private reserve(kept: number, length: number): void {
    if (length > this.name.length) this.name = Buffer.concat([this.name.subarray(0, kept)], 2 * length);
  }

  private length(short: number): number {
    if (short < nibble) return short;
    let value = nibble;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.bytes[this.position++];
      if (byte === undefined || factor > 128 ** 3) throw new RangeError('a number is cut off');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }
}

/** Gathers bytes. */
class ByteWriter {
  private buffer = new Uint8Array(1024);
  length = 0;

  name(shared: number, rest: Uint8Array): void {
    this.reserve(11);
    this.buffer[this.length++] = (Math.min(shared, nibble) << 4) | Math.min(rest.length, nibble);
    this.overflow(shared);
    this.overflow(rest.length);
    this.bytes(rest);
  }

  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** What was written, in memory of its own size. */
  take(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  private overflow(length: number): void {
    if (length < nibble) return;
    let value = length - nibble;
    for (; value >= 128; value = Math.floor(value / 128)) this.buffer[this.length++] = (value % 128) + 128;
    this.buffer[this.length++] = value;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * this.buffer.length, this.length + more));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}
