import { digestOf, digestWords } from '../../dataset/digestTable';
import { ImageFacts } from '../../dataset/imageFacts';
import type { ImageList } from '../../dataset/imageList';
import { problemMessage } from '../../dataset/problems';
import { Samples } from '../../dataset/samples';
import { survey } from '../../dataset/survey';
import { UserError } from '../../protocol/errors';
import type { TrainingSet } from './trainingSet';

/** Contents of lists with up to so many images are remembered as long as the list is. */
const mostRemembered = 1 << 17;

export interface ContentsOptions {
  /** File where what was read is kept between runs; without it every image is read. */
  facts?: string | undefined;
  /** Images that the file may hold. */
  capacity?: number;
  /** Called whenever some images have been looked at. */
  onLook?: () => void;
  /** Told what a user may want to know of the file. */
  say?: (note: string) => void;
}

/**
 * Holds the bytes of an image against the digest [4] that they are known by: what is kept under it is of them alone.
 * @throws UserError where the file has changed since
 */
export function requireContent(path: string, content: Uint32Array, bytes: Uint8Array): void {
  if (digestOf(bytes).every((word, index) => word === content[index])) return;
  throw new UserError(
    `${path} has changed while it was being worked with.`,
    'Let the folder be while its images are read, then resume the run; the image is read anew.',
  );
}

/** Digests of the contents of files, by which activations are found again. */
export class ImageContents {
  private readonly remembered = new WeakMap<ImageList, Uint32Array>();
  /** Those of large lists, which are given once: they take memory. */
  private readonly surveyed = new WeakMap<ImageList, Uint32Array>();

  constructor(private readonly options: ContentsOptions = {}) {}

  /**
   * Gives the fingerprint of a training set. Where `of` is about to be asked for its images, the same look finds what is known
   * of their contents; where that is all of them, no file is looked at again then.
   * @throws StoppedError once the signal is aborted
   */
  async survey(
    { dataset, training, validation }: Pick<TrainingSet, 'dataset' | 'training' | 'validation'>,
    { isAsked, signal }: { isAsked: boolean; signal?: AbortSignal },
  ): Promise<string> {
    // What is wrong with the facts is said where they are asked.
    const known = isAsked ? await new ImageFacts(this.options.facts).open() : undefined;
    try {
      const { fingerprint, contents } = await survey(dataset, known, signal);
      const whole = new Samples(dataset.people);
      for (const samples of contents === undefined ? [] : [training, validation])
        this.surveyed.set(samples.paths, samples.rowsOf(contents!, digestWords, whole));
      return fingerprint;
    } finally {
      await known?.close();
    }
  }

  /**
   * First 128 bits of the SHA-256 of each image, [N, 4], in the order of the list. Only files that have changed since they
   * were read for the file of facts are read.
   * @throws StoppedError once the signal is aborted; UserError naming a file that cannot be read
   */
  async of(images: ImageList, signal?: AbortSignal): Promise<Uint32Array> {
    const remembered = this.remembered.get(images);
    if (remembered !== undefined) return remembered;
    const surveyed = this.surveyed.get(images);
    this.surveyed.delete(images);
    const contents = surveyed ?? (await this.look(images, signal));
    if (images.length <= mostRemembered) this.remembered.set(images, contents);
    return contents;
  }

  private async look(images: ImageList, signal: AbortSignal | undefined): Promise<Uint32Array> {
    const contents = new Uint32Array(digestWords * images.length);
    const { facts: file, capacity, onLook, say } = this.options;
    const facts = new ImageFacts(file);
    let broken: UserError | undefined;
    await facts.look(
      images,
      { decode: false, signal, onProgress: onLook },
      (look, index) => {
        if (look.fault === undefined) contents.set(look.content, digestWords * index);
        else if (look.fault.kind !== 'foreign') {
          const { fault } = look;
          const message = problemMessage({ kind: 'unreadable', path: images.at(index)!, person: '', fault });
          broken ??= new UserError(message, 'Check that it is a file you may read.');
        }
      },
      capacity,
    );
    for (const note of facts.notes) say?.(note);
    if (broken !== undefined) throw broken;
    return contents;
  }
}
