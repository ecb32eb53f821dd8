import { ArgumentParser } from 'argparse';
import type { Command } from './command';

/** argparse has printed what there was to print and wants the program to end with this code. */
export class ParserExit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/**
 * The reference's own argument parser (Python's argparse: abbreviated options, `--learning_rate -1`), with wrong
 * usage as exit code 2, but without ending the process itself: standard streams are flushed by the caller.
 */
class CommandParser extends ArgumentParser {
  override exit(status = 0, message?: string): never {
    if (message !== undefined && message !== '') process.stderr.write(message);
    throw new ParserExit(status);
  }
}

/** Parser of one command; `parse_args` throws ParserExit after --help (0) and on wrong usage (2). */
export function parserOf(command: Command): ArgumentParser {
  const parser = new CommandParser({ prog: `facenet ${command.name}`, description: command.summary });
  command.configure(parser);
  return parser;
}
