// Errors between threads: a structured clone keeps neither the class of an error nor what it holds beside its message.
import { DiskAwayError } from '../files/patience';
import { DivergedError, StoppedError, UserError } from '../protocol/errors';

/** Those that are told apart by whoever hears of them; of several that fit the first one counts. */
const classes = [StoppedError, DivergedError, DiskAwayError, UserError, Error] as const;

export interface SentError {
  /** Among `classes`. */
  kind: number;
  message: string;
  stack: string | undefined;
  /** What is text or a number of what it holds: `action`, `step`, the system's `code` and `path`. */
  held: Record<string, string | number>;
  cause: SentError | undefined;
}

/** What is sent of anything that was thrown. */
export function sentError(thrown: unknown): SentError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return {
    kind: classes.findIndex((one) => error instanceof one),
    message: error.message,
    stack: error.stack,
    held: Object.fromEntries(
      Object.entries(error).filter(([, value]) => typeof value === 'string' || typeof value === 'number'),
    ),
    cause: error.cause === undefined ? undefined : sentError(error.cause),
  };
}

/** The error that was sent, with the stack of where it was thrown. */
export function receivedError({ kind, message, stack, held, cause }: SentError): Error {
  const error = new Error(message, cause && { cause: receivedError(cause) });
  Object.setPrototypeOf(error, classes[kind]!.prototype);
  return Object.assign(error, held, stack !== undefined && { stack });
}
