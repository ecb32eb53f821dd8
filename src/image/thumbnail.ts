import { UserError } from '../protocol/errors';
import { longestThumbnail } from '../protocol/thumbnail';
import { decodeReduced } from './decode';
import { encodeJpeg } from './encode';

/** From good to small; noise at the largest side needs the last of them. */
const qualities = [82, 60, 35, 15];

/**
 * A picture as the address of a small JPEG (`data:image/jpeg;base64,…`), at most `longestThumbnail` characters. It shows
 * what is trained on: like there, the EXIF orientation is ignored.
 * @param side longest side in pixels; smaller pictures stay as they are.
 * @throws UserError naming the file where it is no image, damaged, or cannot be read.
 */
export async function thumbnailOf(path: string, side: number): Promise<string> {
  const image = await decodeReduced(path, side);
  for (const quality of qualities) {
    const data = `data:image/jpeg;base64,${(await encodeJpeg(image, quality)).toString('base64')}`;
    if (data.length <= longestThumbnail) return data;
  }
  throw new UserError(
    `${path} makes a thumbnail of more than ${longestThumbnail} characters.`,
    'Ask for a smaller one.',
  );
}
