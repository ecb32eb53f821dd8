import type { ArgumentParser } from 'argparse';

/** Where a command writes; replaced in tests. */
export interface CommandOutput {
  /** One line to standard output; a line break in it is shown, not made. */
  line(text: string): void;
  /** One line to standard error. */
  problem(text: string): void;
  /** Redraws the progress line of a terminal; in a pipe only every few seconds a plain line. */
  progress(text: string): void;
}

/** JSON to standard output as a program, or somebody, reads it. */
export function printJson(output: CommandOutput, value: unknown): void {
  for (const line of JSON.stringify(value, undefined, 2).split('\n')) output.line(line);
}

export interface CommandContext {
  output: CommandOutput;
  /** Aborted by the first Ctrl-C. */
  signal: AbortSignal;
  /** Aborted by the second one: this process ends right then, and whoever has started others ends them. */
  force: AbortSignal;
  cwd: string;
  /** The words after the command's name, as they were typed; for what the parsed options cannot tell. */
  argv: readonly string[];
}

/** A command's parsed arguments, by their names; each command knows the types that it has asked argparse for. */
export type CommandOptions = Readonly<Record<string, unknown>>;

/** One subcommand of `facenet`. Throws UserError for a user's mistake (exit 1), StoppedError when stopped (130). */
export interface Command {
  name: string;
  summary: string;
  /** Adds the command's arguments, with the reference's names and defaults (spec §2.1, §6.1, §7.1, §8). */
  configure(parser: ArgumentParser): void;
  /** Runs the command; resolves to the exit code. */
  run(options: CommandOptions, context: CommandContext): Promise<number>;
}
