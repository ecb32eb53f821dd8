import { z } from 'zod';
import { alignmentSchema, chipSchema } from './recipe';
import { enginePreferenceSchema, lfwConfigSchema, trainConfigSchema } from './trainConfig';

export const alignRequestSchema = z.object({
  kind: z.literal('align'),
  inputDir: z.string(),
  outputDir: z.string(),
  imageSize: z.number().int().positive().default(182),
  /** Total margin in source-image pixels, half on each side of the box. */
  margin: z.number().min(0).default(44),
  detector: z.enum(['auto', 'mtcnn', 'starter']).default('auto'),
  alignment: alignmentSchema.default('box'),
  /** Of landmark chips; default that of what the output folder holds, else `mean-face`. */
  chip: chipSchema.optional(),
  detectMultipleFaces: z.boolean().default(false),
  /** Photographs are turned as their EXIF orientation says before faces are looked for; the reference does not. */
  upright: z.boolean().default(false),
  randomOrder: z.boolean().default(false),
  /** Worker threads; 0 = one per core. */
  jobs: z.number().int().min(0).default(0),
});
export type AlignRequest = z.infer<typeof alignRequestSchema>;

export const trainRequestSchema = z.object({
  kind: z.literal('train'),
  config: trainConfigSchema,
  /** Run folder to continue from its last checkpoint. */
  resume: z.string().optional(),
  /** With `resume`: the step at which the run diverged. It goes back to its best checkpoint, with a tenth of the rate. */
  afterDivergence: z.number().int().optional(),
});
export type TrainRequest = z.infer<typeof trainRequestSchema>;

export const validateRequestSchema = z.object({
  kind: z.literal('validate'),
  model: z.string(),
  lfw: lfwConfigSchema,
  imageSize: z.number().int().positive().optional(),
  standardization: z.enum(['fixed', 'per_image', 'dlib']).optional(),
  engine: enginePreferenceSchema.default('auto'),
});
export type ValidateRequest = z.infer<typeof validateRequestSchema>;

export const demoRequestSchema = z.object({
  kind: z.literal('demo'),
  outputDir: z.string(),
  people: z.number().int().min(4).default(32),
  photographs: z.number().int().min(4).default(12),
  seed: z.number().int().min(0).default(666),
  /** Draw the workspace only; align, train and validate are then the user's. */
  drawOnly: z.boolean().default(false),
});
export type DemoRequest = z.infer<typeof demoRequestSchema>;

export const classifierRequestSchema = z.object({
  kind: z.literal('classifier'),
  model: z.string(),
  /** Aligned faces, one folder per person. */
  dataDir: z.string(),
  /** File of the classifier. */
  output: z.string(),
  /** A file that stands there may be replaced. */
  replace: z.boolean().default(false),
  /** Share of strangers that may be given a name. */
  far: z.number().min(0).max(1).default(0.01),
  seed: z.number().int().min(0).default(666),
});
export type ClassifierRequest = z.infer<typeof classifierRequestSchema>;

export const classifyRequestSchema = z.object({
  kind: z.literal('classify'),
  model: z.string(),
  classifier: z.string(),
  dataDir: z.string(),
});
export type ClassifyRequest = z.infer<typeof classifyRequestSchema>;

const rates = z.array(z.number().gt(0).lt(1)).max(20);
export const identifyRequestSchema = z.object({
  kind: z.literal('identify'),
  model: z.string(),
  galleryDir: z.string(),
  probesDir: z.string(),
  /** False accept rates of comparisons, and rates of strangers that somebody is found for. */
  far: rates.default([1e-2, 1e-3, 1e-4]),
  fpir: rates.default([0.1, 0.01]),
});
export type IdentifyRequest = z.infer<typeof identifyRequestSchema>;

/** What a worker can be asked to do; one job per process. */
export const jobRequestSchema = z.discriminatedUnion('kind', [
  alignRequestSchema,
  trainRequestSchema,
  validateRequestSchema,
  demoRequestSchema,
  classifierRequestSchema,
  classifyRequestSchema,
  identifyRequestSchema,
]);
export type JobRequest = z.infer<typeof jobRequestSchema>;
export type JobKind = JobRequest['kind'];
