import { join, resolve } from 'node:path';
import { UserError } from '../../protocol/errors';
import type { RunRow } from '../../protocol/runRow';
import { isActive } from '../../protocol/runRules';
import { readEvents } from '../../run/metricsLog';
import { type ListedRun, listRuns } from '../../run/runList';
import { rowsOfRuns } from '../../run/runRows';
import { type RunOrder, filterRuns, sortRuns } from '../../words/runLists';
import { type Command, printJson } from '../command';
import { showRunTable } from '../runTable';
import { formatProgress } from '../terminal';

/** Orders that can be asked for. */
const orders: readonly RunOrder[] = ['started', 'accuracy', 'change', 'name', 'duration'];

/** What an active run does, or why one failed, in a few words; empty where there is nothing to say. */
async function standing({ folder, record }: ListedRun): Promise<string> {
  if (record.error !== undefined) return record.error.message;
  if (!isActive(record.state)) return '';
  const events = await readEvents(join(folder, 'metrics.jsonl'));
  const last = events.findLast((event) => event.type === 'progress' || event.type === 'step');
  if (last?.type === 'step') return `step ${last.step}, epoch ${last.epoch} (${last.phase})`;
  return last === undefined ? '' : formatProgress(last);
}

export const command: Command = {
  name: 'runs',
  summary: 'List the runs of this folder, newest first.',
  configure(parser) {
    parser.add_argument('--workspace', {
      default: '.',
      help: 'folder whose .facenet/runs is listed (default: this one)',
    });
    parser.add_argument('--sort', {
      choices: orders,
      default: 'started',
      help: 'what comes first: the newest (started, default), the most accurate, the largest change, by name, the longest',
    });
    parser.add_argument('--filter', {
      default: '',
      metavar: 'WORDS',
      help: 'only runs in whose name, kind, dataset, model, state, tags or note all of these words are; #tag: with this tag',
    });
    parser.add_argument('--archived', { action: 'store_true', help: 'with those that were archived' });
    parser.add_argument('--json', { action: 'store_true', help: 'print the records as a JSON array' });
  },
  async run(options, { output, cwd }) {
    const workspace = resolve(cwd, options.workspace as string);
    const runs = await listRuns(workspace, (problem) => output.problem(problem.sentence));
    const rows = rowsOfRuns(runs, Date.now());
    const shown = sortRuns(
      filterRuns(rows, { words: options.filter as string, archived: options.archived === true }),
      options.sort as RunOrder,
    );
    const byFolder = new Map(runs.map((run) => [run.folder, run]));
    const runOf = ({ folder }: RunRow): ListedRun => byFolder.get(folder)!;
    if (options.json === true) {
      printJson(
        output,
        shown.map((row) => {
          const { folder, record, about } = runOf(row);
          return { folder, ...record, name: row.name, about, row };
        }),
      );
      return 0;
    }
    if (runs.length === 0) output.line(`No runs in ${workspace}.`);
    else if (shown.length === 0) {
      throw new UserError(
        `None of the ${runs.length} runs in ${workspace} is meant.`,
        'Leave --filter out, or add --archived.',
      );
    } else {
      const standings = new Map<RunRow, string>();
      for (const row of shown) standings.set(row, await standing(runOf(row)));
      showRunTable(output, shown, standings, new Date());
    }
    return 0;
  },
};
