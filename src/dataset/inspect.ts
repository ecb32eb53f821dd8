import type { Problem } from '../protocol/problem';
import { DigestTable, digestWords } from './digestTable';
import { ImageFacts } from './imageFacts';
import type { ImageLook } from './looks/lookAt';
import { Samples, type Sample } from './samples';
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
 * Looks at every image, on all cores, and says what is wrong with it, in the order of the dataset: content decides, not
 * the name (spec §1.4). Images with the same bytes are flagged as duplicates of the first of them.
 * @throws StoppedError when `signal` is aborted.
 */
export async function inspectDataset(dataset: Dataset, options: InspectOptions = {}): Promise<Problem[]> {
  const { minSize = 20, signal, onProgress } = options;
  const facts = options.facts ?? new ImageFacts(undefined);
  const samples = new Samples(dataset.people);
  const problems = peopleProblems(dataset);
  const contents = new Uint32Array(digestWords * samples.length);
  const table = new DigestTable(contents);
  await facts.look(samples.paths, { decode: true, signal, onProgress }, (look, index) => {
    let first = index;
    if (look.fault === undefined) {
      contents.set(look.content, digestWords * index);
      first = table.add(index);
    }
    if (look.fault === undefined && first === index && !isRemarkable(look, minSize)) return;
    const sample = { path: samples.path(index), label: samples.label(index) };
    const problem = problemOf(look, sample.path, dataset.people[sample.label]!.name, minSize);
    if (problem !== undefined) problems.push(problem);
    else if (first !== index) problems.push(duplicate(dataset, sample, samples.path(first)));
  });
  return problems;
}

function duplicate(dataset: Dataset, sample: Sample, original: string): Problem {
  return {
    kind: 'duplicate',
    path: sample.path,
    person: dataset.people[sample.label]!.name,
    original,
  };
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

function problemOf(look: ImageLook, path: string, person: string, minSize: number): Problem | undefined {
  const { fault } = look;
  if (fault !== undefined) {
    return fault.kind === 'foreign'
      ? { kind: 'not-an-image', path, person, fault }
      : { kind: 'unreadable', path, person, fault };
  }
  if (!isRemarkable(look, minSize)) return undefined;
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
