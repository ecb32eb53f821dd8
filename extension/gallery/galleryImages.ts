import { stat } from 'node:fs/promises';
import pMap from 'p-map';
import { listImages, listPeople } from '../../src/dataset/scan';
import { StoppedError } from '../../src/protocol/errors';
import { isShownByBrowsers } from '../pictures/browserFormats';

/** What a tab is about. */
export interface GalleryTab {
  kind: 'gallery';
  dataset: string;
  /** One person only. */
  person?: string;
}

/** More are not sent to the page. */
const mostImages = 20_000;
/** Folders, or files' sizes, that are read at a time. */
const atOnce = 16;
/** People whose folders are read between two words about how far it is. */
const peoplePerReport = 64;

/** Larger files are not loaded whole into a cell of a hundred pixels. */
export const largestShownWhole = 300_000;

export interface GalleryImages {
  /** Absolute paths, in the order of the people and of their names. */
  images: readonly string[];
  /** Those of them that a page cannot or should not load by itself. */
  needThumbnails: ReadonlySet<string>;
  /** All people of the dataset; nobody where the gallery is one person's. */
  people: readonly string[];
  /** People whose images were not read any more. */
  peopleLeft: number;
  /** Images that were read and are too many. */
  imagesLeft: number;
}

export interface GalleryReading {
  /** Ends the reading early, with what has been read so far. */
  signal: AbortSignal;
  onProgress?: (images: number, peopleRead: number, people: number) => void;
}

/**
 * The images of a dataset or a person, by their names and sizes alone.
 * @throws UserError where it cannot be read, StoppedError where it was given up before there was an image.
 */
export async function loadGallery(about: GalleryTab, { signal, onProgress }: GalleryReading): Promise<GalleryImages> {
  const { dataset, person } = about;
  let found: string[] = [];
  let people: readonly string[] = [];
  let read = 0;
  const needThumbnails = new Set<string>();
  try {
    if (person !== undefined) found = [...(await listImages(dataset, person, signal))];
    else people = await listPeople(dataset, signal);
    while (read < people.length && found.length < mostImages) {
      const next = people.slice(read, read + peoplePerReport);
      // A folder that has vanished meanwhile has no images.
      const list = async (name: string): Promise<readonly string[]> =>
        listImages(dataset, name, signal).catch(() => []);
      for (const images of await pMap(next, list, { concurrency: atOnce, signal }))
        for (const path of images) found.push(path);
      read += next.length;
      onProgress?.(found.length, read, people.length);
    }
    const look = async (path: string): Promise<void> => {
      if (await needsThumbnail(path)) needThumbnails.add(path);
    };
    await pMap(found.slice(0, mostImages), look, { concurrency: atOnce, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    // Who asked says so in the words of the window.
    if (found.length === 0) throw new StoppedError();
  }
  const images = found.slice(0, mostImages);
  const imagesLeft = found.length - images.length;
  return { images, needThumbnails, people, peopleLeft: people.length - read, imagesLeft };
}

/** Whether a page cannot, or should not, load this picture by itself. */
export async function needsThumbnail(path: string): Promise<boolean> {
  if (!isShownByBrowsers(path)) return true;
  return stat(path).then(
    ({ size }) => size > largestShownWhole,
    () => false,
  );
}
