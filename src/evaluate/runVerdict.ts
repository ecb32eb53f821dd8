import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRecord } from '../protocol/run';
import type { Verdict } from '../protocol/verdict';
import { readReport } from './readReport';
import { verdictOf } from './verdict';

const reportName = /^lfw-(\d+)\.json$/;

/** Where a training run keeps its report of a step, relative to its folder. */
export function reportOfStep(step: number): string {
  return `evaluations/lfw-${step}.json`;
}

/**
 * The verdict of a training run. Runs of earlier versions have none written down: theirs is made of their reports, of the
 * best checkpoint's, else of the last one; undefined where the beginning or nothing else was measured.
 * @throws UserError where a report cannot be read
 */
export async function verdictOfRun(
  folder: string,
  { verdict, best, labels }: Pick<RunRecord, 'verdict' | 'best' | 'labels'>,
): Promise<Verdict | undefined> {
  if (verdict !== undefined) return verdict;
  const files = await readdir(join(folder, 'evaluations')).catch(() => []);
  const measured = files.flatMap((name) => reportName.exec(name)?.slice(1).map(Number) ?? []).sort((a, b) => a - b);
  const step = best !== undefined && measured.includes(best.step) ? best.step : measured.at(-1);
  if (step === undefined || step === 0 || measured[0] !== 0) return undefined;
  const [before, after] = [
    await readReport(join(folder, reportOfStep(0))),
    await readReport(join(folder, reportOfStep(step))),
  ];
  return verdictOf(before, after, labels);
}
