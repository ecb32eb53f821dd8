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
}

/**
 * Network input of each row's look, [S, S, 3], decoded and prepared at every reading on the threads of the system's pool.
 * Reading throws UserError naming a file that is not an image.
 */
export function imageRows(lookAt: (row: number) => Look, recipe: InputRecipe): RowSource {
  const rowLength = inputLength(recipe);
  return {
    rowLength,
    async read(indices, out) {
      await Promise.all(
        Array.from(indices, async (row, place) => {
          const { path, variant } = lookAt(row);
          await prepareImage(path, recipe, variant, out, place * rowLength);
        }),
      );
    },
    close: async () => undefined,
  };
}
