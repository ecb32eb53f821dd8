// What a fine-tuning will do, as rows of a quick pick: read before it starts, each row leads to the question behind it.
import { basename, sep } from 'node:path';
import * as vscode from 'vscode';
import { nameInChoice } from '../shown';
import type { RestoreStatus } from '../../src/checkpoint/restorePlan';
import type { Phase, TrainConfig } from '../../src/protocol/trainConfig';
import type { TimeEstimate } from '../../src/train/plan/timeEstimate';
import type { TrainingPreview } from '../../src/train/plan/estimate';
import { percent } from '../../src/words/rates';
import { counted } from '../counts';
import { wrap } from '../inputs/wrap';
import { duration } from '../jobs/activity';
import { workspaceRoot } from '../workspace/library';
import type { FineTuneChoice } from './choice';
import { deviceFor, deviceName, type EngineFound } from './engineFound';
import { headWords } from './headWords';
import { levelName } from './levels';
import { inSettingNames } from './settingNames';

/** What a row of the summary does when it is chosen; a sentence that is cut off in its row is said whole. */
export type SummaryAction =
  | 'start'
  | 'save'
  | 'slurm'
  | 'name'
  | 'data'
  | 'model'
  | 'phases'
  | 'head'
  | 'lfw'
  | 'heldOut'
  | 'engine'
  | 'plan'
  | { say: string };
/** What the last question ends in. */
export type FineTuneDecision = Extract<SummaryAction, 'start' | 'save' | 'slurm'>;
export type SummaryRow = vscode.QuickPickItem & { value?: SummaryAction };

/** What the configuration alone does not say. */
type Chosen = Pick<FineTuneChoice, 'title' | 'level' | 'aside'>;

/** E.g. `classifier 50 + last block 10 epochs`. */
export function phasesInWords(phases: readonly Phase[]): string {
  const all = phases.reduce((sum, { epochs }) => sum + epochs, 0);
  const named = phases.map(({ name, epochs }) => `${name} ${epochs}`).join(' + ');
  return all === 1 ? vscode.l10n.t('{0} epoch', named) : vscode.l10n.t('{0} epochs', named);
}

/** Start and end of a run take that long anyway. */
const fewSeconds = 10;

/** E.g. `about 12 min`, `at most 3 h 0 min`, `a few seconds`. */
export function timeInWords({ seconds, basis }: TimeEstimate): string {
  if (seconds < fewSeconds) return vscode.l10n.t('a few seconds');
  return basis.kind === 'atMost'
    ? vscode.l10n.t('at most {0}', duration(seconds))
    : vscode.l10n.t('about {0}', duration(seconds));
}

/** What an estimate of time rests on. */
function basisInWords({ basis }: TimeEstimate): string {
  switch (basis.kind) {
    case 'measured':
      return basis.runs === 1
        ? vscode.l10n.t('From an earlier run on this machine')
        : vscode.l10n.t('From {0} earlier runs on this machine', basis.runs);
    case 'documented':
      return vscode.l10n.t(
        'From rates of two server cores: this machine may differ severalfold, until a run of its own is known',
      );
    case 'atMost':
      return vscode.l10n.t('From rates of a processor, until a run on this GPU is known');
  }
}

/** In the order of the page. */
const statusWords: Record<RestoreStatus, string> = {
  restored: vscode.l10n.t('restored'),
  new: vscode.l10n.t('new'),
  'other-shape': vscode.l10n.t('other shape'),
  unused: vscode.l10n.t('unused'),
};

/** E.g. `132 restored, 2 new, 0 unused`. */
function restoreInWords({ counts }: { counts: Record<RestoreStatus, number> }): string {
  const fresh = counts.new + counts['other-shape'];
  return vscode.l10n.t('{0} restored, {1} new, {2} unused', counts.restored, fresh, counts.unused);
}

