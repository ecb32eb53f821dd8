// Which image of a person a number in a pairs file means.
import { basename } from 'node:path';
import type { ImageList } from './imageList';

/** The number at the end of `<person>_<number>.<extension>`. */
function imageNumber(person: string, path: string): number | undefined {
  const match = /^(.*)_(\d{4,})(?:_0)?\.[A-Za-z]+$/.exec(basename(path));
  return match?.[1] === person ? Number(match[2]) : undefined;
}

/**
 * A person's images by number. Names as LFW's carry it; where none does, as in the folders of a camera, the images are
 * counted from 1 in the order given. A photograph that is added later moves the count, never the person.
 */
export function imagesByNumber(person: string, images: ImageList): Map<number, string> {
  const named = new Map<number, string>();
  for (const path of images) {
    const number = imageNumber(person, path);
    // A number that two files share (.jpg and .png) is one image.
    if (number !== undefined && !named.has(number)) named.set(number, path);
  }
  return named.size > 0 ? named : new Map(Array.from(images, (path, index) => [index + 1, path]));
}
