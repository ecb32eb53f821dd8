import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type ValidateRequest, validateRequestSchema } from '../../src/protocol/job';
import type { EnginePreference, LfwConfig } from '../../src/protocol/trainConfig';
import { isSetFile } from '../../src/recognize/setFile';
import { reportOf } from '../jobs/reports';
import { withRunProgress } from '../jobs/progressNotification';
import { pickDataset, pickModel, pickPairs } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import { showReport } from './lfwPanel';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { parseRequest, rootFor, shortName } from '../jobs/jobRequests';

/** What Validate on LFW may be called with; `model`, `dir` and `pairs` are asked when missing. */
export type ValidateOptions = Partial<LfwConfig> &
  Pick<Partial<ValidateRequest>, 'model' | 'imageSize' | 'standardization'>;

/** Compares the pairs of an aligned dataset, or of a verification set, with a model and opens the report; resolves to the run's folder and report. */
export async function validateOnLfw(
  { jobs, library, panels, runs }: Services,
  argument?: unknown,
): Promise<{ folder: string; state: string; report?: string } | undefined> {
  const { model: givenModel, imageSize, standardization, ...lfw } = optionsOf<ValidateOptions>(argument);
  const row = pathOf(argument, 'prefix', 'path');
  const isDataset = (argument as { kind?: string } | undefined)?.kind === 'dataset';
  const model =
    givenModel ??
    (isDataset ? undefined : row) ??
    (await pickModel(library, runs, step(1), vscode.l10n.t('Model to validate')));
  if (model === undefined) return undefined;
  const dir =
    lfw.dir ??
    (isDataset ? row : undefined) ??
    (await pickDataset(library, step(2), vscode.l10n.t('Aligned faces, one folder per person, or a verification set'), {
      first: 'faces',
      sets: true,
    }));
  if (dir === undefined || dir === null) return undefined;
  const isSet = isSetFile(expand(dir));
  // A set has its own pairs.
  const pairs = isSet ? dir : (lfw.pairs ?? (await pickPairs(step(3), expand(dir))));
  if (pairs === undefined) return undefined;

  const request = parseRequest(
    validateRequestSchema,
    {
      kind: 'validate',
      model: model === 'starter' ? model : expand(model),
      engine: vscode.workspace.getConfiguration('facenet').get<EnginePreference>('engine', 'auto'),
      ...(imageSize !== undefined && { imageSize }),
      ...(standardization !== undefined && { standardization }),
      lfw: { ...(isSet ? {} : await foldsOf(expand(pairs))), ...lfw, dir: expand(dir), pairs: expand(pairs) },
    },
    vscode.l10n.t('Validate on LFW'),
  );
  const title = vscode.l10n.t('{0} on {1}', shortName(model), basename(request.lfw.dir));
  const run = await jobs.start(request, { root: rootFor(request.lfw.dir, request.lfw.dir), title });
  const record = await withRunProgress(vscode.l10n.t('Validating {0}', title), run, jobs);
  const report = reportOf(record, run.folder);
  if (record.state !== 'done' || report === undefined) return { folder: run.folder, state: record.state };
  await showReport(panels, report);
  return { folder: run.folder, state: record.state, report };
}

function step(number: number): string {
  return `${vscode.l10n.t('Validate on LFW')} (${number}/3)`;
}

/** The folds that a pairs file was made for, where it says so: cut otherwise, its numbers could not be compared. */
async function foldsOf(pairs: string): Promise<{ folds?: number }> {
  const { parsePairs } = await import('../../src/dataset/pairsFormat');
  // A file that cannot be read is told by the worker, which needs it.
  const { folds } = parsePairs(await readFile(pairs, 'utf8').catch(() => ''));
  return folds === undefined || folds < 2 ? {} : { folds };
}
