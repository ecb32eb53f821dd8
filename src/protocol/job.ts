import { z } from 'zod';
import { alignmentSchema } from './recipe';
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
  people: z.number().int().min(4).default(24),
  photographs: z.number().int().min(4).default(12),
  seed: z.number().int().min(0).default(666),
  /** Draw the workspace only; align, train and validate are then the user's. */
  drawOnly: z.boolean().default(false),
});
export type DemoRequest = z.infer<typeof demoRequestSchema>;

/** What a worker can be asked to do; one job per process. */
export const jobRequestSchema = z.discriminatedUnion('kind', [
  alignRequestSchema,
  trainRequestSchema,
  validateRequestSchema,
  demoRequestSchema,
]);
export type JobRequest = z.infer<typeof jobRequestSchema>;
export type JobKind = JobRequest['kind'];
