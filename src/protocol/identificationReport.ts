import { z } from 'zod';
import { countedRateSchema, operatingRateSchema } from './countedRate';
import { recipeSchema } from './recipe';

const count = z.number().int().nonnegative();

/** Result of an open-set identification: who is enrolled is found, who is not is refused. */
export const identificationReportSchema = z.object({
  version: z.literal(1),
  createdAt: z.string(),
  model: z.object({ path: z.string(), name: z.string(), step: z.number().int().optional() }),
  recipe: recipeSchema,
  gallery: z.object({ dir: z.string(), people: count, images: count }),
  probes: z.object({ dir: z.string(), enrolled: count, unknown: count }),
  /** The nearest person is the right one, of the probes of enrolled people. */
  rank1: countedRateSchema,
  /** TAR at FAR: comparisons of a probe with one person. */
  verification: z.array(operatingRateSchema),
  /** DIR at FPIR: the right person is nearest and near enough; false alarms are unknown probes that somebody is found for. */
  identification: z.array(operatingRateSchema),
  notes: z.array(z.string()),
});
export type IdentificationReport = z.infer<typeof identificationReportSchema>;
