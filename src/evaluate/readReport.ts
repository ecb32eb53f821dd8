import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../protocol/errors';
import { jsonFault } from '../protocol/jsonFault';
import { type LfwReport, lfwReportSchema } from '../protocol/lfwReport';
import { readEvents } from '../run/metricsLog';

/** @throws UserError when the file cannot be read or is no report. */
export async function readReport(path: string): Promise<LfwReport> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError(`The report ${path} cannot be read.`, 'Validate again to make a new one.', { cause });
  });
  try {
    return lfwReportSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UserError(
      `${path} is not an LFW report of this version: ${jsonFault(cause)}.`,
      'Validate again to make a new one.',
      { cause },
    );
  }
}

export interface ComparedReport {
  report: LfwReport;
  baseline?: LfwReport;
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
  if (chosen === null) return { report, runFolder };
  if (chosen !== undefined) return { report, runFolder, baseline: await readReport(chosen) };
  const evaluations = (await readEvents(join(runFolder, 'metrics.jsonl'))).filter((event) => event.type === 'lfw');
  const first = evaluations[0];
  const isFirst = first === undefined || join(runFolder, first.report) === path;
  const baseline = isFirst ? undefined : await readReport(join(runFolder, first.report)).catch(() => undefined);
  return { report, runFolder, ...(baseline !== undefined && { baseline }) };
}
