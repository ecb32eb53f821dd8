/** No folder and no image can have a longer name. */
const longestName = 255;

/** Edits (insert, delete, replace one character) that turn `a` into `b`, or more than `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let previous = Uint16Array.from({ length: b.length + 1 }, (_, j) => j);
  let row = new Uint16Array(b.length + 1);
  for (let i = 1; i <= a.length; i++) {
    let least = (row[0] = i);
    for (let j = 1; j <= b.length; j++) {
      const replace = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(replace, previous[j]! + 1, row[j - 1]! + 1);
      least = Math.min(least, row[j]!);
    }
    if (least > limit) return limit + 1;
    [previous, row] = [row, previous];
  }
  return previous[b.length]!;
}

/**
 * Finds the names that were meant, for hints beside the lines of one file. Every comparison costs the product of two
 * lengths, and a file may have any number of lines that name nobody: what all of them may cost together is bounded.
 */
export class NearestNames {
  private spent = 0;

  /** @param effort pairs of characters that may be compared: by default about a tenth of a second */
  constructor(private readonly effort = 20_000_000) {}

  /** Nothing is looked for any more. */
  get gaveUp(): boolean {
    return this.spent > this.effort;
  }

  /** The name most like `wanted`, ignoring case, within a third of its length; undefined where none is near. */
  nearest(wanted: string, names: Iterable<string>): string | undefined {
    let best: string | undefined;
    let limit = Math.ceil(wanted.length / 3);
    if (wanted.length - limit > longestName) return undefined;
    const lowered = wanted.toLowerCase();
    for (const name of names) {
      // A name that is passed over for its length costs something too.
      this.spent += 10 + (Math.abs(name.length - wanted.length) > limit ? 0 : name.length * wanted.length);
      if (this.gaveUp) return undefined;
      const distance = editDistance(lowered, name.toLowerCase(), limit);
      if (distance <= limit && (best === undefined || distance < limit)) {
        best = name;
        limit = distance;
      }
    }
    return best;
  }
}
