// Which triplets of a round's images are trained with (spec §5.7).
import { heedRequests } from '../../run/heedRequests';
import type { Cosines } from './cosines';

export interface SelectionSettings {
  /** How many of the people are anchors and positives; those after them are negatives only. */
  peoplePerBatch: number;
  /** Margin of squared distances. */
  alpha: number;
  /** Negatives must also lie farther away than the positive, as in the FaceNet paper. */
  semiHard: boolean;
}

export interface SelectedTriplets {
  /** Indices of images, [T, 3]: anchor, positive, negative. */
  triplets: Uint32Array;
  /** Pairs of anchor and positive that were looked at. */
  pairs: number;
}

/**
 * For each pair of images of a person one triplet: its negative is drawn from all images of others that lie nearer to the
 * anchor than the positive's squared distance + alpha. A pair without such an image has none. This is the selection that
 * the reference calls that of VGG Face.
 *
 * For embeddings of length 1 the squared distance is 2 − 2·cosine, so that the cosines are compared, with half the margin.
 * @param counts images of each person, which lie one after another
 * @param random uniform numbers in [0, 1), one for each triplet
 */
export async function selectTriplets(
  counts: readonly number[],
  cosines: Pick<Cosines, 'rows'>,
  { peoplePerBatch, alpha, semiHard }: SelectionSettings,
  random: () => number,
): Promise<SelectedTriplets> {
  const images = counts.reduce((sum, count) => sum + count, 0);
  const near = new NearImages(images);
  const found: number[] = [];
  let pairs = 0;
  let start = 0;
  for (const count of counts.slice(0, peoplePerBatch)) {
    const end = start + count;
    const rows = count < 2 ? new Float32Array(0) : await cosines.rows(start, count - 1);
    for (let anchor = start; anchor < end - 1; anchor++) {
      const toAnchor = rows.subarray((anchor - start) * images, (anchor - start + 1) * images);
      near.gather(toAnchor, start, end, toAnchor.subarray(anchor + 1, end).reduce(lesser, 1) - alpha / 2);
      for (let positive = anchor + 1; positive < end; positive++) {
        pairs++;
        const cosine = toAnchor[positive]!;
        const all = near.between(cosine - alpha / 2, semiHard ? cosine : Number.POSITIVE_INFINITY);
        if (all > 0) found.push(anchor, positive, near.candidate(Math.floor(random() * all)));
      }
    }
    start = end;
    await heedRequests();
  }
  return { triplets: Uint32Array.from(found), pairs };
}

const lesser = (a: number, b: number): number => Math.min(a, b);

/** The images of others that may be negatives of an anchor, in their order. */
class NearImages {
  private readonly indices: Uint32Array;
  private readonly cosines: Float32Array;
  private readonly candidates: Uint32Array;
  private count = 0;

  constructor(images: number) {
    this.indices = new Uint32Array(images);
    this.cosines = new Float32Array(images);
    this.candidates = new Uint32Array(images);
  }

  /** Takes all whose cosine is greater than `least`, but not those from `start` to `end`, which are the anchor's person. */
  gather(cosines: Float32Array, start: number, end: number, least: number): void {
    this.count = 0;
    for (const [from, to] of [
      [0, start],
      [end, cosines.length],
    ] as const) {
      for (let index = from; index < to; index++) {
        const cosine = cosines[index]!;
        if (cosine <= least) continue;
        this.indices[this.count] = index;
        this.cosines[this.count++] = cosine;
      }
    }
  }

  /** Finds those whose cosine lies between these, both excluded, and gives their number. */
  between(least: number, greatest: number): number {
    const { cosines, candidates, count } = this;
    let found = 0;
    for (let place = 0; place < count; place++) {
      const cosine = cosines[place]!;
      candidates[found] = place;
      // Without a branch: which ones are taken cannot be foreseen.
      found += Number(cosine > least) & Number(cosine < greatest);
    }
    return found;
  }

  /** The image that is candidate `place` of the last `between`. */
  candidate(place: number): number {
    return this.indices[this.candidates[place]!]!;
  }
}
