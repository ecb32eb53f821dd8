import { z } from 'zod';
import type { NetworkName } from './networkNames';
import { type Recipe, networkNameSchema, recipeSchema } from './recipe';

/** How many values of a variable fall into each of equally wide intervals from its smallest to its largest one. */
const histogramSchema = z.object({ from: z.number(), to: z.number(), counts: z.array(z.number().int()) });
export type Histogram = z.infer<typeof histogramSchema>;

/** Of one variable. Mean, deviation, extremes and histogram are of its finite values; null where it has none. */
export const variableStatisticsSchema = z.object({
  name: z.string(),
  count: z.number().int(),
  mean: z.number().nullable(),
  /** Of the population: √(Σ(x − mean)² / n). */
  std: z.number().nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  zeros: z.number().int(),
  nan: z.number().int(),
  infinite: z.number().int(),
  histogram: histogramSchema.optional(),
});
export type VariableStatistics = z.infer<typeof variableStatisticsSchema>;

/** `equal`: every value is the same number (NaN where the other has NaN). The last three have nothing to compare. */
export const comparisonStatusSchema = z.enum(['equal', 'different', 'other-shape', 'only-first', 'only-second']);
export type ComparisonStatus = z.infer<typeof comparisonStatusSchema>;

const distance = {
  /** ‖b − a‖₂ / ‖a‖₂; null where the first is all zeros and the second is not, or where nothing can be compared. */
  relative: z.number().nullable(),
  /** max |b − a|; null where nothing can be compared. */
  largest: z.number().nullable(),
};

const variableComparisonSchema = z.object({
  name: z.string(),
  stage: z.string().optional(),
  status: comparisonStatusSchema,
  shape: z.array(z.number()).optional(),
  otherShape: z.array(z.number()).optional(),
  ...distance,
  /** Values that are not the same. */
  changed: z.number().int(),
  /** Of those, where either side is NaN or infinite; they are in no norm. */
  notFinite: z.number().int(),
});
export type VariableComparison = z.infer<typeof variableComparisonSchema>;

const stageComparisonSchema = z.object({
  /** Absent for variables that belong to no stage. */
  name: z.string().optional(),
  variables: z.number().int(),
  equal: z.number().int(),
  different: z.number().int(),
  /** Variables with nothing to compare. */
  unmatched: z.number().int(),
  ...distance,
});
export type StageComparison = z.infer<typeof stageComparisonSchema>;

/** How a second model differs from a first, variable by variable and by stage, in the order of the network. */
export const comparisonSchema = z.object({
  first: z.string(),
  second: z.string(),
  variables: z.array(variableComparisonSchema),
  stages: z.array(stageComparisonSchema),
  counts: z.record(comparisonStatusSchema, z.number().int()),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/**
 * `restored`: the file's value is taken. `new`: it is initialised afresh, as the file has none or it is excluded.
 * `other-shape`: the file has one of another shape, so it is initialised afresh. `unused`: only the file has it.
 */
const restoreStatusSchema = z.enum(['restored', 'new', 'other-shape', 'unused']);
export type RestoreStatus = z.infer<typeof restoreStatusSchema>;

const shape = z.array(z.number().int()).readonly();

const restoreEntrySchema = z.object({
  name: z.string(),
  status: restoreStatusSchema,
  wantedShape: shape.optional(),
  fileShape: shape.optional(),
});
export type RestoreEntry = z.infer<typeof restoreEntrySchema>;

const restorePlanSchema = z.object({
  /** Variables of the network in its order, then what only the file has. */
  entries: z.array(restoreEntrySchema),
  counts: z.record(restoreStatusSchema, z.number().int()),
});
export type RestorePlan = z.infer<typeof restorePlanSchema>;

/** A restore plan and what it was made for. */
const shownPlanSchema = restorePlanSchema.extend({
  /** E.g. `inception_resnet_v1, 512-d, classifier for the 40 people of faces`. */
  against: z.string(),
  /** Why the classifier is taken over or not, where there is one. */
  note: z.string().optional(),
});
export type ShownPlan = z.infer<typeof shownPlanSchema>;

/** A variable as a page shows it. */
export interface ShownVariable {
  name: string;
  shape: readonly number[];
  dtype: string;
  byteLength: number;
}

/** What is known of a model from its header alone, for the Checkpoint tab. */
export interface ShownModel {
  name: string;
  path: string;
  kind: 'checkpoint' | 'frozen-graph' | 'starter';
  step?: number;
  network?: NetworkName;
  embeddingSize?: number;
  classes?: number;
  recipe: Recipe;
  recipeSource: string;
  /** Its data file is missing or cut off: there is nothing to compute. */
  problem?: string;
  /** In the order of the network; variables that belong to no stage last, without a name. */
  stages: { name?: string; outputShape?: readonly (number | null)[]; variables: ShownVariable[] }[];
}

const modelKindSchema = z.enum(['checkpoint', 'frozen-graph', 'starter']);

/** Numbers and bytes of several variables. */
const totals = { elements: z.number(), bytes: z.number() };

/** What `facenet inspect --json` prints; the last three where they are asked for. */
export const inspectAnswerSchema = z.object({
  path: z.string(),
  name: z.string(),
  kind: modelKindSchema,
  step: z.number().optional(),
  network: networkNameSchema.optional(),
  embeddingSize: z.number().int().optional(),
  classes: z.number().int().optional(),
  recipe: recipeSchema,
  recipeSource: z.string(),
  /** Its data file is missing or cut off. */
  problem: z.string().optional(),
  totals: z.object({ variables: z.number(), ...totals }),
  /** In the order of the network; variables that belong to no stage last, without a name. */
  stages: z.array(
    z.object({
      name: z.string().optional(),
      outputShape: z.array(z.number().nullable()).optional(),
      variables: z.array(
        z.object({
          name: z.string(),
          dtype: z.string(),
          shape,
          byteLength: z.number(),
          stage: z.string().optional(),
        }),
      ),
      ...totals,
    }),
  ),
  restorePlan: shownPlanSchema.optional(),
  statistics: z.array(variableStatisticsSchema).optional(),
  comparison: comparisonSchema.optional(),
});
export type InspectAnswer = z.infer<typeof inspectAnswerSchema>;
