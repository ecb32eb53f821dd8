/**
 * A mistake that the user can mend: shown as one sentence, never with a stack trace.
 * The message says what is wrong with which file or setting; `action` says what to do about it.
 */
export class UserError extends Error {
  override readonly name = 'UserError';

  constructor(
    message: string,
    readonly action?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Message and action as one line for a terminal, a log or a notification. */
  get sentence(): string {
    return this.action === undefined ? this.message : `${this.message} ${this.action}`;
  }
}

/** The numbers of a training have stopped being finite; the step at which they did was not applied. */
export class DivergedError extends UserError {
  constructor(
    message: string,
    action: string,
    /** Of the run. */
    readonly step: number,
  ) {
    super(message, action);
  }
}

/** The job was stopped on request, with everything saved (exit code 130). */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';

  constructor(message = 'Stopped by the user; everything so far is saved.') {
    super(message);
  }
}

/** One line for any thrown value: the sentence of a UserError, the message of anything else. */
export function describeError(error: unknown): string {
  if (error instanceof UserError) return error.sentence;
  if (error instanceof Error) return error.message;
  return String(error);
}

/** Throws StoppedError once `signal` is aborted; called between units of work. */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new StoppedError();
}
