import { hostname } from 'node:os';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { SetAside } from '../../src/evaluate/setAside';
import { trainRequestSchema, type TrainRequest } from '../../src/protocol/job';
import type { HeadName } from '../../src/protocol/settings/headDefaults';
import { withPaths } from '../../src/protocol/settings/paths';
import {
  type EnginePreference,
  type LfwConfig,
  type Phase,
  type TrainConfig,
  trainSettings,
} from '../../src/protocol/trainConfig';
import type { MeasuredRates } from '../../src/train/plan/timeEstimate';
import { parseRequest, shortName } from '../jobs/jobRequests';
import type { RunStore } from '../jobs/runStore';
import { expand } from '../workspace/library';
import type { Level } from './levels';
import type { Preset } from './presets';

/** People who are set aside, with their pairs in a file that lies outside the workspace until the run is started. */
export interface Aside extends SetAside {
  file: string;
}

export type LfwChoice = Partial<LfwConfig> & Pick<LfwConfig, 'dir' | 'pairs'>;

/** What Fine-Tune has been told so far. */
export interface FineTuneChoice {
  dataDir?: string;
  model?: string;
  /** Decides the phases as soon as the model is known. */
  preset?: Preset['id'];
  phases?: Phase[];
  /** The loss head that goes with the preset; one in `config` wins. */
  head?: HeadName;
  /** The level that the preset was chosen as; absent where the preset itself was. */
  level?: Level;
  /** null: no validation on pairs. */
  lfw?: LfwChoice | null;
  /** Pairs file whose people are left out of the training. */
  excludePeople?: string | undefined;
  /** Part of each person's images that is held out; one in `config` wins. */
  heldOut?: number;
  /** People of the dataset who are set aside, where that was asked for last. */
  aside?: Aside | undefined;
  engine: EnginePreference;
  /** Any other field of a training configuration. */
  config: Partial<TrainConfig>;
  title?: string;
}

/** The training that a choice means; what is not chosen yet is left out where it may be. @throws UserError for a wrong option */
export function requestOf(choice: FineTuneChoice): TrainRequest {
  const { dataDir, model, phases, head, lfw, excludePeople, heldOut, engine, config } = choice;
  const measured = { excludePeople, validationSplitRatio: heldOut };
  const meant = { engine, head, ...measured, ...config, dataDir, pretrainedModel: model, phases, ...(lfw && { lfw }) };
  const request = { kind: 'train', config: withPaths(meant, trainSettings, expand) };
  return parseRequest(trainRequestSchema, request, vscode.l10n.t('Fine-Tune'));
}

export function titleOf({ title, model, dataDir }: FineTuneChoice): string {
  return title ?? vscode.l10n.t('{0} on {1}', shortName(model!), basename(expand(dataDir!)));
}

/** What earlier trainings of this workspace took on this machine. */
export async function measuredRates(runs: RunStore): Promise<MeasuredRates | undefined> {
  const { earlierRates } = await import('../../src/train/plan/earlierRates');
  return earlierRates(await runs.list(), hostname());
}
