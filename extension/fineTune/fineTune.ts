import * as vscode from 'vscode';
import type { EnginePreference, LfwConfig, Phase, TrainConfig } from '../../src/protocol/trainConfig';
import { type FineTuneChoice, measuredRates, requestOf, titleOf } from './choice';
import { lookForEngine } from './engineFound';
import { dataQuestion } from './dataQuestion';
import { forgetAside, keepAside } from './measure';
import { measureQuestion } from './measureQuestion';
import type { Preset } from './presets';
import {
  type Asking,
  modelQuestion,
  nameQuestion,
  networkOf,
  presetQuestion,
  rememberedPairs,
  settingsOfPreset,
  trainableDataset,
} from './questions';
import type { FineTuneDecision } from './summary';
import { summaryQuestion } from './summaryQuestion';
import { askInOrder } from '../inputs/steps';
import { optionsOf, pathOf } from '../inputs/targets';
import { showRun } from '../runs/runPanel';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { rootFor } from '../jobs/jobRequests';

/** What Fine-Tune may be called with; whatever is missing is asked. */
export interface FineTuneOptions {
  dataDir: string;
  model: string;
  preset: Preset['id'];
  /** Instead of a preset. */
  phases: Phase[];
  /** null: no validation on pairs. */
  lfw: (Partial<LfwConfig> & Pick<LfwConfig, 'dir' | 'pairs'>) | null;
  /** Any other field of a training configuration. */
  config: Partial<TrainConfig>;
  title: string;
  /** Script for Slurm to write in place of a start; a file that is there is replaced after asking. */
  slurmScript: string;
}

/** What Fine-Tune has made: a run configuration and, where it was started, the run's folder, or a script for Slurm. */
export interface FineTuned {
  configuration: string;
  folder?: string;
  script?: string;
}

/**
 * Asks what is to be trained and how, shows what will happen, saves the choice as a run configuration, starts the worker
 * and opens the Run tab. Left with Escape, nothing has been written. What is called with every answer starts at once.
 */
export async function fineTune(services: Services, argument?: unknown): Promise<FineTuned | undefined> {
  const given: Partial<FineTuneOptions> = { ...optionsOf<FineTuneOptions>(argument), ...fromRow(argument) };
  // A wrong folder is said before more questions.
  if (given.dataDir !== undefined) await trainableDataset(expand(given.dataDir));
  const choice: FineTuneChoice = {
    ...given,
    config: given.config ?? {},
    engine: vscode.workspace.getConfiguration('facenet').get<EnginePreference>('engine', 'auto'),
  };
  if (given.preset !== undefined && given.phases === undefined) {
    const network = given.model === undefined ? undefined : await networkOf(given.model);
    const settings = settingsOfPreset(given.preset, network, choice.config.head);
    // The head and the rates depend on the model.
    if (given.model !== undefined) Object.assign(choice, settings);
  }
  const complete = choice.dataDir !== undefined && choice.model !== undefined && choice.phases !== undefined;
  try {
    const action = complete && choice.lfw !== undefined ? 'start' : await ask(services, choice);
    if (action === undefined) return undefined;
    return await finish(services, choice, given.slurmScript === undefined ? action : 'slurm', given.slurmScript);
  } finally {
    await forgetAside(choice);
  }
}

/** Asks what the choice lacks, then shows the summary; resolves to what is to be done with it. */
async function ask(services: Services, choice: FineTuneChoice): Promise<FineTuneDecision | undefined> {
  const asking: Asking = {
    services,
    choice,
    // Looked for while the first questions are answered.
    engine: lookForEngine(services.commandLine),
    rates: measuredRates(services.runs).catch(() => undefined),
    pairs: rememberedPairs(services.library),
  };
  let decision: FineTuneDecision | undefined;
  const questions = [
    ...(choice.dataDir === undefined ? [dataQuestion(asking)] : []),
    ...(choice.title === undefined ? [nameQuestion(asking)] : []),
    ...(choice.model === undefined ? [modelQuestion(asking)] : []),
    ...(choice.phases === undefined && choice.preset === undefined ? [presetQuestion(asking)] : []),
    ...(choice.lfw === undefined ? [measureQuestion(asking)] : []),
    summaryQuestion(asking, (action) => (decision = action)),
  ];
  return (await askInOrder(vscode.l10n.t('Fine-Tune'), questions)) ? decision : undefined;
}

async function finish(
  { jobs, panels }: Services,
  choice: FineTuneChoice,
  action: FineTuneDecision,
  slurmScript: string | undefined,
): Promise<FineTuned> {
  const title = titleOf(choice);
  const dataDir = expand(choice.dataDir!);
  const root = rootFor(dataDir, dataDir);
  await keepAside(choice, root, dataDir);
  const request = requestOf(choice);
  const { configurationText, saveConfiguration } = await import('../../src/train/settings/configurationFile');
  const configuration = await saveConfiguration(root, title, configurationText(request.config, { root, title }));
  if (action === 'slurm') {
    const { saveSlurmScript } = await import('./saveSlurmScript');
    const script = await saveSlurmScript({ title, root, configuration }, slurmScript);
    return { configuration, ...(script !== undefined && { script }) };
  }
  if (action === 'save') {
    await vscode.window.showTextDocument(vscode.Uri.file(configuration), { preview: false });
    return { configuration };
  }
  const run = await jobs.start(request, { root, title });
  await showRun(panels, run.folder);
  return { configuration, folder: run.folder };
}

/** The row of a tree is a dataset to train on or a model to start from. */
function fromRow(argument: unknown): Partial<FineTuneOptions> {
  if (typeof argument === 'string' || argument instanceof vscode.Uri) return { dataDir: pathOf(argument)! };
  const kind = (argument as { kind?: string } | undefined)?.kind;
  if (kind === 'dataset') return { dataDir: pathOf(argument, 'path')! };
  if (kind === 'model' || kind === 'checkpoint') return { model: pathOf(argument, 'path', 'prefix')! };
  return {};
}
