import { readImageFile } from '../image/decode';
import type { RgbImage } from '../image/rgbImage';
import type { ImageVariant } from './imageVariant';
import { standardize } from '../image/standardize';
import { inputLength, prepareImage, type InputRecipe } from './prepareImage';

/** Rows that a network, or what is left of it, is computed from. */
export interface RowSource {
  /** Values of one row. */
  readonly rowLength: number;
  /** Puts the rows `indices` one after another into `out`, float32 row-major. */
  read(indices: ArrayLike<number>, out: Float32Array): Promise<void>;
  close(): Promise<void>;
}

/** Rows of images, which can be had before they are standardised. */
export interface ImageRows extends RowSource {
  /** Puts the pixels of the rows `indices`, a byte each, one after another into `out`. */
  readPixels(indices: ArrayLike<number>, out: Uint8Array): Promise<void>;
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
): ImageRows {
  const rowLength = inputLength(recipe);
  const each = async (indices: ArrayLike<number>, put: (image: RgbImage, offset: number) => void): Promise<void> => {
    await Promise.all(
      Array.from(indices, async (row, place) => {
        const { path, variant, change } = lookAt(row);
        const bytes = await readImageFile(path);
        accept?.(bytes, row);
        put(await prepareImage((await change?.(bytes)) ?? bytes, recipe, variant, path), place * rowLength);
      }),
    );
  };
  return {
    rowLength,
    read: (indices, out) => each(indices, (image, offset) => standardize(image, recipe.standardization, out, offset)),
    readPixels: (indices, out) => each(indices, ({ data }, offset) => out.set(data, offset)),
    close: async () => undefined,
  };
}
