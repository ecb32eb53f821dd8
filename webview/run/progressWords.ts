// What a worker does and how far it is, in the language of the window; the worker itself speaks English.
import * as l10n from '@vscode/l10n';
import { type Activity, activities, trainedPhase } from '../../src/protocol/activities';
import type { ProgressEvent } from '../../src/protocol/events';
import { counted } from '../counts';
import { integer, throughput } from '../format';

const words: Record<Activity, string> = {
  [activities.listing]: l10n.t('Listing people'),
  [activities.aligning]: l10n.t('Aligning'),
  [activities.drawing]: l10n.t('Drawing people'),
  [activities.freezing]: l10n.t('Computing frozen activations'),
  [activities.evaluating]: l10n.t('Measuring on pairs'),
  [activities.checking]: l10n.t('Looking at the model'),
  [activities.choosing]: l10n.t('Choosing triplets'),
  [activities.embedding]: l10n.t('Embedding faces'),
  [activities.separating]: l10n.t('Telling people apart'),
};

/** What a worker does; in its own words where they are not known here, as those of a newer one. */
export function activityInWords(activity: string): string {
  const phase = trainedPhase(activity);
  if (phase !== undefined) return l10n.t('Training {0}', phase);
  return (words as Record<string, string>)[activity] ?? activity;
}

/** E.g. `120 of 300 images`. */
export function amountInWords({ done, total, unit }: ProgressEvent): string {
  const [made, all] = [integer(done), integer(total)];
  if (unit === 'images') return l10n.t('{0} of {1} images', made, all);
  if (unit === 'photographs') return l10n.t('{0} of {1} photographs', made, all);
  return l10n.t('{0} of {1} {2}', made, all, unit);
}

/** E.g. `300 images`, of which there may be none left. */
export function doneInWords({ done, unit }: ProgressEvent): string {
  if (unit === 'images') return counted.images(done);
  if (unit === 'photographs') return counted.photographs(done);
  return `${integer(done)} ${unit}`;
}

/** E.g. `188 images/s`. */
export function paceInWords(perSecond: number, unit: string): string {
  const pace = throughput(perSecond);
  if (unit === 'images') return l10n.t('{0} images/s', pace);
  if (unit === 'photographs') return l10n.t('{0} photographs/s', pace);
  return `${pace} ${unit}/s`;
}
