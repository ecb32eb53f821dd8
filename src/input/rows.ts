import { readImageFile } from '../image/decode';
import type { ImageVariant } from './imageVariant';
import { inputLength, prepareImage, type InputRecipe } from './prepareImage';

/** Rows that a network, or what is left of it, is computed from. */
export interface RowSource {
  /** Values of one row. */
  readonly rowLength: number;
  /** Puts the rows `indices` one after another into `out`, float32 row-major. */
  read(indices: ArrayLike<number>, out: Float32Array): Promise<void>;
  close(): Promise<void>;
}

/** One look at one image. */
export interface Look {
  path: string;
  variant: ImageVariant;
  /** What becomes of the file's bytes before they are decoded; they are taken as they are where it is not there. */
  change?: (bytes: Uint8Array) => Promise<Uint8Array>;
}

/**
 * Network input of each row's look, [S, S, 3], decoded and prepared at every reading on the threads of the system's pool.
 * Reading throws UserError naming a file that is not an image.
 * @param accept throws where the bytes of a row's look are not those that are wanted
 */
export function imageRows(
  lookAt: (row: number) => Look,
  recipe: InputRecipe,
  accept?: (bytes: Uint8Array, row: number) => void,
): RowSource {
  const rowLength = inputLength(recipe);
  return {
    rowLength,
    async read(indices, out) {
      await Promise.all(
        Array.from(indices, async (row, place) => {
          const { path, variant, change } = lookAt(row);
          const bytes = await readImageFile(path);
          accept?.(bytes, row);
          await prepareImage((await change?.(bytes)) ?? bytes, recipe, variant, out, place * rowLength, path);
        }),
      );
    },
    close: async () => undefined,
  };
}
