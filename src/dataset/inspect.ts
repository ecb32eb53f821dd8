import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { decodeImage, orientationOf } from '../image/decode';
import { ImageError } from '../image/imageFault';
import { describeError, throwIfStopped } from '../protocol/errors';
import type { ImageFault, Problem } from '../protocol/problem';
import { flattenDataset, imageCount, type Dataset } from './scan';

export interface InspectOptions {
  /** Images with a shorter edge than this are flagged; default 20, the smallest face MTCNN looks for. */
  minSize?: number;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/** Files opened at a time: enough to hide the disk behind the decoding. */
const concurrency = 8;

/**
 * Opens every image and says what is wrong with it, in the order of the dataset: content decides, not the name
 * (spec §1.4). Images with the same bytes are flagged as duplicates of the first of them.
 * @throws StoppedError when `signal` is aborted.
 */
export async function inspectDataset(dataset: Dataset, options: InspectOptions = {}): Promise<Problem[]> {
  const samples = flattenDataset(dataset);
  const found: (Problem | undefined)[] = new Array<Problem | undefined>(samples.length);
  const hashes = new Array<string | undefined>(samples.length);
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < samples.length) {
      throwIfStopped(options.signal);
      const index = next++;
      const { path, label } = samples[index]!;
      const result = await inspectImage(path, dataset.people[label]!.name, options.minSize ?? 20);
      found[index] = result.problem;
      hashes[index] = result.hash;
      options.onProgress?.(++done, samples.length);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const first = new Map<string, number>();
  hashes.forEach((hash, index) => {
    if (hash === undefined) return;
    const original = first.get(hash);
    if (original === undefined) first.set(hash, index);
    else found[index] ??= duplicate(dataset, samples[index]!, samples[original]!.path);
  });
  return [...peopleProblems(dataset), ...found.filter((problem) => problem !== undefined)];
}

function duplicate(dataset: Dataset, sample: { path: string; label: number }, original: string): Problem {
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

async function inspectImage(
  path: string,
  person: string,
  minSize: number,
): Promise<{ problem?: Problem; hash?: string }> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    return {
      problem: { kind: 'unreadable', path, person, fault: { kind: 'unread', reason: describeError(error) } },
    };
  }
  try {
    const { width, height } = await decodeImage(bytes, path);
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (Math.min(width, height) < minSize) {
      return { problem: { kind: 'too-small', path, person, width, height, minSize }, hash };
    }
    const orientation = await orientationOf(bytes);
    // 2 is a mirror image, and faces are trained on in both forms.
    return orientation > 2 ? { problem: { kind: 'turned', path, person, orientation }, hash } : { hash };
  } catch (error) {
    const fault: ImageFault =
      error instanceof ImageError ? error.fault : { kind: 'damaged', reason: describeError(error) };
    return fault.kind === 'foreign'
      ? { problem: { kind: 'not-an-image', path, person, fault } }
      : { problem: { kind: 'unreadable', path, person, fault } };
  }
}

/** Counts for a summary line, e.g. `1241 people, 3321 images`. */
export function describeSize(dataset: Dataset): string {
  const images = imageCount(dataset);
  const people = dataset.people.length;
  return `${people} ${people === 1 ? 'person' : 'people'}, ${images} ${images === 1 ? 'image' : 'images'}`;
}
