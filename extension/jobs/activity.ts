// What a run is doing, in the few words of a tree row, a status bar or a progress notification.
import * as vscode from 'vscode';
import type { ProgressEvent, StepEvent } from '../../src/protocol/events';
import type { JobKind } from '../../src/protocol/job';
import type { RunRecord, RunState } from '../../src/protocol/run';
import { activityInWords, amountInWords } from './progressWords';

const kindWords: Record<JobKind, string> = {
  align: vscode.l10n.t('Aligning'),
  train: vscode.l10n.t('Fine-tuning'),
  validate: vscode.l10n.t('Validating'),
  demo: vscode.l10n.t('Creating the demo'),
  classifier: vscode.l10n.t('Training a classifier'),
  classify: vscode.l10n.t('Classifying'),
  identify: vscode.l10n.t('Measuring identification'),
};

const stateWords: Record<RunState, string> = {
  starting: vscode.l10n.t('starting'),
  running: vscode.l10n.t('running'),
  stopping: vscode.l10n.t('stopping'),
  done: vscode.l10n.t('done'),
  stopped: vscode.l10n.t('stopped'),
  failed: vscode.l10n.t('failed'),
  lost: vscode.l10n.t('lost'),
};

/** E.g. `Fine-tuning`. */
export function kindOf(record: RunRecord): string {
  return kindWords[record.request.kind];
}

export function stateOf(record: RunRecord): string {
  return stateWords[record.state];
}

/** `4 s`, `3 min`, `1 h 20 min`: as exact as an estimate deserves. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return vscode.l10n.t('{0} s', whole);
  const minutes = Math.round(whole / 60);
  return minutes < 60
    ? vscode.l10n.t('{0} min', minutes)
    : vscode.l10n.t('{0} h {1} min', Math.floor(minutes / 60), minutes % 60);
}

/** E.g. `Aligning 120/300 images, 12 s left`, `Classifier: step 40, loss 1.24, 310 images/s`. */
export function describeActivity(latest: ProgressEvent | StepEvent | undefined): string | undefined {
  if (latest === undefined) return undefined;
  if (latest.type === 'step') return describeStep(latest, latest.phase);
  const doing = [activityInWords(latest.activity), amountInWords(latest)].filter(Boolean).join(' ');
  const left = latest.runSecondsLeft ?? latest.etaSeconds;
  return left === undefined ? doing : vscode.l10n.t('{0}, about {1} left', doing, duration(left));
}

function describeStep({ step, loss, imagesPerSecond }: StepEvent, phase: string): string {
  const told = loss === null ? vscode.l10n.t('loss not finite') : vscode.l10n.t('loss {0}', loss.toPrecision(3));
  return vscode.l10n.t('{0}: step {1}, {2}, {3} images/s', phase, step, told, Math.round(imagesPerSecond));
}

/** What an active run does, of a step its phase among all phases; e.g. `classifier (1 of 2): step 40, …`. */
export function describeProgress(record: RunRecord, latest: ProgressEvent | StepEvent | undefined): string | undefined {
  if (latest?.type !== 'step') return describeActivity(latest);
  const phases = record.config?.phases ?? [];
  const index = phases.findIndex(({ name }) => name === latest.phase);
  const phase =
    index < 0 || phases.length < 2
      ? latest.phase
      : vscode.l10n.t('{0} ({1} of {2})', latest.phase, index + 1, phases.length);
  return describeStep(latest, phase);
}
