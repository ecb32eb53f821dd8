import * as vscode from 'vscode';
import { type Activity, activities, trainedPhase } from '../../src/protocol/activities';
import type { ProgressEvent } from '../../src/protocol/events';
import { grouped } from '../counts';

const words: Record<Activity, string> = {
  [activities.listing]: vscode.l10n.t('Listing people'),
  [activities.aligning]: vscode.l10n.t('Aligning'),
  [activities.drawing]: vscode.l10n.t('Drawing people'),
  [activities.freezing]: vscode.l10n.t('Computing frozen activations'),
  [activities.evaluating]: vscode.l10n.t('Measuring on pairs'),
  [activities.checking]: vscode.l10n.t('Looking at the model'),
  [activities.choosing]: vscode.l10n.t('Choosing triplets'),
  [activities.embedding]: vscode.l10n.t('Embedding faces'),
  [activities.separating]: vscode.l10n.t('Telling people apart'),
};

/** What a worker does; in its own words where they are not known here, as those of a newer one. */
export function activityInWords(activity: string): string {
  const phase = trainedPhase(activity);
  return phase === undefined
    ? ((words as Record<string, string>)[activity] ?? activity)
    : vscode.l10n.t('Training {0}', phase);
}

/** E.g. `120/300 images`; undefined where the length is not known. */
export function amountInWords({ done, total, unit }: ProgressEvent): string | undefined {
  if (total <= 0) return undefined;
  const [made, all] = [grouped(done), grouped(total)];
  if (unit === 'images') {
    return total === 1 ? vscode.l10n.t('{0}/1 image', made) : vscode.l10n.t('{0}/{1} images', made, all);
  }
  if (unit === 'photographs') {
    return total === 1 ? vscode.l10n.t('{0}/1 photograph', made) : vscode.l10n.t('{0}/{1} photographs', made, all);
  }
  if (unit === 'people') {
    return total === 1 ? vscode.l10n.t('{0}/1 person', made) : vscode.l10n.t('{0}/{1} people', made, all);
  }
  if (unit === 'pairs') return vscode.l10n.t('{0}/{1} pairs', made, all);
  return `${made}/${all} ${unit}`;
}
