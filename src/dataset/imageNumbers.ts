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

/** The numbers of a person's images, in the order of `imagesByNumber`. */
export interface ImageNumbers {
  readonly length: number;
  at(index: number): number;
}

/**
 * Numbers of `imagesByNumber` without the images. Those from 1 on in their order, as nearly all are, take no memory; others
 * eight bytes each.
 */
export function numbersOfImages(person: string, images: ImageList): ImageNumbers {
  let numbers: number[] | undefined;
  let seen: Set<number> | undefined;
  let [count, last] = [0, 0];
  for (const path of images) {
    const number = imageNumber(person, path);
    if (number === undefined) continue;
    if (number !== count + 1) numbers ??= Array.from({ length: count }, (_, index) => index + 1);
    if (number <= last) seen ??= new Set(numbers);
    if (seen?.has(number) === true) continue;
    seen?.add(number);
    numbers?.push(number);
    [count, last] = [count + 1, Math.max(last, number)];
  }
  if (numbers !== undefined) {
    const all = Float64Array.from(numbers);
    return { length: count, at: (index) => all[index]! };
  }
  return { length: count > 0 ? count : images.length, at: (index) => index + 1 };
}
