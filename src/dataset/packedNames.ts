import { sep } from 'node:path';

/** Bytes of a file name at most: 255 units of UTF-16 on some systems. */
const longestName = 1024;
/** What would lead out of the folder, or ends a path. */
const noNameBytes: ReadonlySet<number> = new Set(['/', sep, '\0'].map((character) => character.charCodeAt(0)));
const dot = '.'.charCodeAt(0);

/** After so many names one stands whole, so that looking one up reads no more than these. */
const blockSize = 16;

/**
 * Names of one folder in their order, each as what differs from the one before it (front coding): a million sorted names
 * of image files take some six bytes each, where strings take a hundred.
 */
export class PackedNames implements Iterable<string> {
  private constructor(
    readonly length: number,
    /** Each name: bytes shared with the one before, length of the rest (both as base-128 numbers), the rest in UTF-8. */
    readonly bytes: Uint8Array,
    /** Where each block begins. */
    private readonly blocks: Uint32Array,
  ) {}

  /** Packs names in the order given; only sorted ones become small. */
  static pack(names: readonly string[]): PackedNames {
    const writer = new ByteWriter();
    const blocks = new Uint32Array(Math.ceil(names.length / blockSize));
    let before: Uint8Array = new Uint8Array(0);
    for (const [index, name] of names.entries()) {
      const bytes = Buffer.from(name, 'utf8');
      let shared = 0;
      if (index % blockSize === 0) blocks[index / blockSize] = writer.length;
      else while (shared < bytes.length && shared < before.length && bytes[shared] === before[shared]) shared++;
      writer.number(shared);
      writer.number(bytes.length - shared);
      writer.bytes(bytes.subarray(shared));
      before = bytes;
    }
    return new PackedNames(names.length, writer.take(), blocks);
  }

  /**
   * Names that `pack` has made `bytes` of, wherever these come from.
   * @throws RangeError where it has not, and for what is no name of an image: hidden, or a path that leads elsewhere
   */
  static unpack(length: number, bytes: Uint8Array): PackedNames {
    // Two numbers at least stand for each of them.
    if (2 * length > bytes.length) throw new RangeError('fewer bytes than names');
    const blocks = new Uint32Array(Math.ceil(length / blockSize));
    const cursor = new Cursor(bytes);
    for (let index = 0; index < length; index++) {
      if (index % blockSize === 0) blocks[index / blockSize] = cursor.position;
      cursor.skip();
    }
    if (cursor.position !== bytes.length) throw new RangeError('bytes are left over');
    return new PackedNames(length, bytes, blocks);
  }

  at(index: number): string | undefined {
    if (!(index >= 0 && index < this.length)) return undefined;
    const cursor = new Cursor(this.bytes, this.blocks[Math.floor(index / blockSize)]);
    for (let before = index % blockSize; before > 0; before--) cursor.advance();
    return cursor.next();
  }

  *[Symbol.iterator](): Generator<string> {
    const cursor = new Cursor(this.bytes);
    for (let index = 0; index < this.length; index++) yield cursor.next();
  }
}

/** Reads names one after another. */
class Cursor {
  private name: Buffer = Buffer.alloc(256);
  /** Bytes of the name that was passed over last. */
  private passed = 0;

  constructor(
    private readonly bytes: Uint8Array,
    public position = 0,
  ) {}

  next(): string {
    return this.name.toString('utf8', 0, this.advance());
  }

  /** Takes in the next name; gives the number of its bytes. */
  advance(): number {
    const shared = this.number();
    const rest = this.number();
    if (shared + rest > this.name.length) this.name = Buffer.concat([this.name], shared + rest);
    this.name.set(this.bytes.subarray(this.position, this.position + rest), shared);
    this.position += rest;
    return shared + rest;
  }

  /** Passes a name over. @throws RangeError where there is none, or none of an image */
  skip(): void {
    const shared = this.number();
    const rest = this.number();
    const start = this.position;
    this.position += rest;
    if (this.position > this.bytes.length) throw new RangeError('a name is cut off');
    if (shared > this.passed || shared + rest === 0 || shared + rest > longestName)
      throw new RangeError('a name is empty, too long, or shares more than the one before it has');
    if (shared === 0 && this.bytes[start] === dot) throw new RangeError('a name is hidden');
    for (let at = start; at < this.position; at++)
      if (noNameBytes.has(this.bytes[at]!)) throw new RangeError('a name is a path');
    this.passed = shared + rest;
  }

  private number(): number {
    let value = 0;
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

  number(value: number): void {
    this.reserve(5);
    for (; value >= 128; value = Math.floor(value / 128)) this.buffer[this.length++] = (value % 128) + 128;
    this.buffer[this.length++] = value;
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

  private reserve(more: number): void {
    if (this.length + more <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * this.buffer.length, this.length + more));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}
