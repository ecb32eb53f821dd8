import { resolve } from 'node:path';
import { UserError } from '../../protocol/errors';
import { differingSettings } from '../../run/compareRuns';
import { runsDirectory } from '../../run/runFolder';
import { listRuns, whichRun } from '../../run/runList';
import { rowsOfRuns } from '../../run/runRows';
import { percent, signedPoints } from '../../words/rates';
import { dayInWords, kindInWords, stateInWords } from '../../words/runWords';
import { type Command, printJson } from '../command';
import { cut, showColumns } from '../runTable';
import { formatDuration } from '../terminal';

/** Longest cell, characters. */
const widest = 32;

/** A line of the table: its title, and a value for each run. */
type Fact = [title: string, values: (string | undefined)[]];

function maybe(value: number | undefined, inWords: (value: number) => string): string | undefined {
  return value === undefined ? undefined : inWords(value);
}

export const command: Command = {
  name: 'compare-runs',
  summary: 'Show runs beside each other: what they have reached, and the settings in which they differ.',
  configure(parser) {
    parser.add_argument('runs', {
      metavar: 'RUN',
      nargs: '+',
      help: 'two or more: name, folder, or a beginning that only one has',
    });
    parser.add_argument('--workspace', {
      default: '.',
      help: 'folder whose .facenet/runs they are in (default: this one)',
    });
    parser.add_argument('--json', { action: 'store_true', help: 'print the comparison as JSON' });
  },
  async run(options, { output, cwd }) {
    const workspace = resolve(cwd, options.workspace as string);
    const listed = await listRuns(workspace, (problem) => output.problem(problem.sentence));
    const typed = options.runs as string[];
    const chosen = [...new Set(typed.map((name) => whichRun(listed, name, runsDirectory(workspace))))];
    if (chosen.length < 2) throw new UserError('That is one run alone.', 'Name two or more; facenet runs lists them.');
    const folders = new Set(chosen.map(({ folder }) => folder));
    const byFolder = new Map(rowsOfRuns(listed, Date.now()).map((row) => [row.folder, row]));
    const rows = [...folders].map((folder) => byFolder.get(folder)!);
    const settings = differingSettings(chosen.map(({ record }) => record));
    if (options.json === true) {
      printJson(output, { runs: rows, settings });
      return 0;
    }
    const now = new Date();
    const facts: Fact[] = [
      ['kind', rows.map(({ kind }) => kindInWords(kind))],
      ['state', rows.map(({ state }) => stateInWords(state))],
      ['accuracy', rows.map(({ accuracy }) => maybe(accuracy, percent))],
      ['change', rows.map(({ change }) => maybe(change?.size, signedPoints))],
      ['VAL', rows.map(({ validationRate }) => maybe(validationRate, percent))],
      ['best step', rows.map(({ bestStep }) => bestStep?.toString())],
      ['steps', rows.map(({ steps }) => steps?.toString())],
      ['time', rows.map(({ seconds }) => maybe(seconds, formatDuration))],
      ['started', rows.map(({ startedAt }) => dayInWords(startedAt, now))],
    ];
    const known = facts.filter(([, values]) => values.some((value) => value !== undefined));
    const all = [...known, ...settings.map(({ name, values }): Fact => [name, values])];
    showColumns(
      output,
      ['', ...rows.map(({ name }) => cut(name, widest))],
      all.map(([title, values]) => [title, ...values.map((value) => cut(value ?? '–', widest))]),
    );
    if (settings.length === 0) output.line('They were asked for the same.');
    return 0;
  },
};
