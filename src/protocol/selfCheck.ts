import { z } from 'zod';

/** A Euclidean distance of two embeddings of length 1. */
const distance = z.number().min(0).max(2.001);

const toItselfSchema = z.object({ mean: distance, most: distance });

/** Distances are Euclidean, 0 … 2. */
const selfCheckFiguresSchema = z.object({
  /** Of an image to its mirror image. */
  mirrored: toItselfSchema,
  /** Of an image to itself after JPEG compression. */
  recompressed: toItselfSchema,
  /** Of images of different people; `beyond` is the share of these pairs that the threshold takes for two people. */
  people: z.object({
    pairs: z.number().int().positive(),
    mean: distance,
    deviation: distance,
    beyond: z.number().min(0).max(1),
  }),
  /** `pairs`: the best accuracy of the model's own pairs; `paper`: that of FaceNet's paper, where there are none. */
  threshold: z.object({ distance: z.number().min(0), source: z.enum(['pairs', 'paper']) }),
  /** √(1 − ‖mean‖²): 0 where all embeddings are the same. */
  spread: z.number().min(0).max(1),
  /** In how many directions the embeddings vary alike, 0 where they do not vary. */
  dimensions: z.number().min(0),
});
export type SelfCheckFigures = z.infer<typeof selfCheckFiguresSchema>;

/** What a model makes of some images and of the same images slightly changed. */
export const selfCheckSchema = z.object({
  /** Of the checkpoint; absent where the model names none. */
  step: z.number().int().optional(),
  images: z.number().int().positive(),
  people: z.number().int().positive(),
  /** `collapsed`: everybody is mapped to nearly the same point or line; `notFinite`: embeddings are no numbers. */
  finding: z.enum(['sound', 'collapsed', 'notFinite']),
  /** Absent where embeddings are no numbers. */
  figures: selfCheckFiguresSchema.optional(),
});
export type SelfCheck = z.infer<typeof selfCheckSchema>;
