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
 * @param random uniform numbers in [0, 1), of which each triplet takes one or a few
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
        const negative = near.draw(cosine - alpha / 2, semiHard ? cosine : Number.POSITIVE_INFINITY, random);
        if (negative !== undefined) found.push(anchor, positive, negative);
      }
    }
    start = end;
    await heedRequests();
  }
  return { triplets: Uint32Array.from(found), pairs };
}

const lesser = (a: number, b: number): number => Math.min(a, b);

/** Draws among all possible negatives of an anchor before those that fit a pair are looked for. */
const blindDraws = 4;

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

  /**
   * One of those whose cosine lies between these, both excluded, each as likely as any other; undefined where there is
   * none.
   */
  draw(least: number, greatest: number, random: () => number): number | undefined {
    const { indices, cosines, candidates, count } = this;
    const fits = (cosine: number): boolean => cosine > least && cosine < greatest;
    // While an embedding is bad nearly all fit, and looking through them for each pair would take most of the time.
    for (let attempt = 0; attempt < blindDraws && count > 0; attempt++) {
      const place = Math.floor(random() * count);
      if (fits(cosines[place]!)) return indices[place];
    }
    let found = 0;
    for (let place = 0; place < count; place++) if (fits(cosines[place]!)) candidates[found++] = place;
    return found === 0 ? undefined : indices[candidates[Math.floor(random() * found)]!];
  }
}
