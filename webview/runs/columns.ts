// The columns of the table of runs.
import * as l10n from '@vscode/l10n';
import type { RunRow } from '../../src/protocol/runRow';
import { percent, signedPoints } from '../../src/words/rates';
import type { RunOrder } from '../../src/words/runLists';
import { dayInWords, kindInWords, stateInWords } from '../../src/words/runWords';
import { duration, integer } from '../format';

export interface Column {
  order: RunOrder;
  title: string;
  /** Width in pixels at 13 px of text. */
  width: number;
  /** Its cells hold figures. */
  number?: true;
  text(row: RunRow, now: Date): string;
  /** For a screen reader, where the text alone does not say it. */
  said?(row: RunRow): string;
}

const maybe = <T>(value: T | undefined, inWords: (value: T) => string): string =>
  value === undefined ? '' : inWords(value);

/** In the order in which they stand. The first is the name, which heads the row. */
export const columns: readonly Column[] = [
  { order: 'name', title: l10n.t('Name'), width: 230, text: ({ name }) => name },
  {
    order: 'star',
    title: '★',
    width: 34,
    text: ({ star }) => (star ? '★' : ''),
    said: ({ star }) => (star ? l10n.t('starred') : l10n.t('no star')),
  },
  { order: 'kind', title: l10n.t('Kind'), width: 106, text: ({ kind }) => kindInWords(kind) },
  {
    order: 'state',
    title: l10n.t('State'),
    width: 84,
    text: ({ state, archived }) => (archived ? l10n.t('{0}, archived', stateInWords(state)) : stateInWords(state)),
  },
  {
    order: 'accuracy',
    title: l10n.t('Accuracy'),
    width: 98,
    number: true,
    text: ({ accuracy }) => maybe(accuracy, percent),
  },
  {
    order: 'change',
    title: l10n.t('Change'),
    width: 90,
    number: true,
    text: ({ change }) => maybe(change, ({ size }) => `${arrow(size)}${signedPoints(size)}`),
    said: ({ change }) =>
      maybe(change, ({ size, sure }) =>
        sure ? l10n.t('{0} points', signedPoints(size)) : l10n.t('{0} points, no more than noise', signedPoints(size)),
      ),
  },
  {
    order: 'validationRate',
    title: 'VAL',
    width: 70,
    number: true,
    text: ({ validationRate }) => maybe(validationRate, percent),
  },
  { order: 'steps', title: l10n.t('Steps'), width: 70, number: true, text: ({ steps }) => maybe(steps, integer) },
  {
    order: 'duration',
    title: l10n.t('Time'),
    width: 92,
    number: true,
    text: ({ seconds }) => maybe(seconds, duration),
  },
  { order: 'started', title: l10n.t('Started'), width: 124, text: ({ startedAt }, now) => dayInWords(startedAt, now) },
  { order: 'dataset', title: l10n.t('Dataset'), width: 120, text: ({ dataset }) => dataset },
  { order: 'model', title: l10n.t('Model'), width: 150, text: ({ model }) => model ?? '' },
  { order: 'tags', title: l10n.t('Tags'), width: 140, text: ({ tags }) => tags.map((tag) => `#${tag}`).join(' ') },
  { order: 'note', title: l10n.t('Note'), width: 220, text: ({ note }) => note ?? '' },
];

/** The direction of a change, for those who do not see its colour. */
function arrow(change: number): string {
  if (Math.abs(change) < 0.0005) return '';
  return change > 0 ? '▲ ' : '▼ ';
}
