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

/** Kinds whose files training and alignment cannot use, and which `clean` takes away. */
export const cleanableKinds: ReadonlySet<ProblemKind> = new Set(['not-an-image', 'unreadable']);
