// Numbers of things in the words of the window's language. Each has a text of its own for one thing: further forms, as some
// languages have them, are not known to VS Code's texts.
import * as vscode from 'vscode';

const grouping = new Intl.NumberFormat(vscode.env.language);

/** A whole number with its thousands apart, as the window's language writes them: 12,400. */
export function grouped(count: number): string {
  return grouping.format(count);
}

/**
 * E.g. `1 image`, `12,400 images`; each takes a whole number from 0. Each text stands in a call of its own, where the
 * extraction of texts finds it.
 */
export const counted = {
  images: (count: number): string =>
    count === 1 ? vscode.l10n.t('1 image') : vscode.l10n.t('{0} images', grouped(count)),
  people: (count: number): string =>
    count === 1 ? vscode.l10n.t('1 person') : vscode.l10n.t('{0} people', grouped(count)),
  photographs: (count: number): string =>
    count === 1 ? vscode.l10n.t('1 photograph') : vscode.l10n.t('{0} photographs', grouped(count)),
  faces: (count: number): string =>
    count === 1 ? vscode.l10n.t('1 face') : vscode.l10n.t('{0} faces', grouped(count)),
  files: (count: number): string =>
    count === 1 ? vscode.l10n.t('1 file') : vscode.l10n.t('{0} files', grouped(count)),
  runs: (count: number): string => (count === 1 ? vscode.l10n.t('1 run') : vscode.l10n.t('{0} runs', grouped(count))),
  problems: (count: number): string =>
    count === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', grouped(count)),
  pairs: (count: number): string =>
    count === 1 ? vscode.l10n.t('1 pair') : vscode.l10n.t('{0} pairs', grouped(count)),
  variables: (count: number): string =>
    count === 1 ? vscode.l10n.t('1 variable') : vscode.l10n.t('{0} variables', grouped(count)),
  numbers: (count: number): string =>
    count === 1 ? vscode.l10n.t('1 number') : vscode.l10n.t('{0} numbers', grouped(count)),
  dimensions: (count: number): string =>
    count === 1 ? vscode.l10n.t('1 dimension') : vscode.l10n.t('{0} dimensions', grouped(count)),
};
