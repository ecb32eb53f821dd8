import { z } from 'zod';

const fraction = z.number().min(0).max(1);
const count = z.number().int().nonnegative();

/** How many of how many, with the 95 % interval of the rate. */
export const countedRateSchema = z.object({
  hits: count,
  of: count,
  rate: fraction,
  interval: z.tuple([fraction, fraction]),
});
export type CountedRate = z.infer<typeof countedRateSchema>;

/** What is found at a rate of false alarms. */
export const operatingRateSchema = z.object({
  /** Rate of false alarms that was asked for. */
  target: fraction,
  /** There are too few impostors to speak of it: `claimable` is the lowest rate that they support. */
  insufficient: z.boolean(),
  claimable: fraction,
  /** At the target, or where the data is insufficient at the claimable rate; absent where there is no impostor at all. */
  at: z
    .object({
      /** Cosine that has to be exceeded, or distance that has to stay below it. */
      threshold: z.number(),
      falseAlarms: countedRateSchema,
      found: countedRateSchema,
    })
    .optional(),
});
export type OperatingRate = z.infer<typeof operatingRateSchema>;
