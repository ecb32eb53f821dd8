import { z } from 'zod';

/** Kinds of image file that are recognised by their first bytes. */
const imageTypeSchema = z.enum(['png', 'jpeg', 'bmp', 'gif', 'webp', 'tiff']);
export type ImageType = z.infer<typeof imageTypeSchema>;

/** Of no kind that is decoded, although its name may say so; `type` where the kind is known. */
const foreignFaultSchema = z.object({
  kind: z.literal('foreign'),
  type: imageTypeSchema.optional(),
  namedAsImage: z.boolean(),
});
const brokenFaultSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unread'), reason: z.string() }),
  z.object({ kind: z.literal('empty') }),
  z.object({ kind: z.literal('damaged'), reason: z.string() }),
  /** More pixels than a file of its size may have, or than any image may. */
  z.object({ kind: z.literal('many-pixels'), width: z.number(), height: z.number(), most: z.number() }),
  z.object({ kind: z.literal('many-bytes'), bytes: z.number(), most: z.number() }),
]);
/** Why a file cannot be used as an image. */
export type ImageFault = z.infer<typeof foreignFaultSchema> | z.infer<typeof brokenFaultSchema>;

const place = {
  /** The file, or the folder of a person. */
  path: z.string(),
  /** Name of the folder. */
  person: z.string(),
};
const pixels = z.number();

/**
 * What can be wrong with a dataset, and where. `not-an-image` and `unreadable` files break a training; the others are
 * worth knowing.
 */
const problemSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('not-an-image'), ...place, fault: foreignFaultSchema }),
  z.object({ kind: z.literal('unreadable'), ...place, fault: brokenFaultSchema }),
  /** Faces are looked for from `minSize` on. */
  z.object({ kind: z.literal('too-small'), ...place, width: pixels, height: pixels, minSize: pixels }),
  /** EXIF orientation, 3 to 8: viewers turn the picture, alignment and training do not. */
  z.object({ kind: z.literal('turned'), ...place, orientation: z.number() }),
  z.object({ kind: z.literal('single-image-person'), ...place }),
  z.object({ kind: z.literal('empty-person'), ...place }),
  /** The first file with the same content. */
  z.object({ kind: z.literal('duplicate'), ...place, original: z.string() }),
  /** The person's name in LFW, where it is written otherwise there. */
  z.object({ kind: z.literal('also-in-lfw'), ...place, lfwName: z.string().optional() }),
]);
export type Problem = z.infer<typeof problemSchema>;
export type ProblemKind = Problem['kind'];

/** What `facenet clean --json` prints, beside a `message` for each: the terminal's sentence, which a host does not need. */
export const problemListSchema = z.array(problemSchema);

/** What a check has found in a dataset, kept until the next one. */
export const keptCheckSchema = z.object({
  version: z.literal(1),
  root: z.string(),
  /** Over the names of the people and the times of their folders. */
  folders: z.string(),
  problems: z.array(z.object({ problem: problemSchema, state: z.string() })),
});
export type KeptCheck = z.infer<typeof keptCheckSchema>;
