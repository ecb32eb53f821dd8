import { z } from 'zod';

const share = z.number().min(0).max(1);

/** Two faces are one person where their distance is below `threshold`; the rates are of all pairs, 0 … 1. */
export const calibratedThresholdSchema = z.object({
  threshold: z.number(),
  tar: share,
  far: share,
  /** 95 % interval of the false-accept rate. */
  farInterval: z.tuple([share, share]),
  accuracy: share,
});
export type CalibratedThreshold = z.infer<typeof calibratedThresholdSchema>;

/** What the pairs of a report say about a distance. */
export const calibrationSchema = z.object({
  /** 0 squared Euclidean, 1 angular: the distance that everything here is about. */
  metric: z.union([z.literal(0), z.literal(1)]),
  useFlippedImages: z.boolean(),
  subtractMean: z.boolean(),
  pairs: z.object({ same: z.number().int().positive(), different: z.number().int().positive() }),
  /** P(same person) = 1 / (1 + exp(slope · distance + offset)), where either is as likely beforehand. */
  logistic: z.object({ slope: z.number(), offset: z.number() }),
  /** By tenths of the prediction; tenths without pairs are left out. */
  reliability: z
    .array(z.object({ from: share, to: share, pairs: z.number().int(), predicted: share, observed: share }))
    .max(10),
  /** Absent where the pairs are too few to tell. */
  thresholds: z.object({
    accuracy: calibratedThresholdSchema.optional(),
    far2: calibratedThresholdSchema.optional(),
    far3: calibratedThresholdSchema.optional(),
    eer: calibratedThresholdSchema.optional(),
  }),
});
export type Calibration = z.infer<typeof calibrationSchema>;
