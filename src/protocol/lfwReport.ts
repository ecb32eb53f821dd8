import { z } from 'zod';
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

/** Result of one LFW-style evaluation (spec §7); stored as JSON, shown by the LFW tab, printed by the command. */
export const lfwReportSchema = z.object({
  version: z.literal(1),
  createdAt: z.string(),
  model: z.object({ path: z.string(), name: z.string(), step: z.number().int().optional() }),
  imagesDir: z.string(),
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
  accuracy: z.object({
    mean: z.number(),
    std: z.number(),
    perFold: z.array(z.number()),
    thresholds: z.array(z.number()),
  }),
  validation: z.object({ rate: z.number(), std: z.number(), far: z.number(), farTarget: z.number() }),
  auc: z.number(),
  /** Absent where the ROC never reaches the crossing; `eerNote` then says why. */
  eer: z.number().optional(),
  eerNote: z.string().optional(),
  /** Mean curve over the folds, one entry per threshold. */
  roc: z.object({
    thresholds: z.array(z.number()),
    tpr: z.array(z.number()),
    fpr: z.array(z.number()),
    accuracy: z.array(z.number()),
  }),
  /** Every pair with its distance: histograms and the wrong-pairs gallery are drawn from these. */
  distances: z.array(pairSchema),
  notes: z.array(z.string()),
});
export type LfwReport = z.infer<typeof lfwReportSchema>;
