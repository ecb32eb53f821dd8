import { join, resolve } from 'node:path';
import type { RunEvent } from '../../protocol/events';
import type { RunRecord } from '../../protocol/run';
import { isFinal } from '../../protocol/runRules';
import { readEvents } from '../../run/metricsLog';
import { shownName } from '../../protocol/shownText';
import { type ListedRun, listRuns } from '../../run/runList';
import { type Command, printJson } from '../command';
import { formatProgress } from '../terminal';

/** How far a run has come, or how it ended, in a few words; empty where there is nothing to say. */
function standing(record: RunRecord, events: readonly RunEvent[]): string {
  if (record.error !== undefined) return record.error.message;
  const last = events.findLast((event) => event.type === 'progress' || event.type === 'step');
  if (isFinal(record.state)) {
    const lfw = events.findLast((event) => event.type === 'lfw');
    if (lfw !== undefined) return `LFW ${lfw.accuracy.toFixed(4)} at step ${lfw.step}`;
    return record.checkpoint === undefined ? '' : `step ${record.checkpoint.step}`;
  }
  if (last?.type === 'step') return `step ${last.step}, epoch ${last.epoch} (${last.phase})`;
  return last === undefined ? '' : formatProgress(last);
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}

async function describeRun({ folder, record }: ListedRun): Promise<string[]> {
  const events = await readEvents(join(folder, 'metrics.jsonl'));
  return [record.id, record.request.kind, record.state, standing(record, events)].map(shownName);
}

export const command: Command = {
  name: 'runs',
  summary: 'List the runs of this folder, newest first.',
  configure(parser) {
    parser.add_argument('--workspace', {
      default: '.',
      help: 'folder whose .facenet/runs is listed (default: this one)',
    });
    parser.add_argument('--json', { action: 'store_true', help: 'print the records as a JSON array' });
  },
  async run(options, { output, cwd }) {
    const workspace = resolve(cwd, options.workspace as string);
    const runs = await listRuns(workspace, (problem) => output.problem(problem.sentence));
    if (options.json === true) {
      printJson(
        output,
        runs.map(({ folder, record }) => ({ folder, ...record })),
      );
      return 0;
    }
    if (runs.length === 0) output.line(`No runs in ${workspace}.`);
    else for (const line of columns(await Promise.all(runs.map(describeRun)))) output.line(line);
    return 0;
  },
};
