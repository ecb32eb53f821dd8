// The pictures of a gallery by person, in the order in which they come.
import type { GalleryImage } from '../../src/protocol/webview';

/** Of somebody with more pictures than this, among others, the pictures are shown when they are asked for. */
const mostUnfolded = 500;

export interface GalleryPerson {
  name: string;
  images: GalleryImage[];
}

/** People with their pictures; the name is the folder. */
export function peopleOf(images: readonly GalleryImage[]): GalleryPerson[] {
  const people: GalleryPerson[] = [];
  for (const image of images) {
    const name = image.path.slice(0, Math.max(0, image.path.lastIndexOf('/')));
    const last = people.at(-1);
    if (last?.name === name) last.images.push(image);
    else people.push({ name, images: [image] });
  }
  return people;
}

/** Whether somebody is folded who has not been folded or unfolded by hand. */
export function isFoldedAtFirst({ images }: GalleryPerson, people: number): boolean {
  return people > 1 && images.length > mostUnfolded;
}
