import { UserError } from '../protocol/errors';

/** An engine has no memory left for a tensor; what it held before is untouched. */
export class OutOfMemoryError extends Error {
  override readonly name = 'OutOfMemoryError';
}

/**
 * What engines say when an allocation fails, and nothing else is wrong: TensorFlow on whichever device (status 8 is
 * RESOURCE_EXHAUSTED), ONNX Runtime, and V8 for an array.
 */
const exhausted =
  /OOM when allocating|RESOURCE_EXHAUSTED|TF_Status: 8\b|failed to allocate memory|bad_alloc|bad allocation|array buffer allocation failed/i;

/** Whether an operation failed for want of memory alone, so that a smaller one may succeed. */
export function isOutOfMemory(error: unknown): error is Error {
  return error instanceof OutOfMemoryError || (error instanceof Error && exhausted.test(error.message));
}

/** A training step's failure; when memory was exhausted, as a sentence with what to do. */
export function explainStepFailure(error: unknown, engine: string, phase: string, images: number): unknown {
  if (!isOutOfMemory(error)) return error;
  return new UserError(
    `${engine} has too little free memory for phase ${phase} with ${images} images at a time.`,
    'Use a smaller batch_size, train from a later stage on, or end what else uses that memory.',
    { cause: error },
  );
}
