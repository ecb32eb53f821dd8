import { ArgumentParser, Namespace } from 'argparse';
import { shownLine } from '../protocol/shownText';
import type { Command, CommandOptions } from './command';

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
    if (message !== undefined && message !== '') process.stderr.write(`${shownLine(message.trimEnd())}\n`);
    throw new ParserExit(status);
  }
}

/** Parser of one command; `parse_args` throws ParserExit after --help (0) and on wrong usage (2). */
export function parserOf(command: Command): ArgumentParser {
  const parser = new CommandParser({ prog: `facenet ${command.name}`, description: command.summary });
  command.configure(parser);
  return parser;
}

/** The options that stand in `argv`, without the defaults of the others, which are undefined. */
export function givenOptions(command: Command, argv: readonly string[]): CommandOptions {
  const parser = parserOf(command);
  const all = parser.parse_args<CommandOptions>([...argv]);
  // What a namespace holds already is not replaced by a default.
  const nothing = new Namespace(Object.fromEntries(Object.keys(all).map((name) => [name, undefined])));
  return parser.parse_args<CommandOptions>([...argv], nothing);
}
