// What lists, tabs and the terminal call runs, their states and times.
import * as l10n from '@vscode/l10n';
import type { RunState } from '../protocol/run';
import type { RunKind } from '../protocol/runRow';

/** E.g. `fine-tuning`, in the middle of a sentence. */
export function kindInWords(kind: RunKind): string {
  switch (kind) {
    case 'fineTuning':
      return l10n.t('fine-tuning');
    case 'scratch':
      return l10n.t('from scratch');
    case 'triplets':
      return l10n.t('triplets');
    case 'validation':
      return l10n.t('validation');
    case 'alignment':
      return l10n.t('alignment');
    case 'demo':
      return l10n.t('demo');
    case 'classifier':
      return l10n.t('classifier');
    case 'classification':
      return l10n.t('classification');
    case 'identification':
      return l10n.t('identification');
  }
}

export function stateInWords(state: RunState): string {
  switch (state) {
    case 'starting':
      return l10n.t('starting');
    case 'running':
      return l10n.t('running');
    case 'stopping':
      return l10n.t('stopping');
    case 'done':
      return l10n.t('done');
    case 'stopped':
      return l10n.t('stopped');
    case 'failed':
      return l10n.t('failed');
    case 'lost':
      return l10n.t('lost');
  }
}

/**
 * When something was, as one says it: `today 00:16`, `yesterday 23:10`, `Mar 2, 09:00`, `Mar 2, 2025`; in the time zone of
 * the reader.
 */
export function dayInWords(iso: string, now: Date): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const time = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  switch (daysBetween(date, now)) {
    case 0:
      return l10n.t('today {0}', time);
    case 1:
      return l10n.t('yesterday {0}', time);
  }
  const sameYear = date.getFullYear() === now.getFullYear();
  const day = date.toLocaleDateString(undefined, {
    month: 'short',
    day: 'numeric',
    ...(!sameYear && { year: 'numeric' }),
  });
  return sameYear ? l10n.t('{0}, {1}', day, time) : day;
}

/** Days of the calendar, whatever the hours and however long a day of them was. */
function daysBetween(from: Date, to: Date): number {
  const dayOf = (date: Date): number => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (dayOf(to) - dayOf(from)) / 86_400_000;
}
