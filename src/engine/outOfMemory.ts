import { UserError } from '../protocol/errors';

/** What TensorFlow says when an allocation fails, on whichever device (status 8 is RESOURCE_EXHAUSTED). */
const exhausted = /OOM when allocating|RESOURCE_EXHAUSTED|TF_Status: 8\b|failed to allocate memory/i;

/** A training step's failure; when memory was exhausted, as a sentence with what to do. */
export function explainStepFailure(error: unknown, engine: string, phase: string, batchSize: number): unknown {
  if (!(error instanceof Error) || !exhausted.test(error.message)) return error;
  return new UserError(
    `${engine} has too little free memory for phase ${phase} with a batch of ${batchSize}.`,
    'Use a smaller batch_size, train from a later stage on, or end what else uses that memory.',
    { cause: error },
  );
}
