import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError, describeError } from '../protocol/errors';
import { imagesByNumber } from './imageNumbers';
import { NearestNames } from './nearestName';
import { type PairedImage, type PairLine, parsePairs } from './pairsFormat';
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
  const images = new PairedImages(imagesDir);
  const found = new Map<string, Map<number, FoundImage>>();
  for (const [person, numbers] of numbersByPerson(named)) found.set(person, await images.find(person, numbers));
  const foundFor = ({ name, number }: PairedImage): FoundImage => found.get(name)!.get(number)!;
  const pairs: Pair[] = [];
  const unusable = malformed.map((line) => ({ ...line, reason: `The line is no pair: ${line.reason}.` }));
  for (const { a, b, same, line, lineNumber } of named) {
    const [first, second] = [foundFor(a), foundFor(b)];
    if ('reason' in first) unusable.push({ line, lineNumber, reason: first.reason });
    else if ('reason' in second) unusable.push({ line, lineNumber, reason: second.reason });
    else {
      const [relativeA, relativeB] = [first.relative, second.relative];
      const paths = { a: join(imagesDir, relativeA), b: join(imagesDir, relativeB) };
      pairs.push({ ...paths, relativeA, relativeB, same, line });
    }
  }
  unusable.sort((a, b) => a.lineNumber - b.lineNumber);
  if (images.gaveUp)
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

/** Numbers of each person that a pairs file names, in the order in which it names them first. */
function numbersByPerson(pairs: readonly PairLine[]): Map<string, Set<number>> {
  const numbers = new Map<string, Set<number>>();
  for (const { name, number } of pairs.flatMap(({ a, b }) => [a, b])) {
    const ofPerson = numbers.get(name) ?? new Set();
    numbers.set(name, ofPerson.add(number));
  }
  return numbers;
}

type FoundImage = { relative: string } | { reason: string };

/** The images that pairs name. Each folder is listed once, and one at a time: what is held are the images that were asked for. */
class PairedImages {
  private readonly names = new NearestNames();
  private people: string[] | undefined;

  constructor(private readonly root: string) {}

  /** Not for every name that is missing was the nearest one looked for. */
  get gaveUp(): boolean {
    return this.names.gaveUp;
  }

  /** The person's images with these numbers. */
  async find(person: string, numbers: Iterable<number>): Promise<Map<number, FoundImage>> {
    // A name from a file must not lead out of the folder.
    const isSafe = person !== '..' && !/[\\/]/.test(person);
    const files = new Set(isSafe ? await readdir(join(this.root, person)).catch(() => []) : []);
    const found = new Map<number, FoundImage>();
    let counted: Map<number, string> | undefined;
    for (const number of numbers) {
      const stem = `${person}_${String(number).padStart(4, '0')}`;
      let name = [stem, `${stem}_0`]
        .flatMap((kept) => extensions.map((end) => kept + end))
        .find((file) => files.has(file));
      if (name === undefined && files.size > 0) {
        counted ??= imagesByNumber(person, await listImages(this.root, person));
        const path = counted.get(number);
        name = path === undefined ? undefined : basename(path);
      }
      if (name !== undefined) found.set(number, { relative: `${person}/${name}` });
      else
        found.set(number, {
          reason: files.size === 0 ? await this.missingPerson(person) : this.missingImage(person, stem, files),
        });
    }
    return found;
  }

  private async missingPerson(person: string): Promise<string> {
    this.people ??= await readdir(this.root).catch(() => []);
    const near = this.names.nearest(person, this.people);
    return `No images of ${person}.${near === undefined || near === person ? '' : ` The nearest name is ${near}.`}`;
  }

  private missingImage(person: string, stem: string, files: ReadonlySet<string>): string {
    const near = this.names.nearest(`${stem}.png`, files);
    const hint = near === undefined ? '' : ` The nearest is ${near}.`;
    return `No file ${person}/${stem} with extension jpg or png.${hint}`;
  }
}
