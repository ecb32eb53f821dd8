import { z } from 'zod';
import { calibrationSchema } from './calibration';
import { countedRateSchema, operatingRateSchema } from './countedRate';
import { recipeSchema } from './recipe';

const pairSchema = z.object({
  /** Paths relative to the evaluated folder. */
  a: z.string(),
  b: z.string(),
  same: z.boolean(),
  distance: z.number(),
  fold: z.number().int(),
});
export type ReportPair = z.infer<typeof pairSchema>;

const deviationSchema = z.object({
  /** Name of the item of the recipe, e.g. "Flipped images". */
  item: z.string(),
  here: z.string(),
  published: z.string(),
});
/** One item in which an evaluation differs from the published one. */
export type Deviation = z.infer<typeof deviationSchema>;

const measures = (most: number) => z.array(z.number()).max(most);
/** The evaluation takes 400 thresholds, and nobody makes a thousand folds. */
const [mostFolds, mostThresholds] = [10_000, 10_000];

const accuracySchema = z
  .object({ mean: z.number(), std: z.number(), perFold: measures(mostFolds), thresholds: measures(mostFolds) })
  .refine(({ perFold, thresholds }) => perFold.length === thresholds.length, 'not every fold has its threshold');

/** Counted over all pairs, so that means over folds of unequal size differ in the last digits. */
const uncertaintySchema = z.object({
  /** Pairs told right by the thresholds of their folds; the interval heeds that pairs share people. */
  accuracy: countedRateSchema,
  /** By which that interval is wider than that of independent pairs, at least 1. */
  widening: z.number(),
  /** What the folds' thresholds for the target rate have let through: pairs of one person and of two people. */
  validation: z.object({ accepted: countedRateSchema, falseAccepts: countedRateSchema }),
  /** At one threshold for all pairs: TAR at false-accept rates, or what so few pairs of two people can claim. */
  rates: z.array(operatingRateSchema),
});
export type Uncertainty = z.infer<typeof uncertaintySchema>;

/** Mean curve over the folds, one entry per threshold. */
const rocSchema = z
  .object({
    thresholds: measures(mostThresholds),
    tpr: measures(mostThresholds),
    fpr: measures(mostThresholds),
    accuracy: measures(mostThresholds),
  })
  .refine(
    ({ thresholds, ...rates }) => Object.values(rates).every(({ length }) => length === thresholds.length),
    'not every threshold has its rates',
  );

/** Result of one LFW-style evaluation (spec §7); stored as JSON, shown by the LFW tab, printed by the command. */
export const lfwReportSchema = z.object({
  version: z.literal(1),
  createdAt: z.string(),
  model: z.object({ path: z.string(), name: z.string(), step: z.number().int().optional() }),
  imagesDir: z.string(),
  /**
   * Way to the images from the folder of the report's file, with forward slashes: it stays right where a workspace is moved.
   * Absent where they are not in one workspace, and in reports of older versions.
   */
  imagesFromReport: z.string().optional(),
  /** The image treatment is absent where only embeddings were given. */
  recipe: recipeSchema.partial().extend({
    useFlippedImages: z.boolean(),
    subtractMean: z.boolean(),
    /** 0 squared Euclidean, 1 angular. */
    distanceMetric: z.union([z.literal(0), z.literal(1)]),
    folds: z.number().int(),
  }),
  /** What differs from the published evaluation; absent in reports of older versions. */
  deviations: z.array(deviationSchema).optional(),
  pairs: z.object({
    used: z.number().int(),
    same: z.number().int(),
    different: z.number().int(),
    skipped: z.array(z.object({ line: z.string(), reason: z.string() })),
  }),
  accuracy: accuracySchema,
  validation: z.object({
    ...{ rate: z.number(), std: z.number(), far: z.number(), farTarget: z.number() },
    /** One for each fold; absent in reports of older versions. */
    thresholds: measures(mostFolds).optional(),
  }),
  auc: z.number(),
  /** Absent where the ROC never reaches the crossing; `eerNote` then says why. */
  eer: z.number().optional(),
  eerNote: z.string().optional(),
  roc: rocSchema,
  /** Every pair with its distance: histograms and the wrong-pairs gallery are drawn from these. */
  distances: z.array(pairSchema),
  notes: z.array(z.string()),
  /** What the pairs say about a distance; absent where pairs of one kind are missing, and in reports of older versions. */
  calibration: calibrationSchema.optional(),
  /** How far the figures can be trusted; absent in reports of older versions. */
  uncertainty: uncertaintySchema.optional(),
});
export type LfwReport = z.infer<typeof lfwReportSchema>;
