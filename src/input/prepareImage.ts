import { centerCropOrPad, cropRegion } from '../image/crop';
import { decodeImage } from '../image/decode';
import { flipHorizontal } from '../image/flip';
import { rotate } from '../image/rotate';
import type { RgbImage } from '../image/rgbImage';
import type { Recipe } from '../protocol/recipe';
import type { ImageVariant } from './imageVariant';

export { plainVariant, type ImageVariant } from './imageVariant';

/** The part of a recipe that turns an aligned face into network input. */
export type InputRecipe = Pick<Recipe, 'imageSize' | 'standardization'>;

/** Values of one network input. */
export function inputLength({ imageSize }: Pick<Recipe, 'imageSize'>): number {
  return imageSize * imageSize * 3;
}

/**
 * One aligned face as a network looks at it, [S, S, 3]: decoded, rotated, cropped or padded to the recipe's size, flipped
 * (spec §3.1). An image smaller than that has no random crop; it is padded. What is left to do is `standardize`.
 * @param source the file's bytes; `name` names it in errors
 * @throws UserError naming a file that is not an image
 */
export async function prepareImage(
  source: Uint8Array,
  { imageSize }: Pick<InputRecipe, 'imageSize'>,
  variant: ImageVariant,
  name?: string,
): Promise<RgbImage> {
  let image = await decodeImage(source, name);
  if (variant.rotation !== 0) image = rotate(image, variant.rotation);
  const room = { x: image.width - imageSize, y: image.height - imageSize };
  if (variant.crop === 'centre' || room.x < 0 || room.y < 0) {
    if (room.x !== 0 || room.y !== 0) image = centerCropOrPad(image, imageSize);
  } else if (room.x > 0 || room.y > 0) {
    const x = Math.floor(variant.crop.x * (room.x + 1));
    const y = Math.floor(variant.crop.y * (room.y + 1));
    image = cropRegion(image, x, y, imageSize, imageSize);
  }
  return variant.flip ? flipHorizontal(image) : image;
}
