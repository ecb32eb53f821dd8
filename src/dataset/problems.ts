import { type BrokenFault, type ForeignFault, describeFault } from '../image/imageFault';

/** What a check knows about a problem of each kind, besides where it is. */
interface Facts {
  'not-an-image': { readonly fault: ForeignFault };
  unreadable: { readonly fault: BrokenFault };
  /** Pixels; faces are looked for from `minSize` on. */
  'too-small': { readonly width: number; readonly height: number; readonly minSize: number };
  /** EXIF orientation, 3 to 8: viewers turn the picture, alignment and training do not. */
  turned: { readonly orientation: number };
  'single-image-person': object;
  'empty-person': object;
  /** The first file with the same content. */
  duplicate: { readonly original: string };
  /** The person's name in LFW, where it is written otherwise there. */
  'also-in-lfw': { readonly lfwName?: string | undefined };
}

/**
 * What can be wrong with a dataset. `not-an-image` and `unreadable` files break a training; the others are worth knowing.
 */
export type ProblemKind = keyof Facts;

interface Place<K extends ProblemKind> {
  readonly kind: K;
  /** The file, or the folder of a person. */
  readonly path: string;
  /** Name of the folder. */
  readonly person: string;
}

export type Problem = { [K in ProblemKind]: Place<K> & Facts[K] }[ProblemKind];

/** What the user can do about a problem, as one sentence. */
export const problemActions: Readonly<Record<ProblemKind, string>> = {
  'not-an-image': 'Move it out of the dataset, or convert it to JPEG or PNG.',
  unreadable: 'Replace it with an intact copy, or move it out of the dataset.',
  'too-small': 'Replace it with a larger picture, or move it out of the dataset.',
  turned: 'Align the photographs with "upright", or save this one turned.',
  'single-image-person': 'Add images of this person.',
  'empty-person': 'Add images, or remove the folder.',
  duplicate: 'Keep one of the two.',
  'also-in-lfw': 'Leave this person out of the training, or validate on other people.',
};

/** What is wrong, as one sentence. */
export function problemMessage(problem: Problem): string {
  const { path, person } = problem;
  switch (problem.kind) {
    case 'not-an-image':
    case 'unreadable':
      return describeFault(path, problem.fault);
    case 'too-small': {
      const { width, height, minSize } = problem;
      return `${path} has ${width}×${height} pixels; faces are looked for from ${minSize} pixels on.`;
    }
    case 'turned':
      return `${path} is upright only where its EXIF orientation (${problem.orientation}) is followed; training takes its pixels as they lie.`;
    case 'single-image-person':
      return `${person} has a single image, so nothing is left to validate on.`;
    case 'empty-person':
      return `${person} has no image.`;
    case 'duplicate':
      return `${path} has the same content as ${problem.original}.`;
    case 'also-in-lfw': {
      const as = problem.lfwName === undefined ? '' : ` as ${problem.lfwName}`;
      return `${person} is also in LFW${as}, so a validation on LFW is not on strangers.`;
    }
  }
}

/** Reason and action of a problem, as one line. */
export function describeProblem(problem: Problem): string {
  return `${problemMessage(problem)} ${problemActions[problem.kind]}`;
}

/** Kinds whose files training and alignment cannot use, and which `clean` takes away. */
export const cleanableKinds: ReadonlySet<ProblemKind> = new Set(['not-an-image', 'unreadable']);
