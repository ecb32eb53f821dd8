import { z } from 'zod';
import { modelIdentitySchema } from './modelIdentity';
import { recipeSchema } from './recipe';

/** First line of a gallery's file. */
export const galleryHeaderSchema = z.object({
  version: z.literal(1),
  kind: z.literal('facenet-gallery'),
  createdAt: z.string(),
  model: modelIdentitySchema,
  recipe: recipeSchema,
  /** Pixels of the photograph around the box, both sides together; without meaning for landmark chips. */
  margin: z.number(),
});
export type GalleryHeader = z.infer<typeof galleryHeaderSchema>;

/** Each further line: one enrolled person. */
export const enrolledPersonSchema = z.object({
  name: z.string().min(1),
  faces: z.array(z.object({ file: z.string(), embedding: z.base64() })).min(1),
});

/** Who is like a face, most alike first. */
export interface Candidate {
  readonly name: string;
  /** Cosine of the nearest enrolled face of this person, −1 … 1. */
  readonly similarity: number;
  /** Euclidean distance of the two embeddings, 0 … 2. */
  readonly distance: number;
  /** File of that face. */
  readonly file: string;
}
