// What a training went on after: why, where, and what was changed.
import { z } from 'zod';

/** `memory`: none was left; `hang`: no step came to its end; `crash`: of a native library; `divergence`: no number. */
export const recoveryCauseSchema = z.enum(['memory', 'hang', 'crash', 'divergence']);
export type RecoveryCause = z.infer<typeof recoveryCauseSchema>;

/** Images per forward and backward pass from then on; the batch of a step stays what it was. */
export const microBatchSchema = z.number().int().positive();

/** Of run.json: what was tried so far, and what a worker that starts has to obey. */
export const recoverySchema = z.object({
  microBatch: microBatchSchema.optional(),
  /** In the order in which they were made. */
  attempts: z.array(
    z.object({
      /** ISO 8601. */
      at: z.string(),
      /** Step that did not come to its end; 0 where there was none yet. */
      step: z.number().int().nonnegative(),
      cause: recoveryCauseSchema,
      microBatch: microBatchSchema.optional(),
    }),
  ),
});
export type Recovery = z.infer<typeof recoverySchema>;
