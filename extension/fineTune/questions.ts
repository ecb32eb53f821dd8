// The questions of Fine-Tune before its summary, in their order. Each notes its answer in the choice.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type Dataset, imageCount } from '../../src/dataset/scan';
import { StoppedError, UserError } from '../../src/protocol/errors';
import type { NetworkName } from '../../src/protocol/networkNames';
import type { HeadName } from '../../src/protocol/settings/headDefaults';
import type { Phase } from '../../src/protocol/trainConfig';
import type { MeasuredRates } from '../../src/train/plan/timeEstimate';
import { counted, grouped } from '../counts';
import { pickDataset, pickModel, pickPairs } from '../inputs/pickers';
import { inputInStep, next, pickInStep, type Question, type StepTitle, WentBack } from '../inputs/steps';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { type FineTuneChoice, type LfwChoice, requestOf } from './choice';
import { datasetWarnings } from './datasetFacts';
import { deviceFor, type EngineFound } from './engineFound';
import { type FittingPairs, fittingPairs } from './fittingPairs';
import { levelName, levelWords, levelsFor, phasesOfLevel } from './levels';
import { recommendedHead } from './measuredHeads';
import { type Preset, presetsFor } from './presets';
import { timeInWords } from './summary';
import { indexesFor } from '../jobs/datasetIndexes';
import { withLateProgress } from '../jobs/progressNotification';

/** What the questions work with. */
export interface Asking extends AskingFor<FineTuneChoice> {
  engine: Promise<EngineFound>;
  rates: Promise<MeasuredRates | undefined>;
  /** Pairs files that fit a dataset. */
  pairs: (dataset: Dataset) => Promise<FittingPairs[]>;
}

/** What a question works with that other commands ask too. */
export interface AskingFor<Choice> {
  services: Services;
  choice: Choice;
}

/**
 * The people of an aligned dataset; where listing them takes long, a notification counts them and can stop it.
 * @throws UserError for a folder that cannot be trained on, StoppedError
 */
export async function trainableDataset(dataDir: string): Promise<Dataset> {
  const { openDataset } = await import('../../src/dataset/datasetIndex');
  const index = await indexesFor(dataDir);
  const name = basename(dataDir);
  const { dataset } = await withLateProgress(vscode.l10n.t('Reading {0}', name), async (signal, report) => {
    const onProgress = (done: number, total: number): void =>
      report(vscode.l10n.t('{0} of {1}', grouped(done), counted.people(total)));
    return openDataset(dataDir, { index, signal, onProgress }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
      throw new StoppedError(vscode.l10n.t('Stopped; the people of {0} are not known.', name));
    });
  });
  if (dataset.people.length < 2) {
    throw new UserError(
      vscode.l10n.t('{0} holds one person only.', dataDir),
      vscode.l10n.t('A classifier needs at least two.'),
    );
  }
  return dataset;
}

/** Architecture of a model by its header; undefined where it cannot be told, which the summary then reports. */
export async function networkOf(model: string): Promise<NetworkName | undefined> {
  const { openModel } = await import('../../src/checkpoint/model');
  return (await openModel(model === 'starter' ? model : expand(model), { headerOnly: true })).network;
}

/** The phases of a preset by its identifier. @throws UserError for one that there is not */
export function phasesOfPreset(
  id: Preset['id'],
  network: NetworkName | undefined,
  head: HeadName = 'softmax',
): Phase[] {
  const presets = presetsFor(network, head);
  const preset = presets.find((candidate) => candidate.id === id);
  if (preset !== undefined) return preset.phases;
  throw new UserError(
    vscode.l10n.t('There is no preset "{0}".', id),
    vscode.l10n.t('Choose one of {0}.', presets.map((known) => known.id).join(', ')),
  );
}

/** What a preset means for a network: its loss head, unless one is chosen, and the phases with the rates of both. */
export function settingsOfPreset(
  id: Preset['id'],
  network: NetworkName | undefined,
  chosen: HeadName | undefined,
): Required<Pick<FineTuneChoice, 'head' | 'phases'>> {
  const head = chosen ?? recommendedHead(id, network);
  return { head, phases: phasesOfPreset(id, network, head) };
}

/** Asks until the answer is one that can be trained with; what is wrong with another one is said. */
export async function untilUsable(
  services: Services,
  ask: () => Promise<string | null | undefined>,
  check: (answer: string) => Promise<unknown>,
): Promise<string | undefined> {
  for (;;) {
    const answer = await ask();
    if (answer === undefined || answer === null) return undefined;
    try {
      await check(answer);
      return answer;
    } catch (error) {
      services.notices.problem(error);
    }
  }
}

/** The fitting pairs files of a dataset, looked for once. */
export function rememberedPairs(library: Services['library']): Asking['pairs'] {
  const found = new Map<string, Promise<FittingPairs[]>>();
  return async (dataset) => {
    const known = found.get(dataset.root) ?? fittingPairs(library, dataset).catch(() => []);
    found.set(dataset.root, known);
    return known;
  };
}

/** The name of the run, and what to know of its dataset before anything else is chosen. */
export function nameQuestion({ services, choice, pairs }: Asking): Question {
  return {
    name: 'name',
    async ask(title) {
      const dataDir = expand(choice.dataDir!);
      const names = new Set((await services.runs.list()).map(({ record }) => record.title));
      const warning = trainableDataset(dataDir).then(async (dataset) => datasetWarnings(dataset, await pairs(dataset)));
      const value = choice.title ?? freeName(basename(dataDir), names);
      const prompt = vscode.l10n.t('Name of the run, to find it again');
      const name = await inputInStep(title, { prompt, value, warning: warning.then((all) => all.join(' ')) });
      if (name === undefined) return undefined;
      choice.title = name;
      return next;
    },
  };
}

