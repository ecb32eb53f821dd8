// The questions of Fine-Tune, in their order. Each notes its answer in the choice; nothing is written before the last.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type Dataset, imageCount, scanDataset } from '../../src/dataset/scan';
import { UserError, describeError } from '../../src/protocol/errors';
import type { NetworkName } from '../../src/protocol/networkNames';
import { headNames, type HeadName } from '../../src/protocol/settings/headDefaults';
import type { EnginePreference, Phase } from '../../src/protocol/trainConfig';
import type { MeasuredRates } from '../../src/train/plan/timeEstimate';
import type { TrainingPreview } from '../../src/train/plan/estimate';
import { counted } from '../counts';
import { pickDataset, pickModel, pickPairs } from '../inputs/pickers';
import { next, pickInStep, type Question, type StepTitle, WentBack } from '../inputs/steps';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { type FineTuneChoice, requestOf } from './choice';
import { deviceFor, deviceName, type EngineFound } from './engineFound';
import { headWords } from './headWords';
import { type Preset, presetsFor, recommendedPreset } from './presets';
import { presetWords } from './presetWords';
import { phasesInWords, restorePage, type SummaryAction, summaryRows, timeInWords } from './summary';

/** What the questions work with. */
export interface Asking extends AskingFor<FineTuneChoice> {
  engine: Promise<EngineFound>;
  rates: Promise<MeasuredRates | undefined>;
}

/** What a question works with that other commands ask too. */
export interface AskingFor<Choice> {
  services: Services;
  choice: Choice;
}

