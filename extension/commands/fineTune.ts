import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../src/protocol/errors';
import { trainRequestSchema } from '../../src/protocol/job';
import type { NetworkName } from '../../src/protocol/recipe';
import type { EnginePreference, LfwConfig, Phase, TrainConfig } from '../../src/protocol/trainConfig';
import { scanDataset } from '../../src/dataset/scan';
import { type Preset, presetsFor } from '../fineTune/presets';
import { pickDataset, pickModel, pickOne, pickPairs } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { parseRequest, rootFor, shortName } from './jobRequests';

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
}

/** Asks what is to be trained and how, starts the worker and opens the Run tab; resolves to the run's folder. */
export async function fineTune(
  { jobs, library, panels, runs }: Services,
  argument?: unknown,
): Promise<{ folder: string } | undefined> {
  const given: Partial<FineTuneOptions> = { ...optionsOf<FineTuneOptions>(argument), ...fromRow(argument) };
  const data = given.dataDir ?? (await pickDataset(library, 'Fine-Tune (1/4)', 'Aligned faces to train on'));
  if (data === undefined || data === null) return undefined;
  const dataDir = expand(data);
  // A wrong folder is said before three more questions.
  const { people } = await scanDataset(dataDir);
  if (people.length < 2) throw new UserError(`${dataDir} holds one person only.`, 'A classifier needs at least two.');

  const model = given.model ?? (await pickModel(library, runs, 'Fine-Tune (2/4)', 'Model to start from'));
  if (model === undefined) return undefined;
  const phases = given.phases ?? (await choosePhases(given.preset, await networkOf(model)));
  if (phases === undefined) return undefined;
  const lfw = given.lfw === undefined ? await chooseLfw(library) : given.lfw;
  if (lfw === undefined) return undefined;

  const config = {
    engine: vscode.workspace.getConfiguration('facenet').get<EnginePreference>('engine', 'auto'),
    ...given.config,
    dataDir,
    pretrainedModel: model === 'starter' ? model : expand(model),
    phases,
    ...(lfw !== null && { lfw: { ...lfw, dir: expand(lfw.dir), pairs: expand(lfw.pairs) } }),
  };
  const request = parseRequest(trainRequestSchema, { kind: 'train', config }, 'Fine-Tune');
  const title = given.title ?? `${shortName(model)} on ${basename(dataDir)}`;
  const run = await jobs.start(request, { root: rootFor(dataDir, dataDir), title });
  await panels.showRun(run.folder);
  return { folder: run.folder };
}

/** The row of a tree is a dataset to train on or a model to start from. */
function fromRow(argument: unknown): Partial<FineTuneOptions> {
  if (typeof argument === 'string' || argument instanceof vscode.Uri) return { dataDir: pathOf(argument)! };
  const kind = (argument as { kind?: string } | undefined)?.kind;
  if (kind === 'dataset') return { dataDir: pathOf(argument, 'path')! };
  if (kind === 'model' || kind === 'checkpoint') return { model: pathOf(argument, 'path', 'prefix')! };
  return {};
}

/** Architecture of a model by its header; undefined where it cannot be told, which the training then reports. */
async function networkOf(model: string): Promise<NetworkName | undefined> {
  const { openModel } = await import('../../src/checkpoint/model');
  return (await openModel(model === 'starter' ? model : expand(model), { headerOnly: true })).network;
}

async function choosePhases(
  id: Preset['id'] | undefined,
  network: NetworkName | undefined,
): Promise<Phase[] | undefined> {
  const presets = presetsFor(network);
  if (id !== undefined) {
    const preset = presets.find((candidate) => candidate.id === id);
    if (preset === undefined) {
      throw new UserError(
        `There is no preset "${id}".`,
        `Choose one of ${presets.map((known) => known.id).join(', ')}.`,
      );
    }
    return preset.phases;
  }
  const choices = presets.map(({ label, detail, phases }) => ({
    label,
    description: inWords(phases),
    detail,
    value: phases,
  }));
  return pickOne('Fine-Tune (3/4)', 'What is trained, one phase after the other', choices);
}

function inWords(phases: readonly Phase[]): string {
  return `${phases.map(({ epochs }) => epochs).join(' + ')} epochs`;
}

async function chooseLfw(library: Services['library']): Promise<FineTuneOptions['lfw'] | undefined> {
  const title = 'Fine-Tune (4/4)';
  const none = '$(circle-slash) Do not validate';
  const dir = await pickDataset(
    library,
    title,
    'Aligned faces to validate on, before, between and after the phases',
    none,
  );
  if (dir === undefined || dir === null) return dir;
  const pairs = await pickPairs(title, expand(dir));
  return pairs === undefined ? undefined : { dir, pairs };
}
