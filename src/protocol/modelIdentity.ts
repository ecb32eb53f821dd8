import { z } from 'zod';
import { networkNameSchema } from './recipe';

/** Which model embeddings are of; embeddings of two models have nothing to do with each other. */
export const modelIdentitySchema = z.object({
  /** For people. */
  name: z.string(),
  step: z.number().int().optional(),
  network: networkNameSchema,
  embeddingSize: z.number().int().positive(),
  /** Of the network's weights (`weightsDigest`). */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ModelIdentity = z.infer<typeof modelIdentitySchema>;
