// What commands ask about a model and about how long something takes, said in one way.
import type { ArgumentParser } from 'argparse';
import { UserError } from '../protocol/errors';
import type { Recipe } from '../protocol/recipe';
import type { CommandOutput } from './command';
import { formatProgress } from './terminal';

export const modelHelp = 'model directory, checkpoint prefix or file, run folder, frozen .pb, or starter';

/** Flags of a script of the reference that change nothing here. */
export function addIneffectiveFlags(parser: ArgumentParser, flags: Readonly<Record<string, IneffectiveFlag>>): void {
  for (const [name, { type, usual, why }] of Object.entries(flags))
    parser.add_argument(`--${name}`, { type, default: usual, help: `accepted; ${why}` });
}

export interface IneffectiveFlag {
  type: 'int' | 'float' | 'str';
  /** The reference's default, with which nothing is said. */
  usual?: number | string;
  /** Ends a sentence. */
  why: string;
}

/** One sentence for each given flag that changes nothing. */
export function ineffectiveNotes(
  flags: Readonly<Record<string, IneffectiveFlag>>,
  options: Readonly<Record<string, unknown>>,
): string[] {
  return Object.entries(flags)
    .filter(([name, { usual }]) => options[name] !== usual)
    .map(([name, { why }]) => `--${name} has no effect: ${why}.`);
}

/** Adds `--image_size` and `--use_fixed_image_standardization`, by default the model's own. */
export function addRecipeFlags(parser: ArgumentParser): void {
  parser.add_argument('--image_size', { type: 'int', help: "network input in pixels; default the model's own" });
  parser.add_argument('--use_fixed_image_standardization', {
    action: 'store_true',
    help: "(x - 127.5) / 128; default the model's own standardisation",
  });
}

/** What `addRecipeFlags` was told. */
export function askedRecipe(
  options: Readonly<Record<string, unknown>>,
): Pick<Partial<Recipe>, 'imageSize' | 'standardization'> {
  return {
    imageSize: options['image_size'] as number | undefined,
    standardization: options['use_fixed_image_standardization'] === true ? 'fixed' : undefined,
  };
}

/** A progress line with rate and time left, counted from now. */
export function progressOf(
  output: CommandOutput,
  activity: string,
  unit: string,
): (done: number, total: number) => void {
  const started = performance.now();
  return (done, total) => {
    const perSecond = done / ((performance.now() - started) / 1000);
    const etaSeconds = (total - done) / perSecond;
    output.progress(formatProgress({ type: 'progress', activity, done, total, unit, perSecond, etaSeconds }));
  };
}

/** @throws UserError where a number is not between two others */
export function requireBetween(flag: string, value: number, low: number, high: number): void {
  if (value >= low && value <= high) return;
  throw new UserError(`${flag} ${value} is out of range.`, `Give a number from ${low} to ${high}.`);
}
