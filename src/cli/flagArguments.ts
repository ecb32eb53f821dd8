// The flags of a training command as arguments of its parser.
import type { ArgumentGroup, ArgumentOptions, ArgumentParser } from 'argparse';
import type { FlagEntry, FlagTable } from '../train/settings/flagTable';

function helpOf({ flag, default: fallback }: FlagEntry): string {
  const { help, withModel, fromScratch, defaultText } = flag;
  const shown = defaultText ?? (flag.kind === 'switch' ? '' : (fromScratch ?? fallback ?? ''));
  const model = withModel === undefined ? '' : `; with a pretrained model ${withModel}`;
  return `${help}${model}${shown === '' ? '' : ` (default: ${shown})`}`;
}

function argumentOf(entry: FlagEntry): ArgumentOptions {
  const { flag } = entry;
  const help = helpOf(entry);
  if (flag.kind === 'switch') return { action: 'store_true', help };
  const named = { help, default: entry.default, ...(flag.metavar !== undefined && { metavar: flag.metavar }) };
  if (flag.kind !== 'choice') return { ...named, type: flag.kind === 'path' ? 'str' : flag.kind };
  return { ...named, choices: flag.choices, type: typeof flag.choices[0] === 'number' ? 'int' : 'str' };
}

/**
 * Adds the flags of a table. Where a value is missing after parsing, `configFromFlags` chooses by the other ones.
 * @returns the group of those that the reference does not have, for more of them
 */
export function addFlags(parser: ArgumentParser, table: FlagTable): ArgumentGroup {
  const group = parser.add_argument_group({ title: 'what the reference does not have' });
  for (const entry of table.flags) {
    (entry.own ? group : parser).add_argument(`--${entry.flag.name}`, argumentOf(entry));
  }
  return group;
}
