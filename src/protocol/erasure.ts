import { z } from 'zod';

const count = z.number().int().min(0);

/**
 * Why a classifier is not trained again: its file does not say on what; its faces or its model are gone; fewer than two
 * people are left; or training failed.
 */
const notRefitSchema = z.enum(['unrecorded', 'faces', 'model', 'people', 'failed']);
export type NotRefit = z.infer<typeof notRefitSchema>;

/** One place that a person is taken out of. */
export const erasureStepSchema = z.discriminatedUnion('kind', [
  /** A gallery that they are enrolled in. */
  z.object({ kind: z.literal('gallery'), path: z.string(), faces: count }),
  /**
   * A classifier that was trained with them: put away as a whole, and trained again without them in its place where it
   * says on what. `refit` is how many people it then knows, and where their faces lie; else `away` says why it is not.
   */
  z.object({
    kind: z.literal('classifier'),
    path: z.string(),
    refit: z.object({ people: count, faces: z.string() }).optional(),
    away: notRefitSchema.optional(),
  }),
  /** Activations of their images in the cache of a run. */
  z.object({ kind: z.literal('activations'), path: z.string(), rows: count }),
  /** What is kept of their images beside a dataset: names, facts, what a check has found. */
  z.object({ kind: z.literal('index'), path: z.string() }),
  /** Lines of an aligned folder that name their photographs. */
  z.object({ kind: z.literal('lines'), path: z.string(), lines: count }),
  /** Their folder of a dataset; of one that is a link, what it points to stays. */
  z.object({ kind: z.literal('folder'), path: z.string(), images: count, link: z.string().optional() }),
]);
export type ErasureStep = z.infer<typeof erasureStepSchema>;

/** A checkpoint whose weights have learned from a person. */
const trainedCheckpointSchema = z.object({
  /** What the run is called. */
  run: z.string(),
  folder: z.string(),
  prefix: z.string(),
  /** The run was not trained with them itself, but began with a checkpoint of this one. */
  through: z.string().optional(),
});
export type TrainedCheckpoint = z.infer<typeof trainedCheckpointSchema>;

/** What the erasure of a person does, in its order, and what it leaves to the user: `facenet erase --json`. */
export const erasurePlanSchema = z.object({
  person: z.string(),
  steps: z.array(erasureStepSchema),
  checkpoints: z.array(trainedCheckpointSchema),
  /** Records, reports and lists of pairs that name them and are not changed. */
  naming: z.array(z.string()),
});
export type ErasurePlan = z.infer<typeof erasurePlanSchema>;

/** `facenet erase --yes --json`. */
export const erasureOutcomeSchema = erasurePlanSchema.extend({
  /** Where their folders, and classifiers, lie now. */
  moved: z.array(z.object({ from: z.string(), to: z.string(), trash: z.boolean() })),
});
export type ErasureOutcome = z.infer<typeof erasureOutcomeSchema>;
