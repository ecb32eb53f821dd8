/** Paths of images in an order. An array of them is one; those of a dataset are held packed, and made when asked for. */
export interface ImageList extends Iterable<string> {
  readonly length: number;
  at(index: number): string | undefined;
}

/** Paths that are made of a list at a time. */
const mostAtOnce = 1 << 16;

/** Some images of another list, in an order of their own. */
class PickedImages implements ImageList {
  /** @param picks has their indices in the other list from `start` on */
  constructor(
    readonly images: ImageList,
    private readonly picks: ArrayLike<number>,
    private readonly start: number,
    readonly length: number,
  ) {}

  at(index: number): string | undefined {
    return index >= 0 && index < this.length ? this.images.at(this.pick(index)) : undefined;
  }

  /** Index in the other list. */
  pick(index: number): number {
    return this.picks[this.start + index]!;
  }

  *[Symbol.iterator](): Generator<string> {
    // One pass over the whole list is cheaper than a look into it for each of them.
    const all = this.images.length <= mostAtOnce ? [...this.images] : undefined;
    for (let index = 0; index < this.length; index++) {
      const pick = this.pick(index);
      yield all === undefined ? this.images.at(pick)! : all[pick]!;
    }
  }
}

/**
 * Which image of `whole` each image of a list is, by its index: of `whole` itself, or of a list that was picked of it;
 * undefined where it is neither.
 */
export function picksAmong(images: ImageList, whole: ImageList): ((index: number) => number) | undefined {
  if (images === whole) return (index) => index;
  return images instanceof PickedImages && images.images === whole ? (index) => images.pick(index) : undefined;
}

/**
 * Picks images of many lists. The picks stand in one array with as few bytes each as they need, as small arrays of their
 * own take more than what is in them.
 */
export class ImagePicks {
  private readonly picks: Uint16Array | Uint32Array;
  private count = 0;

  /** @param lists of which no more images are picked than there are */
  constructor(lists: readonly ImageList[]) {
    let [images, longest] = [0, 0];
    for (const { length } of lists) [images, longest] = [images + length, Math.max(longest, length)];
    this.picks = longest <= 2 ** 16 ? new Uint16Array(images) : new Uint32Array(images);
  }

  /** @param indices of `images`, copied */
  of(images: ImageList, indices: ArrayLike<number>): ImageList {
    const start = this.count;
    this.picks.set(indices, start);
    this.count += indices.length;
    return new PickedImages(images, this.picks, start, indices.length);
  }
}
