import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError, describeError } from '../protocol/errors';
import { imagesByNumber } from './imageNumbers';
import { NearestNames } from './nearestName';
import { parsePairs } from './pairsFormat';
import { listImages } from './scan';

/** Two images and whether they show one person. */
export interface Pair {
  /** Absolute paths. */
  readonly a: string;
  readonly b: string;
  /** The same, below the folder of images, with forward slashes. */
  readonly relativeA: string;
  readonly relativeB: string;
  readonly same: boolean;
  /** The line of the pairs file. */
  readonly line: string;
}

export interface PairList {
  readonly pairs: Pair[];
  /** Lines that could not be used, and why, with the nearest name that exists. */
  readonly skipped: { line: string; reason: string }[];
  /** Folds and pairs of each kind per fold, where the first line says so. */
  readonly folds?: number;
}

const extensions = ['.jpg', '.png', '.jpeg'];

/**
 * Reads LFW's pairs.txt and finds its images below `imagesDir` (spec §7.2): `name i j` is one person, `name1 i name2 j`
 * two. An image may be a .jpg or a .png, also with the `_0` of an alignment that kept several faces. Pairs with a missing
 * image are skipped and named; a blank line is nothing (the reference would count the pair before it twice). Where no
 * image of a person carries a number, the images are counted in the order of their names.
 * @throws UserError where the file cannot be read, is not a list of pairs, or no pair is left.
 */
export async function readPairs(pairsFile: string, imagesDir: string): Promise<PairList> {
  const text = await readFile(pairsFile, 'utf8').catch((error: unknown) => {
    throw new UserError(`The pairs file ${pairsFile} cannot be read (${describeError(error)}).`, 'Check the path.');
  });
  const { pairs: named, malformed, folds } = parsePairs(text);
  const folder = new ImageFolder(imagesDir);
  const pairs: Pair[] = [];
  const unusable = malformed.map((line) => ({ ...line, reason: `The line is no pair: ${line.reason}.` }));
  for (const { a, b, same, line, lineNumber } of named) {
    const [first, second] = [await folder.find(a.name, a.number), await folder.find(b.name, b.number)];
    if ('reason' in first) unusable.push({ line, lineNumber, reason: first.reason });
    else if ('reason' in second) unusable.push({ line, lineNumber, reason: second.reason });
    else {
      const [relativeA, relativeB] = [first.relative, second.relative];
      const paths = { a: join(imagesDir, relativeA), b: join(imagesDir, relativeB) };
      pairs.push({ ...paths, relativeA, relativeB, same, line });
    }
  }
  unusable.sort((a, b) => a.lineNumber - b.lineNumber);
  if (folder.gaveUp)
    unusable.at(-1)!.reason += ' So many names are not there that the nearest were not looked for to the end.';
  const skipped = unusable.map(({ line, reason }) => ({ line, reason }));
  if (pairs.length === 0) {
    const reason = skipped[0]?.reason ?? 'It names no pairs.';
    throw new UserError(
      `No pair of ${pairsFile} can be evaluated in ${imagesDir}: ${reason}`,
      'Check that the folder is the aligned set that the pairs were made for.',
    );
  }
  return { pairs, skipped, ...(folds === undefined ? {} : { folds }) };
}

/** Names that are held at a time: a pairs file of a large dataset names nearly everybody in it. */
const mostHeldNames = 1 << 15;

/** Looks images up by person and number; of small datasets each folder is read once. */
class ImageFolder {
  private held = 0;
  private readonly files = new Map<string, Set<string>>();
  private readonly counted = new Map<string, Map<number, string>>();
  private readonly names = new NearestNames();
  private people: string[] | undefined;

  constructor(private readonly root: string) {}

  /** Not for every name that is missing was the nearest one looked for. */
  get gaveUp(): boolean {
    return this.names.gaveUp;
  }

  async find(person: string, index: number): Promise<{ relative: string } | { reason: string }> {
    const files = await this.filesOf(person);
    const stem = `${person}_${String(index).padStart(4, '0')}`;
    if (files.size === 0) return { reason: await this.missingPerson(person) };
    for (const name of [stem, `${stem}_0`]) {
      for (const extension of extensions) {
        if (files.has(name + extension)) return { relative: `${person}/${name}${extension}` };
      }
    }
    const counted = (await this.imagesOf(person)).get(index);
    if (counted !== undefined) return { relative: `${person}/${basename(counted)}` };
    const near = this.names.nearest(`${stem}.png`, files);
    const hint = near === undefined ? '' : ` The nearest is ${near}.`;
    return { reason: `No file ${person}/${stem} with extension jpg or png.${hint}` };
  }

  private async missingPerson(person: string): Promise<string> {
    this.people ??= await readdir(this.root).catch(() => []);
    const near = this.names.nearest(person, this.people);
    return `No images of ${person}.${near === undefined || near === person ? '' : ` The nearest name is ${near}.`}`;
  }

  private async imagesOf(person: string): Promise<Map<number, string>> {
    let images = this.counted.get(person);
    if (images === undefined) {
      images = imagesByNumber(person, await listImages(this.root, person));
      this.counted.set(person, images);
    }
    return images;
  }

  private async filesOf(person: string): Promise<Set<string>> {
    let files = this.files.get(person);
    if (files === undefined) {
      // A name from a file must not lead out of the folder.
      const safe = person !== '..' && !/[\\/]/.test(person);
      files = new Set(safe ? await readdir(join(this.root, person)).catch(() => []) : []);
      this.held += files.size;
      if (this.held > mostHeldNames) {
        this.files.clear();
        this.counted.clear();
        this.held = files.size;
      }
      this.files.set(person, files);
    }
    return files;
  }
}