/** The name, or its first number that no run has. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let number = 1;
  const numbered = (): string => (number === 1 ? name : `${name} ${number}`);
  while (taken.has(numbered())) number++;
  return numbered();
}

export function modelQuestion({ services, choice }: Asking): Question {
  return {
    name: 'model',
    async ask(title) {
      const ask = async (): Promise<string | undefined> =>
        pickModel(services.library, services.runs, title, vscode.l10n.t('Model to start from'), {
          faces: expand(choice.dataDir!),
        });
      const answer = await untilUsable(services, ask, networkOf);
      if (answer === undefined) return undefined;
      choice.model = answer;
      if (choice.preset !== undefined) {
        Object.assign(choice, settingsOfPreset(choice.preset, await networkOf(answer), choice.config.head));
      }
      return next;
    },
  };
}

type Offer = Required<Pick<FineTuneChoice, 'preset' | 'phases' | 'head' | 'level'>>;
type LevelRow = vscode.QuickPickItem & { value: Offer };

/** The levels with the time that each takes, the one that suits the dataset's size first. */
async function levelRows({ choice, engine, rates }: Asking): Promise<LevelRow[]> {
  const network = await networkOf(choice.model!);
  const dataset = await trainableDataset(expand(choice.dataDir!));
  const size = { people: dataset.people.length, images: imageCount(dataset) };
  const device = deviceFor(choice.engine, await engine);
  const { previewTraining } = await import('../../src/train/plan/estimate');
  const index = await indexesFor(dataset.root);
  const rows = levelsFor(size, device).flatMap((level): Promise<LevelRow>[] => {
    const { preset } = level;
    const head = choice.config.head ?? recommendedHead(preset, network);
    const known = presetsFor(network, head).find(({ id }) => id === preset)?.phases;
    if (known === undefined) return [];
    const value: Offer = { preset, head, level, phases: phasesOfLevel(level, known) };
    return [levelRow(value)];
  });
  async function levelRow(value: Offer): Promise<LevelRow> {
    const { config } = requestOf({ ...choice, ...value, lfw: null, excludePeople: undefined });
    // Why something cannot be estimated is told in the summary.
    const preview = await previewTraining(config, device, await rates, { index }).catch(() => undefined);
    const { level } = value;
    const icon = level.id === 'recommended' ? '$(star-full) ' : '';
    const time = preview === undefined ? [] : [timeInWords(preview.time)];
    const seen = level.id === 'recommended' ? [counted.images(size.images), counted.people(size.people)] : [];
    return {
      label: `${icon}${levelName(level.id)}`,
      description: [...time, ...(seen.length === 0 ? [] : [vscode.l10n.t('for {0} of {1}', ...seen)])].join(' · '),
      detail: levelWords(level),
      value,
    };
  }
  return Promise.all(rows);
}

export function presetQuestion(asking: Asking): Question {
  const { choice } = asking;
  return {
    name: 'phases',
    async ask(title) {
      const placeHolder = vscode.l10n.t('How thoroughly to train');
      const rows = levelRows(asking);
      const { level } = choice;
      const active = level === undefined ? undefined : (await rows).find(({ value }) => value.level.id === level.id);
      const offer = await pickInStep(title, placeHolder, rows, active?.value);
      if (offer === undefined) return undefined;
      Object.assign(choice, offer);
      return next;
    },
  };
}

/** Faces and a pairs file, whichever; null: none, where that is offered; 'back' where the first of both was gone back from. */
async function askFor(
  services: Services,
  title: StepTitle,
  before: LfwChoice | null | undefined,
  none?: string,
): Promise<LfwChoice | null | 'back' | undefined> {
  for (;;) {
    let dir: string | null | undefined;
    try {
      dir = await pickDataset(
        services.library,
        title,
        vscode.l10n.t('Aligned faces to validate on, before, between and after the phases'),
        { ...(none !== undefined && { none }), first: 'faces', ...(before && { active: before.dir }) },
      );
    } catch (error) {
      if (error instanceof WentBack) return 'back';
      throw error;
    }
    if (dir === undefined || dir === null) return dir;
    try {
      const pairs = await pickPairs(title, expand(dir), before?.pairs);
      return pairs === undefined ? undefined : { dir, pairs };
    } catch (error) {
      // Back from the pairs is to the folder, not to the question before it.
      if (!(error instanceof WentBack)) throw error;
    }
  }
}

/** Faces and a pairs file; 'back' where the question that led here is to be asked again. */
export async function askForPairs(
  services: Services,
  title: StepTitle,
  before: LfwChoice | null | undefined,
): Promise<LfwChoice | 'back' | undefined> {
  return (await askFor(services, title, before)) ?? undefined;
}

export function lfwQuestion({ services, choice }: AskingFor<Pick<FineTuneChoice, 'lfw'>>): Question {
  return {
    name: 'lfw',
    async ask(title) {
      const none = `$(circle-slash) ${vscode.l10n.t('Do not validate')}`;
      const answer = await askFor(services, title, choice.lfw, none);
      if (answer === undefined) return undefined;
      if (answer === 'back') throw new WentBack();
      choice.lfw = answer;
      return next;
    },
  };
}
