// Reports of jobs other than an evaluation on pairs, as they are read again.
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { withPresentPaths } from '../files/movedFolder';
import { type ClassificationReport, classificationReportSchema } from '../protocol/classificationReport';
import { UserError } from '../protocol/errors';
import { type IdentificationReport, identificationReportSchema } from '../protocol/identificationReport';
import { jsonFault } from '../protocol/jsonFault';
import { readMoveOfRun } from '../run/movedRun';

/** What a classifier has said to a folder. @throws UserError when the file cannot be read or is no such report */
export async function readClassification(path: string): Promise<ClassificationReport> {
  return readRunReport(path, classificationReportSchema, 'a classification', 'Classify the folder again.');
}

/** Whether people were found and strangers refused. @throws UserError when the file cannot be read or is no such report */
export async function readIdentification(path: string): Promise<IdentificationReport> {
  return readRunReport(path, identificationReportSchema, 'an identification', 'Evaluate the identification again.');
}

/** Whether a file says that it is of an identification; its reader says what is wrong with it. */
export async function isIdentification(path: string): Promise<boolean> {
  try {
    const report: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof report === 'object' && report !== null && 'rank1' in report;
  } catch {
    return false;
  }
}

/** Its paths are those of now, of a workspace that was moved too. */
async function readRunReport<S extends z.ZodType>(
  path: string,
  schema: S,
  what: string,
  action: string,
): Promise<z.output<S>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError(`The report ${path} cannot be read.`, action, { cause });
  });
  try {
    const report = schema.parse(JSON.parse(text));
    const move = await readMoveOfRun(dirname(dirname(resolve(path))));
    return move === undefined ? report : withPresentPaths(report, move);
  } catch (cause) {
    throw new UserError(`${path} is no report of ${what} of this version: ${jsonFault(cause)}.`, action, { cause });
  }
}
