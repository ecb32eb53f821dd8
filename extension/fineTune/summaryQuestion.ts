// The last question of Fine-Tune: what will happen, and what of it is changed.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { describeError } from '../../src/protocol/errors';
import { classifyingHeads, type HeadName } from '../../src/protocol/settings/headDefaults';
import type { EnginePreference } from '../../src/protocol/trainConfig';
import type { TrainingPreview } from '../../src/train/plan/estimate';
import { percent } from '../../src/words/rates';
import { next, pickInStep, type Question, type StepTitle, WentBack } from '../inputs/steps';
import { wrap } from '../inputs/wrap';
import { expand } from '../workspace/library';
import { type FineTuneChoice, requestOf } from './choice';
import { deviceFor, deviceName, type EngineFound } from './engineFound';
import { headWords } from './headWords';
import { usualHeldOut } from './measure';
import { costsStrangers, recommendedHead } from './measuredHeads';
import { type Asking, networkOf, phasesOfPreset, trainableDataset } from './questions';
import { type FineTuneDecision, restorePage, type SummaryAction, summaryRows } from './summary';
import { indexesFor } from '../jobs/datasetIndexes';

async function pickEngine(title: StepTitle, choice: FineTuneChoice, found: EngineFound): Promise<void> {
  const label = (preference: EnginePreference): string =>
    preference === 'auto' ? vscode.l10n.t('Automatic: {0}', deviceName(found.device)) : deviceName(preference);
  const rows = (['auto', 'gpu', 'cpu', 'wasm'] as const).map((value) => ({
    label: label(value),
    description: value === 'auto' ? vscode.l10n.t('recommended') : value,
    detail: value === 'auto' ? (wrap(found.notes.join(' '))[0] ?? '') : '',
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
  const { people } = await trainableDataset(expand(choice.dataDir!));
  const { preset } = choice;
  const network = await networkOf(choice.model!);
  const rows = classifyingHeads.map((head) => {
    const { label, detail } = headWords(head);
    if (preset === undefined || preset === 'classifier') return { label, detail, value: head };
    const warning = vscode.l10n.t('Where it was measured, strangers were told apart less well than before');
    return {
      label,
      description: head === recommendedHead(preset, network) ? vscode.l10n.t('recommended') : '',
      detail: costsStrangers(head, people.length) ? `$(warning) ${warning}` : detail,
      value: head,
    };
  });
  try {
    const { head: now } = requestOf(choice).config;
    const head = await pickInStep<HeadName>(title, vscode.l10n.t('Loss head'), rows, now);
    if (head === undefined) return;
    choice.config = { ...choice.config, head };
    // Each head has rates of its own.
    if (choice.preset !== undefined) {
      choice.phases = phasesOfPreset(choice.preset, network, head);
    }
  } catch (error) {
    // Back is to the summary, as is Escape.
    if (!(error instanceof WentBack)) throw error;
  }
}

/** How much of each person's images is kept from the training. */
async function pickHeldOut(title: StepTitle, choice: FineTuneChoice): Promise<void> {
  const parts = [0.1, usualHeldOut, 0.25, 0];
  const rows = parts.map((value) => ({
    label: value === 0 ? vscode.l10n.t('None') : percent(value),
    description: value === usualHeldOut ? vscode.l10n.t('recommended') : '',
    detail:
      value === 0
        ? vscode.l10n.t('Everything is trained with; nothing is known of each person')
        : vscode.l10n.t('At least one image of everybody who has two'),
    value,
  }));
  const placeHolder = vscode.l10n.t("Part of each person's images that is not trained with");
  try {
    const now = requestOf(choice).config.validationSplitRatio;
    choice.heldOut = (await pickInStep<number>(title, placeHolder, rows, now)) ?? choice.heldOut;
  } catch (error) {
    // Back is to the summary, as is Escape.
    if (!(error instanceof WentBack)) throw error;
  }
}

type SummaryState = { preview: TrainingPreview } | { problem: string };

/** The last question: shows what will happen; `decided` is told whether to start or only to save, and as what. */
export function summaryQuestion(asking: Asking, decided: (action: FineTuneDecision) => void): Question {
  const { services, choice, engine, rates } = asking;
  return {
    name: 'summary',
    async ask(title) {
      for (;;) {
        const { config } = requestOf(choice);
        const looked = (async () => {
          const { previewTraining } = await import('../../src/train/plan/estimate');
          const found = await engine;
          const state = await previewTraining(config, deviceFor(config.engine, found), await rates, {
            index: await indexesFor(config.dataDir),
          }).then(
            (preview): SummaryState => ({ preview }),
            (error: unknown): SummaryState => ({ problem: describeError(error) }),
          );
          return { found, state };
        })();
        const rows = looked.then(({ state, found }) => summaryRows(config, state, found, choice));
        const placeHolder = vscode.l10n.t('{0}: nothing has been written yet', basename(config.dataDir));
        const action = await pickInStep<SummaryAction>(title, placeHolder, rows);
        switch (action) {
          case undefined:
            return undefined;
          case 'start':
          case 'save':
          case 'slurm':
            decided(action);
            return next;
          case 'engine':
            await pickEngine(title, choice, await engine);
            break;
          case 'head':
            await pickHead(title, choice);
            break;
          case 'heldOut':
            await pickHeldOut(title, choice);
            break;
          case 'plan':
            await showPlan((await looked).state);
            break;
          case 'name':
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