/** The people of an aligned dataset. @throws UserError for a folder that cannot be trained on */
export async function trainableDataset(dataDir: string): Promise<Dataset> {
  const dataset = await scanDataset(dataDir);
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

/** The phases of a preset by its identifier. @throws UserError for an unknown one */
export function phasesOfPreset(id: Preset['id'], network: NetworkName | undefined): Phase[] {
  const presets = presetsFor(network);
  const preset = presets.find((candidate) => candidate.id === id);
  if (preset !== undefined) return preset.phases;
  throw new UserError(
    vscode.l10n.t('There is no preset "{0}".', id),
    vscode.l10n.t('Choose one of {0}.', presets.map((known) => known.id).join(', ')),
  );
}

/** Asks until the answer is one that can be trained with; what is wrong with another one is said. */
async function untilUsable(
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

export function dataQuestion({ services, choice }: AskingFor<Pick<FineTuneChoice, 'dataDir'>>): Question {
  return {
    name: 'data',
    async ask(title) {
      const ask = async (): Promise<string | null | undefined> =>
        pickDataset(services.library, title, vscode.l10n.t('Aligned faces to train on'), {
          first: 'faces',
          ...(choice.dataDir !== undefined && { active: choice.dataDir }),
        });
      const answer = await untilUsable(services, ask, async (path) => trainableDataset(expand(path)));
      if (answer === undefined) return undefined;
      choice.dataDir = answer;
      return next;
    },
  };
}

export function modelQuestion({ services, choice }: Asking): Question {
  return {
    name: 'model',
    async ask(title) {
      const ask = async (): Promise<string | undefined> =>
        pickModel(services.library, services.runs, title, vscode.l10n.t('Model to start from'));
      const answer = await untilUsable(services, ask, networkOf);
      if (answer === undefined) return undefined;
      choice.model = answer;
      if (choice.preset !== undefined) choice.phases = phasesOfPreset(choice.preset, await networkOf(answer));
      return next;
    },
  };
}

/** What about the dataset's size recommends a preset. */
function reasonOf(because: ReturnType<typeof recommendedPreset>['because'], people: number, images: number): string {
  const size = [counted.images(images), counted.people(people)];
  switch (because) {
    case 'few':
      return vscode.l10n.t('{0} of {1}: so few would be learned by heart', ...size);
    case 'medium':
      return vscode.l10n.t('{0} of {1}: enough to train the last block', ...size);
    case 'many':
      return vscode.l10n.t('{0} of {1}, and a GPU: the whole network can be trained', ...size);
    case 'manyWithoutGpu':
      return vscode.l10n.t('{0} of {1}; without a GPU the whole network would take too long', ...size);
  }
}

type PresetRow = vscode.QuickPickItem & { value: Phase[] };

/** The presets with the time that each takes, the one that suits the dataset's size first. */
async function presetRows({ choice, engine, rates }: Asking): Promise<PresetRow[]> {
  const network = await networkOf(choice.model!);
  const dataset = await trainableDataset(expand(choice.dataDir!));
  const size = { people: dataset.people.length, images: imageCount(dataset) };
  const device = deviceFor(choice.engine, await engine);
  const { id, because } = recommendedPreset(size, device);
  const presets = [...presetsFor(network)].sort((a, b) => Number(b.id === id) - Number(a.id === id));
  const { previewTraining } = await import('../../src/train/plan/estimate');
  const rows = presets.map(async ({ id: own, phases }): Promise<PresetRow> => {
    const { label, detail } = presetWords(own);
    const { config } = requestOf({ ...choice, phases, lfw: null });
    // Why something cannot be estimated is told in the summary.
    const preview = await previewTraining(config, device, await rates).catch(() => undefined);
    const facts = [phasesInWords(phases), ...(preview === undefined ? [] : [timeInWords(preview.time)])];
    if (own !== id) return { label, description: facts.join(' · '), detail, value: phases };
    return {
      label: `$(star-full) ${label}`,
      description: [vscode.l10n.t('recommended'), ...facts].join(' · '),
      detail: `${reasonOf(because, size.people, size.images)}. ${detail}`,
      value: phases,
    };
  });
  return Promise.all(rows);
}

export function presetQuestion(asking: Asking): Question {
  return {
    name: 'phases',
    async ask(title) {
      const placeHolder = vscode.l10n.t('What is trained, one phase after the other');
      const rows = presetRows(asking);
      const chosen = JSON.stringify(asking.choice.phases);
      const active =
        chosen === undefined ? undefined : (await rows).find(({ value }) => JSON.stringify(value) === chosen);
      const phases = await pickInStep(title, placeHolder, rows, active?.value);
      if (phases === undefined) return undefined;
      asking.choice.phases = phases;
      return next;
    },
  };
}

export function lfwQuestion({ services, choice }: AskingFor<Pick<FineTuneChoice, 'lfw'>>): Question {
  return {
    name: 'lfw',
    async ask(title) {
      for (;;) {
        const dir = await pickDataset(
          services.library,
          title,
          vscode.l10n.t('Aligned faces to validate on, before, between and after the phases'),
          {
            none: `$(circle-slash) ${vscode.l10n.t('Do not validate')}`,
            first: 'faces',
            ...(choice.lfw && { active: choice.lfw.dir }),
          },
        );
        if (dir === undefined) return undefined;
        try {
          const pairs = dir === null ? null : await pickPairs(title, expand(dir), choice.lfw?.pairs);
          if (pairs === undefined) return undefined;
          choice.lfw = pairs === null || dir === null ? null : { dir, pairs };
          return next;
        } catch (error) {
          // Back from the pairs is to the folder, not to the question before it.
          if (!(error instanceof WentBack)) throw error;
        }
      }
    },
  };
}

async function pickEngine(title: StepTitle, choice: FineTuneChoice, found: EngineFound): Promise<void> {
  const label = (preference: EnginePreference): string =>
    preference === 'auto' ? vscode.l10n.t('Automatic: {0}', deviceName(found.device)) : deviceName(preference);
  const rows = (['auto', 'gpu', 'cpu', 'wasm'] as const).map((value) => ({
    label: label(value),
    description: value === 'auto' ? vscode.l10n.t('recommended') : value,
    detail: value === 'auto' ? found.notes.join(' ') : '',
    value,
  }));
  try {
    choice.engine =
      (await pickInStep<EnginePreference>(title, vscode.l10n.t('What trains'), rows, choice.engine)) ?? choice.engine;
  } catch (error) {
    // Back is to the summary, as is Escape.
    if (!(error instanceof WentBack)) throw error;
  }
}

/** What the people are learned with; its margins and the rest are changed in the configuration. */
async function pickHead(title: StepTitle, choice: FineTuneChoice): Promise<void> {
  const rows = headNames.map((value) => ({ ...headWords(value), value }));
  try {
    const head = await pickInStep<HeadName>(
      title,
      vscode.l10n.t('Loss head'),
      rows,
      choice.config.head ?? headNames[0],
    );
    if (head !== undefined) choice.config = { ...choice.config, head };
  } catch (error) {
    // Back is to the summary, as is Escape.
    if (!(error instanceof WentBack)) throw error;
  }
}

type SummaryState = { preview: TrainingPreview } | { problem: string };

/** The last question: shows what will happen; `decided` is told whether to start or only to save. */
export function summaryQuestion(asking: Asking, decided: (action: 'start' | 'save') => void): Question {
  const { services, choice, engine, rates } = asking;
  return {
    name: 'summary',
    async ask(title) {
      for (;;) {
        const { config } = requestOf(choice);
        const looked = (async () => {
          const { previewTraining } = await import('../../src/train/plan/estimate');
          const found = await engine;
          const state = await previewTraining(config, deviceFor(config.engine, found), await rates).then(
            (preview): SummaryState => ({ preview }),
            (error: unknown): SummaryState => ({ problem: describeError(error) }),
          );
          return { found, state };
        })();
        const rows = looked.then(({ state, found }) => summaryRows(config, state, found));
        const placeHolder = vscode.l10n.t('{0}: nothing has been written yet', basename(config.dataDir));
        const action = await pickInStep<SummaryAction>(title, placeHolder, rows);
        switch (action) {
          case undefined:
            return undefined;
          case 'start':
          case 'save':
            decided(action);
            return next;
          case 'engine':
            await pickEngine(title, choice, await engine);
            break;
          case 'head':
            await pickHead(title, choice);
            break;
          case 'plan':
            await showPlan((await looked).state);
            break;
          case 'data':
          case 'model':
          case 'phases':
          case 'lfw':
            return action;
          default:
            services.notices.information(action.say);
        }
      }
    },
  };
}

async function showPlan(state: SummaryState): Promise<void> {
  if (!('preview' in state) || state.preview.restore === undefined) return;
  const document = await vscode.workspace.openTextDocument({ content: restorePage(state.preview.restore) });
  await vscode.window.showTextDocument(document, { preview: true, preserveFocus: true });
}
