import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type ValidateRequest, validateRequestSchema } from '../../src/protocol/job';
import type { EnginePreference, LfwConfig } from '../../src/protocol/trainConfig';
import { withRunProgress } from '../jobs/progressNotification';
import { pickDataset, pickModel, pickPairs } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import { reportOf } from '../jobs/results';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { parseRequest, rootFor, shortName } from './jobRequests';

/** What Validate on LFW may be called with; `model`, `dir` and `pairs` are asked when missing. */
export type ValidateOptions = Partial<LfwConfig> &
  Pick<Partial<ValidateRequest>, 'model' | 'imageSize' | 'standardization'>;

/** Compares the pairs of an aligned dataset with a model and opens the report; resolves to the run's folder and report. */
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
    (await pickModel(library, runs, 'Validate on LFW (1/3)', 'Model to validate'));
  if (model === undefined) return undefined;
  const dir =
    lfw.dir ??
    (isDataset ? row : undefined) ??
    (await pickDataset(library, 'Validate on LFW (2/3)', 'Aligned faces, one folder per person'));
  if (dir === undefined || dir === null) return undefined;
  const pairs = lfw.pairs ?? (await pickPairs('Validate on LFW (3/3)', expand(dir)));
  if (pairs === undefined) return undefined;

  const request = parseRequest(
    validateRequestSchema,
    {
      kind: 'validate',
      model: model === 'starter' ? model : expand(model),
      engine: vscode.workspace.getConfiguration('facenet').get<EnginePreference>('engine', 'auto'),
      ...(imageSize !== undefined && { imageSize }),
      ...(standardization !== undefined && { standardization }),
      lfw: { ...lfw, dir: expand(dir), pairs: expand(pairs) },
    },
    'Validate on LFW',
  );
  const title = `${shortName(model)} on ${basename(request.lfw.dir)}`;
  const run = await jobs.start(request, { root: rootFor(request.lfw.dir, request.lfw.dir), title });
  const record = await withRunProgress(`Validating ${title}`, run, jobs);
  const report = reportOf(record, run.folder);
  if (record.state !== 'done' || report === undefined) return { folder: run.folder, state: record.state };
  await panels.showReport(report);
  return { folder: run.folder, state: record.state, report };
}
