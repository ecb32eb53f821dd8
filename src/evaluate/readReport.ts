import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Move, presentPath } from '../files/movedFolder';
import { UserError } from '../protocol/errors';
import { jsonFault } from '../protocol/jsonFault';
import { type LfwReport, lfwReportSchema } from '../protocol/lfwReport';
import type { Verdict } from '../protocol/verdict';
import { readEvents } from '../run/metricsLog';
import { readMoveOfRun } from '../run/movedRun';
import { openRunFolder } from '../run/runFolder';
import { verdictOf } from './verdict';

/** Its paths are those of now, of a workspace that was moved too. @throws UserError when the file cannot be read or is no report. */
export async function readReport(path: string): Promise<LfwReport> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError(`The report ${path} cannot be read.`, 'Validate again to make a new one.', { cause });
  });
  try {
    return await withPathsOfNow(path, lfwReportSchema.parse(JSON.parse(text)));
  } catch (cause) {
    throw new UserError(
      `${path} is not an LFW report of this version: ${jsonFault(cause)}.`,
      'Validate again to make a new one.',
      { cause },
    );
  }
}

async function withPathsOfNow(path: string, report: LfwReport): Promise<LfwReport> {
  const move = await readMoveOfRun(dirname(dirname(resolve(path))));
  const present = move === undefined ? report : moved(report, move);
  if (report.imagesFromReport === undefined) return present;
  const imagesDir = resolve(dirname(path), report.imagesFromReport);
  return existsSync(imagesDir) ? { ...present, imagesDir } : present;
}

function moved({ model, imagesDir, ...report }: LfwReport, move: Move): LfwReport {
  return {
    ...report,
    model: { ...model, path: presentPath(model.path, move) },
    imagesDir: presentPath(imagesDir, move),
  };
}

export interface ComparedReport {
  report: LfwReport;
  baseline?: LfwReport;
  /** Of the report against the baseline. */
  verdict?: Verdict;
  /** Run folder that the report belongs to. */
  runFolder: string;
}

/**
 * A report with what it is compared to: the report `chosen` for that, none where that is null, and without a choice, in a
 * training run, the first evaluation of the same run, which is the pretrained model before any step.
 *
 * @throws UserError when the report, or the one that was chosen, cannot be read.
 */
export async function readComparedReport(path: string, chosen?: string | null): Promise<ComparedReport> {
  const runFolder = dirname(dirname(path));
  const report = await readReport(path);
  const baseline = await baselineOf(path, runFolder, chosen);
  if (baseline === undefined) return { report, runFolder };
  const verdict = verdictOf(baseline, report, await peopleOfModel(report.model, runFolder));
  return { report, runFolder, baseline, verdict };
}

async function baselineOf(
  path: string,
  runFolder: string,
  chosen: string | null | undefined,
): Promise<LfwReport | undefined> {
  if (chosen === null) return undefined;
  if (chosen !== undefined) return readReport(chosen);
  const evaluations = (await readEvents(join(runFolder, 'metrics.jsonl'))).filter((event) => event.type === 'lfw');
  const first = evaluations[0];
  const isFirst = first === undefined || join(runFolder, first.report) === path;
  return isFirst ? undefined : readReport(join(runFolder, first.report)).catch(() => undefined);
}

/** People that a model was trained on, where the run that made it can be found: a checkpoint lies in its run, or in `best` there. */
async function peopleOfModel({ path }: LfwReport['model'], runFolder: string): Promise<string[] | undefined> {
  const folders = [runFolder, dirname(dirname(path)), dirname(dirname(dirname(path)))];
  for (const folder of folders.filter((candidate) => existsSync(join(candidate, 'run.json')))) {
    const { labels } = (await openRunFolder(folder).catch(() => undefined))?.record ?? {};
    if (labels !== undefined) return labels;
  }
  return undefined;
}