/** The restore plan as a page of text, by what happens to the variables. */
export function restorePage({ plan, notes }: NonNullable<TrainingPreview['restore']>): string {
  const lines = [restoreInWords(plan), ...notes, ''];
  const width = Math.max(...Object.values(statusWords).map(({ length }) => length));
  for (const [status, word] of Object.entries(statusWords)) {
    for (const entry of plan.entries.filter((candidate) => candidate.status === status)) {
      const shape = (entry.wantedShape ?? entry.fileShape ?? []).join('×');
      const other =
        status === 'other-shape' ? ` (${vscode.l10n.t('the file has {0}', entry.fileShape!.join('×'))})` : '';
      lines.push(`${word.padEnd(width)} ${entry.name} ${shape}${other}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** A sentence with paths of the workspace as they are shown elsewhere, so that more of it fits into a row. */
function brief(sentence: string): string {
  const root = workspaceRoot();
  return root === undefined ? sentence : sentence.replaceAll(`${root}${sep}`, '');
}

/** A sentence as rows of a list, none of which is cut off: label and detail of the first, further ones below it. */
function sentenceRows(icon: string, sentence: string, value: SummaryAction): SummaryRow[] {
  const lines = wrap(brief(inSettingNames(sentence)));
  return lines.flatMap((line, at): SummaryRow[] => {
    if (at % 2 === 1) return [];
    const label = `$(${at === 0 ? icon : 'blank'}) ${line}`;
    return [{ label, ...(at + 1 < lines.length && { detail: lines[at + 1]! }), value }];
  });
}

const separator = (label: string): SummaryRow => ({ label, kind: vscode.QuickPickItemKind.Separator });

/** E.g. `about 1.3 GB of memory`. */
function memoryInWords(bytes: number): string {
  return bytes < 1e8
    ? vscode.l10n.t('less than 0.1 GB of memory')
    : vscode.l10n.t('about {0} GB of memory', (bytes / 1e9).toFixed(1));
}

/** What the run is measured on. */
function measureRow({ lfw, excludePeople }: TrainConfig, { aside }: Chosen): SummaryRow {
  if (lfw === undefined) return { label: `$(circle-slash) ${vscode.l10n.t('No validation on pairs')}`, value: 'lfw' };
  if (lfw.pairs === aside?.file) {
    const { people, folds, pairsPerFold } = aside;
    return {
      label: `$(organization) ${vscode.l10n.t('{0} set aside', counted.people(people.length))}`,
      description: counted.pairs(2 * folds * pairsPerFold),
      value: 'lfw',
    };
  }
  return {
    label: `$(beaker) ${nameInChoice(basename(lfw.pairs))}`,
    description:
      excludePeople === undefined ? nameInChoice(basename(lfw.dir)) : vscode.l10n.t('its people are not trained with'),
    value: 'lfw',
  };
}

function heldOutRow({ validationSplitRatio: ratio }: TrainConfig, preview: TrainingPreview | undefined): SummaryRow {
  return ratio > 0
    ? {
        label: `$(checklist) ${vscode.l10n.t('{0} of the images of each person are held out', percent(ratio))}`,
        description: preview === undefined ? '' : counted.images(preview.validationImages),
        value: 'heldOut',
      }
    : { label: `$(circle-slash) ${vscode.l10n.t('No images are held out')}`, value: 'heldOut' };
}

/** The rows of the choices themselves; each asks its question again. */
function choiceRows(
  config: TrainConfig,
  preview: TrainingPreview | undefined,
  found: EngineFound,
  chosen: Chosen,
): SummaryRow[] {
  const device = deviceFor(config.engine, found);
  const images =
    preview === undefined
      ? ''
      : [counted.people(preview.people), counted.images(preview.trainingImages + preview.validationImages)].join(', ');
  const phases = phasesInWords(config.phases);
  const { title, level } = chosen;
  return [
    ...(title === undefined ? [] : [{ label: `$(tag) ${nameInChoice(title)}`, value: 'name' as const }]),
    { label: `$(organization) ${nameInChoice(basename(config.dataDir))}`, description: images, value: 'data' },
    {
      label: `$(package) ${nameInChoice(basename(config.pretrainedModel ?? ''))}`,
      description: preview === undefined ? '' : preview.network,
      value: 'model',
    },
    level === undefined
      ? { label: `$(layers) ${phases}`, value: 'phases' }
      : { label: `$(layers) ${levelName(level.id)}`, description: phases, value: 'phases' },
    { label: `$(target) ${headWords(config.head).label}`, description: vscode.l10n.t('loss head'), value: 'head' },
    measureRow(config, chosen),
    heldOutRow(config, preview),
    {
      label: `$(server-process) ${deviceName(device)}`,
      description: config.engine === 'auto' ? vscode.l10n.t('the fastest that was found') : config.engine,
      value: 'engine',
    },
  ];
}

/** What will be taken from the model, how long it takes, what it needs, and what does not fit. */
function outcomeRows(preview: TrainingPreview): SummaryRow[] {
  const { restore, time, memory, tooLarge, warnings } = preview;
  const parts = [
    ...(time.activations >= 1 ? [[vscode.l10n.t('frozen activations'), time.activations] as const] : []),
    ...time.phases.map(({ name, seconds }) => [name, seconds] as const),
    ...(time.evaluation >= 1 ? [[vscode.l10n.t('validation'), time.evaluation] as const] : []),
  ];
  const durations = parts.map(([name, seconds]) => `${name} ${duration(seconds)}`).join(', ');
  const needed = vscode.l10n.t('for a step of {0}, besides the engine itself', memory.phase);
  const timeSentence = `${timeInWords(time)}: ${durations}. ${basisInWords(time)}.`;
  const rows: SummaryRow[] = [
    { label: `$(watch) ${timeInWords(time)}`, detail: wrap(durations)[0] ?? '', value: { say: timeSentence } },
    ...wrap(basisInWords(time)).map((line): SummaryRow => ({
      label: `$(blank) ${line}`,
      value: { say: timeSentence },
    })),
    {
      label: `$(dashboard) ${memoryInWords(memory.total)}`,
      detail: needed,
      value: { say: `${memoryInWords(memory.total)} ${needed}.` },
    },
  ];
  if (restore !== undefined) {
    const notes = restore.notes.slice(1);
    rows.unshift(
      { label: `$(history) ${vscode.l10n.t('Restore plan: {0}', restoreInWords(restore.plan))}`, value: 'plan' },
      ...notes.flatMap((note) => sentenceRows('blank', note, 'plan')),
    );
  }
  if (tooLarge) {
    const detail = vscode.l10n.t('Train from a later stage on, or choose a smaller batch or micro-batch.');
    rows.push({ label: `$(error) ${vscode.l10n.t('That is more than is free.')}`, detail, value: 'phases' });
  }
  return [
    ...rows,
    ...warnings.flatMap((warning) => sentenceRows('warning', warning, { say: inSettingNames(warning) })),
  ];
}

/** The whole summary. A configuration that cannot be started has its `problem` where the start would be. */
export function summaryRows(
  config: TrainConfig,
  state: { preview: TrainingPreview } | { problem: string },
  found: EngineFound,
  chosen: Chosen,
): SummaryRow[] {
  const preview = 'preview' in state ? state.preview : undefined;
  const save: SummaryRow = {
    label: `$(go-to-file) ${vscode.l10n.t('Save as configuration and open it')}`,
    description: vscode.l10n.t('to change more first'),
    value: 'save',
  };
  const slurm: SummaryRow = {
    label: `$(server) ${vscode.l10n.t('Save as Slurm script')}`,
    description: vscode.l10n.t('to train on a cluster'),
    value: 'slurm',
  };
  const first: SummaryRow[] =
    'problem' in state
      ? sentenceRows('error', state.problem, { say: inSettingNames(state.problem) })
      : [
          {
            label: `$(play) ${vscode.l10n.t('Start fine-tuning')}`,
            description: timeInWords(state.preview.time),
            value: 'start',
          },
          save,
          slurm,
        ];
  return [
    ...first,
    ...(preview === undefined ? [] : [separator(vscode.l10n.t('what will happen')), ...outcomeRows(preview)]),
    separator(vscode.l10n.t('what was chosen')),
    ...choiceRows(config, preview, found, chosen),
  ];
}
