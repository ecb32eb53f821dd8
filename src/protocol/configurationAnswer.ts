import { z } from 'zod';
import { trainConfigSchema } from './trainConfig';

/** What `facenet configuration --json` prints: what a command line of train_softmax.py or train_tripletloss.py means here. */
export const configurationAnswerSchema = z.object({
  config: trainConfigSchema,
  title: z.string(),
  /** One sentence for each part of the line that has no effect or is unknown. */
  notes: z.array(z.string()),
});
export type ConfigurationAnswer = z.infer<typeof configurationAnswerSchema>;
