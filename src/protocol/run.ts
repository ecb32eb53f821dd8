import { z } from 'zod';
import { recoverySchema } from './recovery';
import { rankSchema } from './ranks';
import { networkNameSchema, recipeSchema } from './recipe';
import { trainConfigSchema } from './trainConfig';
import { jobRequestSchema } from './job';
import { selfCheckSchema } from './selfCheck';
import { verdictSchema } from './verdict';

/** `lost`: the worker's process is gone without having said so (killed, power cut). */
export const runStateSchema = z.enum(['starting', 'running', 'stopping', 'done', 'stopped', 'failed', 'lost']);
export type RunState = z.infer<typeof runStateSchema>;

/** run.json: what a run is and how it stands. Unknown fields are kept for newer versions. */
export const runRecordSchema = z.looseObject({
  version: z.literal(1),
  /** Name of the run's folder: yyyymmdd-hhmmss-slug. */
  id: z.string(),
  title: z.string(),
  state: runStateSchema,
  createdAt: z.string(),
  updatedAt: z.string(),
  finishedAt: z.string().optional(),
  /** Where the run folder lay when this was written: where it lies elsewhere now, the paths are those of there. Absent in older records. */
  folder: z.string().optional(),
  /** How long it has worked: seconds of the workers that have ended, and since when the one that is at work; absent in older records. */
  work: z.object({ seconds: z.number().min(0), since: z.string().optional() }).optional(),
  request: jobRequestSchema,
  worker: z
    .object({
      /** Process that keeps the one that does the job, and starts it again where it ends before its time. */
      pid: z.number().int(),
      /** Start time of the process as the operating system tells it, so that a reused pid is not mistaken for it. */
      startTime: z.string(),
      hostname: z.string(),
      node: z.string(),
      /** Process that does the job, where it is another one. */
      job: z.object({ pid: z.number().int(), startTime: z.string() }).optional(),
      /** Path of the control socket or named pipe. */
      endpoint: z.string().optional(),
    })
    .optional(),
  engines: z
    .object({
      training: z.string().optional(),
      forward: z.string().optional(),
      /** How the steps are computed. */
      step: z.string().optional(),
    })
    .optional(),
  /** Where several processes train together. */
  ranks: rankSchema.optional(),
  error: z
    .object({
      message: z.string(),
      action: z.string().optional(),
      logTail: z.array(z.string()).optional(),
      /** Step at which a training diverged, where that is what ended it. */
      divergedAt: z.number().int().optional(),
    })
    .optional(),
  /** Training only. */
  config: trainConfigSchema.optional(),
  network: networkNameSchema.optional(),
  embeddingSize: z.number().int().optional(),
  recipe: recipeSchema.optional(),
  /** Class names in label order. */
  labels: z.array(z.string()).optional(),
  dataset: z.object({ root: z.string(), people: z.number(), images: z.number(), fingerprint: z.string() }).optional(),
  directories: z.object({ logs: z.string(), models: z.string() }).optional(),
  best: z
    .object({
      step: z.number().int(),
      accuracy: z.number(),
      /** VAL of the same evaluation; absent in older records. */
      validationRate: z.number().optional(),
      checkpoint: z.string(),
    })
    .optional(),
  /** How the classifier named the images that were held out, at the end of the last phase; the file has it per person. */
  heldOut: z
    .object({ step: z.number().int(), images: z.number().int(), right: z.number().int(), file: z.string() })
    .optional(),
  /** The checkpoint with the best accuracy on pairs against what the training began with; absent in runs of earlier versions. */
  verdict: verdictSchema.optional(),
  /** What the training has come to, at its end; absent where it did not come to it and in runs of earlier versions. */
  selfCheck: selfCheckSchema.optional(),
  /** Last checkpoint to resume from. */
  checkpoint: z.object({ step: z.number().int(), prefix: z.string() }).optional(),
  /** What the training went on after; absent where nothing was in its way. */
  recovery: recoverySchema.optional(),
  /** Result of a job that is not a training: path of the report, counts and the like. */
  result: z.record(z.string(), z.unknown()).optional(),
});
export type RunRecord = z.infer<typeof runRecordSchema>;
