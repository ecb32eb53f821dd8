import { openRowProducts, type RowProducts } from '../engine/rowProducts';
import type { Candidate } from '../protocol/gallery';
import type { Gallery } from './gallery';

/** Faces of a gallery ready to be searched. */
export class GallerySearch {
  private constructor(
    private readonly names: readonly string[],
    private readonly files: readonly string[],
    /** Person of each row. */
    private readonly owners: Uint32Array,
    private readonly rows: Float32Array,
    private readonly products: RowProducts,
  ) {}

  static async open({ header, people }: Gallery): Promise<GallerySearch> {
    const dimension = header.model.embeddingSize;
    const faces = [...people.values()].flat();
    const rows = new Float32Array(faces.length * dimension);
    for (const [row, { embedding }] of faces.entries()) rows.set(embedding, row * dimension);
    const owners = Uint32Array.from([...people.values()].flatMap((own, person) => own.map(() => person)));
    const files = faces.map(({ file }) => file);
    return new GallerySearch([...people.keys()], files, owners, rows, await openRowProducts(dimension));
  }

  /** The `most` people who are most like a face of length 1, each by the nearest of the own faces: exact, by cosine. */
  async nearest(face: Float32Array, most: number): Promise<Candidate[]> {
    const similarities = await this.products.run(this.rows, this.owners.length, face);
    return nearestPeople(similarities, this.owners, most).map((row) => {
      const similarity = similarities[row]!;
      return {
        name: this.names[this.owners[row]!]!,
        similarity,
        distance: Math.sqrt(Math.max(0, 2 - 2 * similarity)),
        file: this.files[row]!,
      };
    });
  }

  dispose(): Promise<void> {
    return this.products.dispose();
  }
}

/** The best row of each of the `most` best owners, best first; the first row of equal ones. */
export function nearestPeople(similarities: Float32Array, owners: Uint32Array, most: number): number[] {
  const best: number[] = [];
  for (let row = 0; row < similarities.length; row++) {
    const value = similarities[row]!;
    if (best.length === most && value <= similarities[best[most - 1]!]!) continue;
    const before = best.findIndex((other) => owners[other] === owners[row]);
    if (before >= 0) {
      if (value <= similarities[best[before]!]!) continue;
      best.splice(before, 1);
    }
    let place = best.length;
    while (place > 0 && similarities[best[place - 1]!]! < value) place--;
    best.splice(place, 0, row);
    if (best.length > most) best.pop();
  }
  return best;
}
