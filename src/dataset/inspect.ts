import type { Problem } from '../protocol/problem';
import { DigestTable, digestWords } from './digestTable';
import { ImageFacts } from './imageFacts';
import type { ImageLook } from './looks/lookAt';
import { Samples } from './samples';
import { imageCount, type Dataset } from './scan';

export interface InspectOptions {
  /** Images with a shorter edge than this are flagged; default 20, the smallest face MTCNN looks for. */
  minSize?: number;
  /** What is known of the images from before; without it all are looked at. */
  facts?: ImageFacts;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/**
 * What was found in a dataset, in its order. Copies of an image, of which a dataset may have as many as it has images, are two
 * numbers each until they are asked for.
 */
export class FoundProblems implements Iterable<Problem> {
  /** Of each copy: its index and that of the first image with its content. */
  private readonly copies: number[] = [];
  private readonly others: { index: number; problem: Problem }[] = [];

  constructor(
    private readonly dataset: Dataset,
    private readonly samples: Samples,
    private readonly ofPeople: readonly Problem[],
  ) {}

  get length(): number {
    return this.ofPeople.length + this.others.length + this.copies.length / 2;
  }

  /** Both in the order of the images. */
  addCopy(index: number, first: number): void {
    this.copies.push(index, first);
  }

  add(index: number, problem: Problem): void {
    this.others.push({ index, problem });
  }

  *[Symbol.iterator](): Generator<Problem> {
    yield* this.ofPeople;
    let copy = 0;
    const copiesBefore = function* (this: FoundProblems, end: number): Generator<Problem> {
      for (; copy < this.copies.length && this.copies[copy]! < end; copy += 2) yield this.copyAt(copy);
    }.bind(this);
    for (const { index, problem } of this.others) {
      yield* copiesBefore(index);
      yield problem;
    }
    yield* copiesBefore(Infinity);
  }

  private copyAt(at: number): Problem {
    const [index, first] = [this.copies[at]!, this.copies[at + 1]!];
    const person = this.dataset.people[this.samples.label(index)]!.name;
    return { kind: 'duplicate', path: this.samples.path(index), person, original: this.samples.path(first) };
  }
}

/**
 * Looks at every image, on all cores, and says what is wrong with it, in the order of the dataset: content decides, not
 * the name (spec §1.4). Images with the same bytes are flagged as duplicates of the first of them.
 * @throws StoppedError when `signal` is aborted.
 */
export async function inspectDataset(dataset: Dataset, options: InspectOptions = {}): Promise<FoundProblems> {
  const { minSize = 20, signal, onProgress } = options;
  const facts = options.facts ?? new ImageFacts(undefined);
  const samples = new Samples(dataset.people);
  const problems = new FoundProblems(dataset, samples, peopleProblems(dataset));
  const contents = new Uint32Array(digestWords * samples.length);
  const table = new DigestTable(contents);
  await facts.look(samples.paths, { decode: true, signal, onProgress }, (look, index) => {
    let first = index;
    if (look.fault === undefined) {
      contents.set(look.content, digestWords * index);
      first = table.add(index);
    }
    if (look.fault === undefined && !isRemarkable(look, minSize)) {
      if (first !== index) problems.addCopy(index, first);
      return;
    }
    const person = dataset.people[samples.label(index)]!.name;
    problems.add(index, problemOf(look, samples.path(index), person, minSize));
  });
  return problems;
}

/** What the names alone tell: people with no image or a single one. */
function peopleProblems(dataset: Dataset): Problem[] {
  const folder = (name: string): string => `${dataset.root}/${name}`;
  return dataset.people.flatMap(({ name, images }): Problem[] => {
    if (images.length === 0) {
      return [{ kind: 'empty-person', path: folder(name), person: name }];
    }
    if (images.length > 1) return [];
    return [{ kind: 'single-image-person', path: folder(name), person: name }];
  });
}

type Seen = Exclude<ImageLook, { fault: object }>;

function isRemarkable({ width, height, orientation }: Seen, minSize: number): boolean {
  // 2 is a mirror image, and faces are trained on in both forms.
  return Math.min(width, height) < minSize || orientation > 2;
}

/** @param look of an image that cannot be used or is remarkable */
function problemOf(look: ImageLook, path: string, person: string, minSize: number): Problem {
  const { fault } = look;
  if (fault !== undefined) {
    return fault.kind === 'foreign'
      ? { kind: 'not-an-image', path, person, fault }
      : { kind: 'unreadable', path, person, fault };
  }
  const { width, height, orientation } = look;
  return Math.min(width, height) < minSize
    ? { kind: 'too-small', path, person, width, height, minSize }
    : { kind: 'turned', path, person, orientation };
}

/** Counts for a summary line, e.g. `1241 people, 3321 images`. */
export function describeSize(dataset: Dataset): string {
  const images = imageCount(dataset);
  const people = dataset.people.length;
  return `${people} ${people === 1 ? 'person' : 'people'}, ${images} ${images === 1 ? 'image' : 'images'}`;
}
