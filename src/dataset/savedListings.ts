import { resolve } from 'node:path';
import { indexFile } from './datasetIndex';
import { stampOf } from './folderStamp';
import { SavedIndex } from './savedIndex';
import { countImages, imagePaths, listImages, personFolder } from './scan';

/**
 * Listings of single people of a dataset: from its index where their folders have not changed since it was made, else
 * from the folders. Nothing is written, and an index that cannot be used is passed over: who writes it says so.
 */
export class SavedListings {
  private constructor(
    private readonly root: string,
    private readonly index: SavedIndex | undefined,
  ) {}

  /** @param folder of the indexes; undefined where none is kept */
  static async open(root: string, folder: string | undefined): Promise<SavedListings> {
    if (folder === undefined) return new SavedListings(root, undefined);
    const index = await SavedIndex.open(indexFile(folder, root, 'index'), resolve(root)).catch(() => undefined);
    return new SavedListings(root, index);
  }

  /** Number of a person's images. @throws as scan's `countImages` does */
  async count(name: string, signal?: AbortSignal): Promise<number> {
    const person = await this.currentNumber(name);
    signal?.throwIfAborted();
    return person === undefined ? countImages(this.root, name, signal) : this.index!.imagesOf(person);
  }

  /** Absolute paths of a person's images, ascending by name. @throws as scan's `listImages` does */
  async images(name: string, signal?: AbortSignal): Promise<readonly string[]> {
    const person = await this.currentNumber(name);
    const names = person === undefined ? undefined : await this.index!.namesOf(person).catch(() => undefined);
    signal?.throwIfAborted();
    return names === undefined ? listImages(this.root, name, signal) : imagePaths(this.root, name, names);
  }

  async close(): Promise<void> {
    await this.index?.close();
  }

  /** Number of a person of whom the index is right. */
  private async currentNumber(name: string): Promise<number | undefined> {
    const person = this.index?.personOf(name);
    if (person === undefined) return undefined;
    return this.index!.isCurrent(person, await stampOf(personFolder(this.root, name))) ? person : undefined;
  }
}
