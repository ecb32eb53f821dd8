import { describeFault } from '../image/imageFault';
import type { Problem, ProblemKind } from '../protocol/problem';

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
