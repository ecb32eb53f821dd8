import { picksAmong, type ImageList } from './imageList';
import type { Person } from './scan';

/** One image with the label of its person. */
export interface Sample {
  readonly path: string;
  readonly label: number;
}

/** Images with their people, person by person; made when asked for, so that a million of them take no memory. */
export class Samples implements Iterable<Sample> {
  /** Index of each person's first sample, and their number. */
  private readonly first: Float64Array;
  /** The paths alone. */
  readonly paths: ImageList;

  /** @param people labels are positions in this list */
  constructor(private readonly people: readonly Pick<Person, 'images'>[]) {
    this.first = new Float64Array(people.length + 1);
    for (const [label, { images }] of people.entries()) this.first[label + 1] = this.first[label]! + images.length;
    this.paths = {
      length: this.length,
      at: (index) => (index >= 0 && index < this.length ? this.path(index) : undefined),
      *[Symbol.iterator]() {
        for (const { images } of people) yield* images;
      },
    };
  }

  get length(): number {
    return this.first[this.people.length]!;
  }

  /** @throws RangeError where there is no such sample */
  label(index: number): number {
    if (!(index >= 0 && index < this.length)) throw new RangeError(`there is no sample ${index}`);
    let [low, high] = [0, this.people.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (index >= this.first[middle + 1]!) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @throws RangeError where there is no such sample */
  path(index: number): string {
    const label = this.label(index);
    return this.people[label]!.images.at(index - this.first[label]!)!;
  }

  /** Person of each sample. */
  labels(): Uint32Array {
    const labels = new Uint32Array(this.length);
    for (const label of this.people.keys()) labels.fill(label, this.first[label], this.first[label + 1]);
    return labels;
  }

  /**
   * Rows of these samples, [N, width], out of those of all images of `whole`, people of whom these have some with some of their
   * images, in the same order.
   */
  rowsOf(rows: Uint32Array, width: number, whole: Samples): Uint32Array {
    if (this.people === whole.people) return rows;
    const own = new Uint32Array(width * this.length);
    let person = 0;
    for (const [label, { images }] of this.people.entries()) {
      let pick = picksAmong(images, whole.people[person]!.images);
      while (pick === undefined) pick = picksAmong(images, whole.people[++person]!.images);
      for (let index = 0; index < images.length; index++) {
        const from = width * (whole.first[person]! + pick(index));
        const to = width * (this.first[label]! + index);
        for (let word = 0; word < width; word++) own[to + word] = rows[from + word]!;
      }
    }
    return own;
  }

  /** How many people have a sample. */
  get peopleWithImages(): number {
    return this.people.filter(({ images }) => images.length > 0).length;
  }

  *[Symbol.iterator](): Generator<Sample> {
    for (const [label, { images }] of this.people.entries()) for (const path of images) yield { path, label };
  }
}
