import { inspect } from 'node:util';
import { StoppedError, UserError, describeError } from '../protocol/errors';
import { explainSystemError } from '../jobs/systemErrors';
import { ParserExit } from './parser';

/** Exit codes of `facenet` (plan §6). `hopeless`: of a shard that would fail again, so that no scheduler should retry it. */
export const exitCodes = { done: 0, failed: 1, usage: 2, hopeless: 3, stopped: 130 } as const;

/**
 * What a command's error means outside: its exit code and the lines for standard error. What the user can mend is one
 * sentence; anything else is one line that says how to see the stack, and the stack itself, causes included, where `debug` asks for it.
 */
export function outcomeOf(thrown: unknown, debug: boolean): { code: number; lines: string[] } {
  const error = explainSystemError(thrown, 'a file');
  // argparse has printed its own message.
  if (error instanceof ParserExit) return { code: error.code, lines: [] };
  if (error instanceof StoppedError) return { code: exitCodes.stopped, lines: [error.message] };
  const text = `facenet: ${describeError(error)}`;
  if (debug) return { code: exitCodes.failed, lines: [text, ...inspect(error).split('\n')] };
  const hint = error instanceof UserError ? '' : ' (set FACENET_DEBUG=1 for the stack)';
  return { code: exitCodes.failed, lines: [text.replace(/\s*\n\s*/g, ' ') + hint] };
}
