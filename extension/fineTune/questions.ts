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
import { next, pickInStep, type Question, WentBack } from '../inputs/steps';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { type FineTuneChoice, requestOf } from './choice';
import { deviceFor, type EngineFound } from './engineFound';
import { recommendedHead } from './measuredHeads';
import { type Preset, presetIds, presetsFor, recommendedPreset } from './presets';
import { presetWords } from './presetWords';
import { phasesInWords, timeInWords } from './summary';
import { indexesFor } from '../jobs/datasetIndexes';
import { withLateProgress } from '../jobs/progressNotification';

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
      if (choice.preset !== undefined) {
        Object.assign(choice, settingsOfPreset(choice.preset, await networkOf(answer), choice.config.head));
      }
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

type Offer = Pick<FineTuneChoice, 'phases' | 'head'> & { preset: Preset['id'] };
type PresetRow = vscode.QuickPickItem & { value: Offer };

/** The presets with the time that each takes, the one that suits the dataset's size first. */
async function presetRows({ choice, engine, rates }: Asking): Promise<PresetRow[]> {
  const network = await networkOf(choice.model!);
  const dataset = await trainableDataset(expand(choice.dataDir!));
  const size = { people: dataset.people.length, images: imageCount(dataset) };
  const device = deviceFor(choice.engine, await engine);
  const { id, because } = recommendedPreset(size, device);
  const offers = presetIds.flatMap((preset): Offer[] => {
    const head = choice.config.head ?? recommendedHead(preset, network);
    const phases = presetsFor(network, head).find((known) => known.id === preset)?.phases;
    return phases === undefined ? [] : [{ preset, head, phases }];
  });
  offers.sort((a, b) => Number(b.preset === id) - Number(a.preset === id));
  const { previewTraining } = await import('../../src/train/plan/estimate');
  const index = await indexesFor(dataset.root);
  const rows = offers.map(async (value): Promise<PresetRow> => {
    const { label, detail } = presetWords(value.preset);
    const { config } = requestOf({ ...choice, ...value, lfw: null });
    // Why something cannot be estimated is told in the summary.
    const preview = await previewTraining(config, device, await rates, { index }).catch(() => undefined);
    const facts = [phasesInWords(config.phases), ...(preview === undefined ? [] : [timeInWords(preview.time)])];
    if (value.preset !== id) return { label, description: facts.join(' · '), detail, value };
    const reasons = [reasonOf(because, size.people, size.images)];
    if (value.head === 'subcenter') {
      reasons.push(vscode.l10n.t('Sub-centre ArcFace told new photographs apart best where heads were measured'));
    }
    return {
      label: `$(star-full) ${label}`,
      description: [vscode.l10n.t('recommended'), ...facts].join(' · '),
      detail: [...reasons, detail].join('. '),
      value,
    };
  });
  return Promise.all(rows);
}

export function presetQuestion(asking: Asking): Question {
  const { choice } = asking;
  return {
    name: 'phases',
    async ask(title) {
      const placeHolder = vscode.l10n.t('What is trained, one phase after the other');
      const rows = presetRows(asking);
      const active =
        choice.preset === undefined ? undefined : (await rows).find(({ value }) => value.preset === choice.preset);
      const offer = await pickInStep(title, placeHolder, rows, active?.value);
      if (offer === undefined) return undefined;
      Object.assign(choice, offer);
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
