// What is known of a model's distances: the report that was kept beside it, or that its run measured.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Model } from '../checkpoint/model';
import { calibrationOfReport, confidenceAt, euclideanThreshold, type Goal } from '../evaluate/calibration';
import { readReport } from '../evaluate/readReport';
import type { Calibration } from '../protocol/calibration';
import { chipOf, chipsDiffer } from '../protocol/chip';
import { UserError } from '../protocol/errors';
import type { LfwReport } from '../protocol/lfwReport';

/** Where a report is kept beside a model's files. */
export function keptReportPath(model: Pick<Model, 'path' | 'kind'>): string {
  if (model.kind === 'starter') {
    throw new UserError(
      'Nothing can be kept beside the starter, which is part of the program.',
      'Write the report with --json FILE and name it with --report FILE where it is needed.',
    );
  }
  return `${model.path}.lfw.json`;
}

export interface ModelCalibration {
  readonly calibration: Calibration;
  /** File that it is from. */
  readonly report: string;
  /** The recipe that its pairs were measured by. */
  readonly recipe: LfwReport['recipe'];
}

/** A sentence where a report was measured on faces that were cut out otherwise than those that are judged; undefined where they were not. */
export function otherChip(
  { report, recipe: measuredBy }: Pick<ModelCalibration, 'report' | 'recipe'>,
  recipe: Parameters<typeof chipOf>[0],
): string | undefined {
  if (!chipsDiffer(measuredBy, recipe)) return undefined;
  return (
    `The report ${report} was measured on faces cut out as "${chipOf(measuredBy)}", and these are cut out as "${chipOf(recipe)}": its ` +
    'thresholds belong to other distances; validate again on faces aligned as these are.'
  );
}

/**
 * The calibration of a model: of the report `chosen`, else of the one kept beside the model, else of the newest one that the
 * model's run has of this checkpoint. Reports with mirrored images or a subtracted mean are about other distances.
 * @throws UserError when the report that was chosen cannot be used
 */
export async function calibrationOf(model: Model, chosen?: string): Promise<ModelCalibration | undefined> {
  if (chosen !== undefined) {
    const found = await readReport(chosen);
    const calibration = calibrationOfReport(found);
    if (calibration !== undefined) return { calibration, report: chosen, recipe: found.recipe };
    throw new UserError(
      `${chosen} says nothing of the distance of two faces: it has pairs of one kind only, mirrored images or a subtracted mean.`,
      'Validate without --use_flipped_images and --subtract_mean.',
    );
  }
  if (model.kind === 'starter') return undefined;
  const kept = keptReportPath(model);
  for (const report of existsSync(kept) ? [kept] : await reportsOfRun(model)) {
    const found = await readReport(report).catch(() => undefined);
    if (found === undefined || (report !== kept && found.model.step !== model.step)) continue;
    const calibration = calibrationOfReport(found);
    if (calibration !== undefined) return { calibration, report, recipe: found.recipe };
  }
  return undefined;
}

/** Reports of the run that a checkpoint lies in, or in a folder of which it lies, newest name first. */
async function reportsOfRun({ path, step }: Model): Promise<string[]> {
  for (const folder of [dirname(path), dirname(dirname(path)), dirname(dirname(dirname(path)))]) {
    if (!existsSync(join(folder, 'run.json'))) continue;
    const place = join(folder, 'evaluations');
    const names = await readdir(place).catch(() => []);
    const reports = names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .reverse();
    const ofStep = reports.filter((name) => step !== undefined && name.includes(String(step)));
    return [...ofStep, ...reports.filter((name) => !ofStep.includes(name))].map((name) => join(place, name));
  }
  return [];
}

/** How two faces are judged by their Euclidean distance, 0 … 2. */
export interface Judge {
  /** Below it they are one person. */
  readonly threshold: number;
  /** P(same person), where the pairs of a report say it. */
  confidence(distance: number): number | undefined;
}

/** A judge by a threshold on the Euclidean distance that the user gives, or by a goal that a calibration has one for. */
export function judgeOf(
  calibration: Calibration | undefined,
  { threshold, goal }: { threshold?: number; goal: Goal },
): Judge | undefined {
  const chosen = threshold ?? (calibration === undefined ? undefined : euclideanThreshold(calibration, goal));
  if (chosen === undefined) return undefined;
  return {
    threshold: chosen,
    confidence: (distance) =>
      calibration === undefined ? undefined : confidenceAt(calibration, measured(calibration, distance)),
  };
}

/** A Euclidean distance of embeddings of length 1 as the report measures it. */
function measured({ metric }: Calibration, distance: number): number {
  if (metric === 0) return distance * distance;
  return Math.acos(Math.min(1, Math.max(-1, 1 - (distance * distance) / 2))) / Math.PI;
}
