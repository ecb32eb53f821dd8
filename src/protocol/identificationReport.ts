import { z } from 'zod';
import { recipeSchema } from './recipe';

const fraction = z.number().min(0).max(1);
const count = z.number().int().nonnegative();

/** How many of how many, with the 95 % interval of the rate. */
const countedRateSchema = z.object({ hits: count, of: count, rate: fraction, interval: z.tuple([fraction, fraction]) });
export type CountedRate = z.infer<typeof countedRateSchema>;

/** What is found at a rate of false alarms. */
const operatingRateSchema = z.object({
  /** Rate of false alarms that was asked for. */
  target: fraction,
  /** There are too few impostors to speak of it: `claimable` is the lowest rate that they support. */
  insufficient: z.boolean(),
  claimable: fraction,
  /** At the target, or where the data is insufficient at the claimable rate; absent where there is no impostor at all. */
  at: z
    .object({
      /** Cosine that has to be exceeded. */
      threshold: z.number(),
      falseAlarms: countedRateSchema,
      found: countedRateSchema,
    })
    .optional(),
});
export type OperatingRate = z.infer<typeof operatingRateSchema>;

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
