// How a job ended, as one process tells it another.
import { inspect } from 'node:util';
import { StoppedError, UserError, describeError } from '../protocol/errors';
import type { Outcome } from './messages';

export function outcomeOf(error: unknown): Outcome {
  if (error instanceof StoppedError) return { is: 'stopped', message: error.message };
  if (error instanceof UserError) return { is: 'failed', message: error.message, action: error.action };
  return { is: 'failed', message: describeError(error), stack: inspect(error) };
}

/** @throws what an outcome tells of: StoppedError, UserError for what the user can mend, or an error with the stack of the job */
export function throwUnlessDone(outcome: Outcome): void {
  if (outcome.is === 'done') return;
  if (outcome.is === 'stopped') throw new StoppedError(outcome.message);
  if (outcome.stack === undefined) throw new UserError(outcome.message, outcome.action);
  const error = new Error(outcome.message);
  error.stack = outcome.stack;
  throw error;
}
