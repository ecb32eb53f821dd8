// What a verdict says, in the same words wherever it is shown.
import * as l10n from '@vscode/l10n';
import type { RunRecord } from '../protocol/run';
import type { MeasuredVerdict, Verdict } from '../protocol/verdict';
import { percent, points } from './rates';

/** The verdict in one sentence without a full stop. */
export function verdictSentence(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'incomparable':
      return verdict.reason === 'pairs'
        ? l10n.t('No verdict: before and after were measured on different pairs')
        : l10n.t('No verdict: before and after were measured differently ({0})', verdict.differences.join(', '));
    case 'better':
      return l10n.t('Better by {0} points ({1}): use step {2}', gain(verdict), figures(verdict), verdict.step);
    case 'worse':
      return verdict.people === 'outsiders'
        ? l10n.t(
            'Worse on outsiders by {0} points ({1}): people outside the training are told apart less well than by {2}',
            gain(verdict),
            figures(verdict),
            nameOfBaseline(verdict),
          )
        : l10n.t('Worse by {0} points ({1}) than {2}', gain(verdict), figures(verdict), nameOfBaseline(verdict));
    case 'collapsed':
      return l10n.t(
        'Collapsed: everybody is mapped to nearly the same point ({0} → {1}); do not use step {2}',
        percent(verdict.before),
        percent(verdict.after),
        verdict.step,
      );
    case 'unchanged':
      return unchanged(verdict);
  }
}

function unchanged(verdict: MeasuredVerdict): string {
  const { before, after, reason } = verdict;
  switch (reason) {
    case 'easy':
      return l10n.t(
        'No measurable change: these pairs are too easy for {0} ({1} before)',
        nameOfBaseline(verdict),
        percent(before),
      );
    case 'few':
      return verdict.onPairs === undefined
        ? l10n.t(
            'No measurable change ({0} → {1}): {2} pairs are too few to see less than {3} points',
            percent(before),
            percent(after),
            pairsOf(verdict),
            noise(verdict),
          )
        : l10n.t(
            'No measurable change ({0} → {1}): {2} pairs of {3} people are too few to see less than {4} points',
            percent(before),
            percent(after),
            pairsOf(verdict),
            verdict.onPairs,
            noise(verdict),
          );
    case undefined:
      return l10n.t('No measurable change ({0})', figures(verdict));
  }
}

/**
 * What stands below the sentence: the pairs that it rests on, and where the pairs show people of the training, that they
 * do. Whole sentences.
 */
export function verdictDetails(verdict: Verdict): string[] {
  if (verdict.kind === 'incomparable') return [];
  const { fixed, broken, stillWrong } = verdict.pairs;
  const counts = l10n.t(
    'Of {0} pairs: {1} put right, {2} newly wrong, {3} still wrong.',
    pairsOf(verdict),
    fixed,
    broken,
    stillWrong,
  );
  const people = wordsOfPeople(verdict.people);
  return people === undefined ? [counts] : [counts, people];
}

/** The verdict with what stands below it, as whole sentences. */
export function verdictLines(verdict: Verdict): string[] {
  return [`${verdictSentence(verdict)}.`, ...verdictDetails(verdict)];
}

/**
 * Why a training has no verdict; without a full stop.
 * @param measured whether a checkpoint of it was measured on pairs
 */
export function noVerdict({ config }: Pick<RunRecord, 'config'>, measured: boolean): string {
  if (config?.lfw === undefined) return l10n.t('No verdict: this training was not measured on pairs of images');
  return measured
    ? l10n.t('No verdict: what it began with was not measured')
    : l10n.t('No verdict yet: no checkpoint has been measured');
}

function wordsOfPeople(people: MeasuredVerdict['people']): string | undefined {
  switch (people) {
    case 'trained':
      return l10n.t('The pairs show people of the training: how it does with others is not known.');
    case 'some trained':
      return l10n.t('Some of the people on the pairs were trained with, which flatters the result.');
    case 'outsiders':
    case undefined:
      return undefined;
  }
}

/** `90.7 % → 94.7 %, noise ± 2.6`. */
function figures(verdict: MeasuredVerdict): string {
  return l10n.t('{0} → {1}, noise ± {2}', percent(verdict.before), percent(verdict.after), noise(verdict));
}

function gain({ before, after }: MeasuredVerdict): string {
  return points(after - before);
}

/** Half of the interval, in points. */
function noise({ interval: [low, high] }: MeasuredVerdict): string {
  return points((high - low) / 2);
}

function pairsOf({ pairs }: MeasuredVerdict): number {
  return Object.values(pairs).reduce((sum, count) => sum + count, 0);
}

function nameOfBaseline({ baseline }: MeasuredVerdict): string {
  if (baseline === 'starter') return l10n.t('the starter');
  return baseline === 'untrained' ? l10n.t('the untrained network') : baseline;
}
