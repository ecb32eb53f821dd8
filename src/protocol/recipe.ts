import { z } from 'zod';
import { chipNames } from './chip';
import { networkNames } from './networkNames';

export const networkNameSchema = z.enum(networkNames);

/**
 * How pixels become network input.
 * `fixed`: (x − 127.5) / 128. `per_image`: (x − mean) / max(std, 1/√n) over the crop (spec §3.1).
 * `dlib`: (x − (122.782, 117.001, 104.298)) / 256 per channel.
 */
export const standardizationSchema = z.enum(['fixed', 'per_image', 'dlib']);
export type Standardization = z.infer<typeof standardizationSchema>;

/**
 * How a face was cut out of its photograph.
 * `box`: detector box plus margin, stretched to a square (the reference's way). `landmarks`: similarity
 * transform of the eyes and the nose to fixed positions (dlib's chip, `chipNames`).
 */
export const alignmentSchema = z.enum(['box', 'landmarks']);
export type Alignment = z.infer<typeof alignmentSchema>;

export const chipSchema = z.enum(chipNames);

/** The image treatment a model was trained with and must be used with; part of every model's record. */
export const recipeSchema = z.object({
  alignment: alignmentSchema,
  /** Of landmark chips; absent in records of older versions, which is `tip-at-base`. */
  chip: chipSchema.optional(),
  /** Edge of the square network input, pixels. */
  imageSize: z.number().int().positive(),
  standardization: standardizationSchema,
});
export type Recipe = z.infer<typeof recipeSchema>;
