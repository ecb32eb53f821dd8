// Numbers of things, each with a text of its own for one of them.
import * as l10n from '@vscode/l10n';
import { integer } from './format';

/** E.g. `1 image`, `12 400 images`; each takes a whole number from 0. */
export const counted = {
  images: (count: number): string => (count === 1 ? l10n.t('1 image') : l10n.t('{0} images', integer(count))),
  imagesNotShown: (count: number): string =>
    count === 1
      ? l10n.t('1 more image of these people not shown')
      : l10n.t('{0} more images of these people not shown', integer(count)),
  photographs: (count: number): string =>
    count === 1 ? l10n.t('1 photograph') : l10n.t('{0} photographs', integer(count)),
  people: (count: number): string => (count === 1 ? l10n.t('1 person') : l10n.t('{0} people', integer(count))),
  pictures: (count: number): string => (count === 1 ? l10n.t('1 picture') : l10n.t('{0} pictures', integer(count))),
  runs: (count: number): string => (count === 1 ? l10n.t('1 run') : l10n.t('{0} runs', integer(count))),
  problems: (count: number): string => (count === 1 ? l10n.t('1 problem') : l10n.t('{0} problems', integer(count))),
  numbers: (count: number): string => (count === 1 ? l10n.t('1 number') : l10n.t('{0} numbers', integer(count))),
  variables: (count: number): string => (count === 1 ? l10n.t('1 variable') : l10n.t('{0} variables', integer(count))),
  steps: (count: number): string => (count === 1 ? l10n.t('1 step') : l10n.t('{0} steps', integer(count))),
  epochs: (count: number): string => (count === 1 ? l10n.t('1 epoch') : l10n.t('{0} epochs', integer(count))),
};
