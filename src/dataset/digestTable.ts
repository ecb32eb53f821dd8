import { createHash, randomInt } from 'node:crypto';

/** Words of 32 bits in a digest. */
export const digestWords = 4;

/** A factor for each word that nobody can know who writes a file of digests: they could all be made to meet in one place. */
const factors = Array.from({ length: digestWords }, () => randomInt(2 ** 31) * 2 + 1);

/**
 * Finds rows that begin with a digest of 128 bits. It holds numbers of rows alone, ten bytes for each, where a Map of
 * strings takes two hundred.
 */
export class DigestTable {
  /** Number + 1 of a row at each place, 0 for none; places are tried one after another. */
  private readonly slots: Uint32Array;

  /**
   * @param words [N, stride]; a row's digest must stand in it when the row is added, and stay
   * @param stride words of a row
   */
  constructor(
    private readonly words: Uint32Array,
    private readonly stride: number = digestWords,
  ) {
    this.slots = new Uint32Array(2 ** Math.ceil(Math.log2((1.5 * words.length) / stride + 2)));
  }

  /** The row that was added with the digest at `offset` of `words`; −1 where there is none. */
  find(words: Uint32Array, offset = 0): number {
    return this.slots[this.slotOf(words, offset)]! - 1;
  }

  /** Adds a row. Gives the row that was added before with the same digest, else the row itself. */
  add(row: number): number {
    const slot = this.slotOf(this.words, row * this.stride);
    this.slots[slot] ||= row + 1;
    return this.slots[slot] - 1;
  }

  private slotOf(digest: Uint32Array, offset: number): number {
    const { slots, words, stride } = this;
    let mixed = 0;
    for (let word = 0; word < digestWords; word++) {
      mixed = Math.imul(mixed ^ digest[offset + word]!, factors[word]!);
      mixed ^= mixed >>> 15;
    }
    let slot = mixed & (slots.length - 1);
    for (; slots[slot]! > 0; slot = (slot + 1) & (slots.length - 1)) {
      const at = stride * (slots[slot]! - 1);
      let word = 0;
      while (word < digestWords && words[at + word] === digest[offset + word]) word++;
      if (word === digestWords) break;
    }
    return slot;
  }
}

/** First 128 bits of the SHA-256 of some bytes, or of a text in UTF-8, [4]. */
export function digestOf(value: string | Uint8Array): Uint32Array {
  const digest = createHash('sha256').update(value).digest();
  return Uint32Array.from([0, 4, 8, 12], (offset) => digest.readUInt32BE(offset));
}

/** A table of all rows of `words`; of several with the same digest it finds the first one. */
export function tableOf(words: Uint32Array, stride: number = digestWords): DigestTable {
  const table = new DigestTable(words, stride);
  for (let row = 0; row * stride < words.length; row++) table.add(row);
  return table;
}

/** The 32 hexadecimal digits of the digest at `offset` of `words`. */
export function digestText(words: Uint32Array, offset = 0): string {
  let text = '';
  for (let word = 0; word < digestWords; word++) text += words[offset + word]!.toString(16).padStart(8, '0');
  return text;
}

/** The digest that 32 hexadecimal digits stand for. */
export function parseDigest(text: string): Uint32Array {
  return Uint32Array.from({ length: digestWords }, (_, word) => parseInt(text.slice(8 * word, 8 * word + 8), 16));
}
