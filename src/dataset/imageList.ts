/** Paths of images in an order. An array of them is one; those of a dataset are held packed, and made when asked for. */
export interface ImageList extends Iterable<string> {
  readonly length: number;
  at(index: number): string | undefined;
}

/** Some images of another list, in an order of their own. */
export class PickedImages implements ImageList {
  private readonly picks: Uint16Array | Uint32Array;

  /** @param picks indices of `images`; copied, with as few bytes as they need */
  constructor(
    private readonly images: ImageList,
    picks: ArrayLike<number>,
  ) {
    this.picks = images.length <= 2 ** 16 ? Uint16Array.from(picks) : Uint32Array.from(picks);
  }

  get length(): number {
    return this.picks.length;
  }

  at(index: number): string | undefined {
    const pick = this.picks[index];
    return pick === undefined ? undefined : this.images.at(pick);
  }

  *[Symbol.iterator](): Generator<string> {
    // One pass over the whole list is cheaper than a look into it for each of them.
    const all = [...this.images];
    for (const pick of this.picks) yield all[pick]!;
  }
}
