/** Rows of a block of the lowest level, and blocks of a block of the next. */
const fan = 16;

/**
 * Finds the least and the greatest value of any stretch of a long column without looking at every row: it keeps the
 * rows of the extremes of whole blocks of 16, 256, 4096, … rows. A query looks at about 2 · 16 entries per level,
 * whatever the length. NaN is skipped.
 */
export class Extremes {
  private values: ArrayLike<number> = [];
  /** Of each level the rows of the extremes, least and greatest in turn; −1 for a block without a number. */
  private levels: Int32Array[] = [];
  private blocks: number[] = [];

  /** Takes over a column that has only grown since the last call. */
  extend(values: ArrayLike<number>): void {
    this.values = values;
    for (let level = 0, size = fan; size <= values.length; level++, size *= fan) {
      const complete = Math.floor(values.length / size);
      const known = this.blocks[level] ?? 0;
      let entries = this.levels[level] ?? new Int32Array(0);
      if (entries.length < 2 * complete) {
        const larger = new Int32Array(Math.max(4 * complete, 64));
        larger.set(entries);
        this.levels[level] = entries = larger;
      }
      for (let block = known; block < complete; block++) {
        let least = -1;
        let greatest = -1;
        for (let at = block * fan; at < (block + 1) * fan; at++) {
          const low = level === 0 ? at : this.levels[level - 1]![2 * at]!;
          const high = level === 0 ? at : this.levels[level - 1]![2 * at + 1]!;
          least = this.lesser(least, low);
          greatest = this.greater(greatest, high);
        }
        entries[2 * block] = least;
        entries[2 * block + 1] = greatest;
      }
      this.blocks[level] = complete;
    }
  }

  /** Forgets all rows. */
  clear(): void {
    this.values = [];
    this.blocks = [];
  }

  /** Rows of the least and greatest value of [start, end), the first where there are several; −1 where there is no number. */
  find(start: number, end: number): [least: number, greatest: number] {
    let least = -1;
    let greatest = -1;
    for (let row = start; row < end;) {
      let level = -1;
      let size = 1;
      while (row % (size * fan) === 0 && row + size * fan <= end) {
        level++;
        size *= fan;
      }
      const block = row / size;
      least = this.lesser(least, level < 0 ? row : this.levels[level]![2 * block]!);
      greatest = this.greater(greatest, level < 0 ? row : this.levels[level]![2 * block + 1]!);
      row += size;
    }
    return [least, greatest];
  }

  private lesser(known: number, row: number): number {
    if (row < 0 || Number.isNaN(this.values[row])) return known;
    return known < 0 || this.values[row]! < this.values[known]! ? row : known;
  }

  private greater(known: number, row: number): number {
    if (row < 0 || Number.isNaN(this.values[row])) return known;
    return known < 0 || this.values[row]! > this.values[known]! ? row : known;
  }
}
