/**
 * What can be wrong with a dataset. `not-an-image` and `unreadable` files break a training; the others are worth knowing.
 */
export const problemKinds = [
  'not-an-image',
  'unreadable',
  'too-small',
  'single-image-person',
  'empty-person',
  'duplicate',
  'also-in-lfw',
] as const;
export type ProblemKind = (typeof problemKinds)[number];

export interface Problem {
  readonly kind: ProblemKind;
  /** The file, or the folder of a person. */
  readonly path: string;
  readonly person?: string;
  /** One sentence. */
  readonly message: string;
}

/** What the user can do about a problem, as one sentence. */
export const problemActions: Readonly<Record<ProblemKind, string>> = {
  'not-an-image': 'Move it out of the dataset, or convert it to JPEG or PNG.',
  unreadable: 'Replace it with an intact copy, or move it out of the dataset.',
  'too-small': 'Replace it with a larger picture, or move it out of the dataset.',
  'single-image-person': 'Add images of this person.',
  'empty-person': 'Add images, or remove the folder.',
  duplicate: 'Keep one of the two.',
  'also-in-lfw': 'Leave this person out of the training, or validate on other people.',
};

/** Reason and action of a problem, as one line. */
export function describeProblem({ kind, message }: Problem): string {
  return `${message} ${problemActions[kind]}`;
}

/** Kinds whose files training and alignment cannot use, and which `clean` takes away. */
export const cleanableKinds: ReadonlySet<ProblemKind> = new Set(['not-an-image', 'unreadable']);
