import * as l10n from '@vscode/l10n';
import type { CountedRate, OperatingRate } from '../../src/protocol/countedRate';
import { percent, percentTick } from '../../src/words/rates';
import { achievedText, intervalText, rateName, rateRemark, type RateWords } from '../../src/words/rateWords';
import { element } from '../element';
import '../styles/rates.css';
import { cardTitle } from './card';
import { scrollingTable } from './table';

/**
 * What is found at each rate of false alarms: its interval drawn on a line from `least` to 1, and the same in numbers. What
 * the data cannot support says so, and is drawn dashed at the lowest rate that it does.
 */
export function rateTable(words: RateWords, rates: readonly OperatingRate[], least: number): HTMLElement {
  const { title, note, found, alarm, bound } = words;
  const row = (rate: OperatingRate): HTMLElement => {
    const { insufficient, at } = rate;
    const remark = rateRemark(words, rate);
    const head = element(
      'th',
      { scope: 'row' },
      rateName(words, rate),
      at !== undefined && remark !== undefined && element('small', {}, remark),
    );
    if (at === undefined) return element('tr', {}, head, element('td', { colspan: 5 }, remark));
    return element(
      'tr',
      { class: insufficient ? 'insufficient' : undefined },
      head,
      element('td', { class: 'number' }, percent(at.found.rate)),
      element('td', { class: 'number' }, intervalText(at.found)),
      element('td', { class: 'interval-cell' }, intervalBar(at.found, least)),
      element('td', { class: 'number' }, achievedText(at.falseAlarms)),
      element('td', { class: 'number' }, at.threshold.toFixed(4)),
    );
  };
  const column = (name: string, isNumber = true): HTMLElement =>
    element('th', { scope: 'col', class: isNumber ? 'number' : undefined }, name);
  const columns = [
    element('td'),
    column(found),
    column(l10n.t('95 % interval')),
    column(l10n.t('from {0} to 100 %', percentTick(least)), false),
    column(l10n.t('{0} achieved', alarm)),
    column(bound),
  ];
  return element(
    'section',
    { class: 'card rates' },
    element('header', { class: 'card-head' }, cardTitle(title, note)),
    scrollingTable(title, columns, rates.map(row)),
  );
}

/** A rate as a dot on its interval; the numbers stand beside it. */
export function intervalBar({ rate, interval: [low, high] }: CountedRate, least: number): HTMLElement {
  const place = (value: number): string => `${(100 * (Math.max(least, value) - least)) / (1 - least)}%`;
  const range = element('span', { class: 'interval-range' });
  range.style.left = place(low);
  range.style.right = `calc(100% - ${place(high)})`;
  const dot = element('span', { class: 'interval-dot' });
  dot.style.left = place(rate);
  return element('span', { class: 'interval', 'aria-hidden': 'true' }, range, dot);
}

/** The lines of all intervals begin here, so that they can be compared: a tenth below the lowest. */
export function leastOf(rates: readonly CountedRate[]): number {
  const lowest = Math.min(...rates.map(({ interval: [low] }) => low));
  return Math.max(0, Math.min(0.9, Math.floor(10 * lowest) / 10));
}
