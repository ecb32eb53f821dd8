// Runs as a table in the terminal.
import type { RunRow } from '../protocol/runRow';
import { shownName } from '../protocol/shownText';
import { percent, signedPoints } from '../words/rates';
import { dayInWords, kindInWords, stateInWords } from '../words/runWords';
import type { CommandOutput } from './command';
import { formatDuration } from './terminal';

/** Longest cells, characters; a longer one ends in `…`. */
const widest = { name: 40, others: 24 };

/** Prints columns with two blanks between them, numbers to the right; a column that is empty is left out. */
export function showColumns(
  output: CommandOutput,
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  right: ReadonlySet<number> = new Set(),
): void {
  const table = [titles, ...rows];
  const used = titles.map((_, column) => column).filter((column) => rows.some((row) => row[column] !== ''));
  const widths = new Map(used.map((column) => [column, Math.max(...table.map((row) => row[column]!.length))]));
  for (const row of table) {
    const cells = used.map((column) => {
      const width = widths.get(column)!;
      return right.has(column) ? row[column]!.padStart(width) : row[column]!.padEnd(width);
    });
    output.line(cells.join('  ').trimEnd());
  }
}

/** A text of at most so many characters. */
export function cut(text: string, most: number): string {
  const shown = shownName(text);
  return shown.length > most ? `${shown.slice(0, most - 1)}…` : shown;
}

const titles = [
  '',
  'NAME',
  'KIND',
  'STATE',
  'ACCURACY',
  'CHANGE',
  'VAL',
  'STEPS',
  'TIME',
  'STARTED',
  'TAGS',
  'FOLDER',
  '',
];
const numbers = new Set([4, 5, 6, 7, 8]);

/** @param standings what each does or why it failed, at the end of its line */
export function showRunTable(
  output: CommandOutput,
  rows: readonly RunRow[],
  standings: ReadonlyMap<RunRow, string>,
  now: Date,
): void {
  const lines = rows.map((row) => [
    row.star ? '*' : '',
    cut(row.name, widest.name),
    kindInWords(row.kind),
    row.archived ? `${stateInWords(row.state)}, archived` : stateInWords(row.state),
    row.accuracy === undefined ? '' : percent(row.accuracy),
    row.change === undefined ? '' : signedPoints(row.change.size),
    row.validationRate === undefined ? '' : percent(row.validationRate),
    row.steps === undefined ? '' : String(row.steps),
    row.seconds === undefined ? '' : formatDuration(row.seconds),
    dayInWords(row.startedAt, now),
    cut(row.tags.map((tag) => `#${tag}`).join(' '), widest.others),
    shownName(row.id),
    shownName(standings.get(row) ?? ''),
  ]);
  showColumns(output, titles, lines, numbers);
}
