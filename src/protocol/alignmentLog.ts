import { z } from 'zod';

const pixels = z.number().int().min(0);
/** Corners in pixels of the photograph: x1, y1, x2, y2. */
const box = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export type BoxCorners = z.infer<typeof box>;

/**
 * Why a face should be looked at: `small` has fewer than half the pixels a side that the crop has, `several` faces were found
 * of which one was taken, or each (one of them alone is the person's whose folder it is), `uncertain` is one that the detector was not sure of.
 */
const doubtSchema = z.enum(['small', 'several', 'uncertain']);
export type Doubt = z.infer<typeof doubtSchema>;

/** Relative to the photographs, `<person>/<photograph>`, with slashes on every system. */
const image = z.string().min(1);
const size = z.tuple([pixels, pixels]);

const faceSchema = z.object({
  /** The crop, relative to the aligned folder. */
  file: z.string().min(1),
  /** The face as it was found, without the margin. */
  box,
  /** How sure the detector was; absent where a person has drawn the box. */
  score: z.number().min(0).max(1).optional(),
});
export type AlignedFaceEntry = z.infer<typeof faceSchema>;

/** One line of images.jsonl in an aligned folder; a later one about the same photograph takes the place of an earlier one. */
export const alignmentEntrySchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('aligned'),
    image,
    size,
    faces: z.array(faceSchema).min(1),
    doubts: z.array(doubtSchema).optional(),
  }),
  z.object({ outcome: z.literal('noFace'), image, size }),
  z.object({ outcome: z.literal('unreadable'), image, message: z.string() }),
  /** A person has drawn the box of one of these faces. */
  z.object({ outcome: z.literal('corrected'), image, size, faces: z.array(faceSchema).min(1), time: z.string() }),
]);
export type AlignmentEntry = z.infer<typeof alignmentEntrySchema>;
