import { z } from 'zod';

const pixels = z.number();
const fraction = z.number().min(0).max(1);

/** What `facenet compare --json` tells. */
export const faceComparisonSchema = z.object({
  /** Photographs with a face, in the order in which they were given. */
  images: z.array(
    z.object({
      path: z.string(),
      /** Corners in pixels of the photograph: x1, y1, x2, y2. */
      box: z.tuple([pixels, pixels, pixels, pixels]),
      /** How sure the detector is, 0 … 1. */
      score: fraction,
      /** The face as the model got it, a `data:` address; with `--crops` alone. */
      crop: z.string().startsWith('data:image/').optional(),
    }),
  ),
  /** Photographs in which no face was found. */
  faceless: z.array(z.string()),
  /** Euclidean distance of each two faces, 0 … 2 but for rounding. */
  distances: z.array(z.array(z.number().min(0).max(2.01))),
  /** Distance below which two faces are one person; absent where none is known for the model. */
  threshold: z.number().optional(),
  /** P(same person) of each two faces; null where no report of the model says it. */
  confidence: z.array(z.array(fraction.nullable())).optional(),
});
export type FaceComparison = z.infer<typeof faceComparisonSchema>;
