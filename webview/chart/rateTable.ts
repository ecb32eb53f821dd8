import * as l10n from '@vscode/l10n';
import type { CountedRate, OperatingRate } from '../../src/protocol/countedRate';
import { percent, percentTick } from '../../src/words/rates';
import { element } from '../element';
import { integer } from '../format';
import '../styles/rates.css';
import { cardTitle } from './card';
import { scrollingTable } from './table';

/** What a table of rates is about, in words. */
export interface RateWords {
  title: string;
  note: string;
  /** Names of the rate that is found and of the false alarms: TAR and FAR, DIR and FPIR. */
  found: string;
  alarm: string;
  /** What the false alarms are of, where there are none. */
  none: string;
  /** What stands before the threshold. */
  bound: string;
}

/**
 * What is found at each rate of false alarms: its interval drawn on a line from `least` to 1, and the same in numbers. What
 * the data cannot support says so, and is drawn dashed at the lowest rate that it does.
 */
export function rateTable(words: RateWords, rates: readonly OperatingRate[], least: number): HTMLElement {
  const { title, note, found, alarm, none, bound } = words;
  const head = (target: number, remark?: string): HTMLElement =>
    element(
      'th',
      { scope: 'row' },
      l10n.t('{0} at {1} {2}', found, alarm, percent(target)),
      remark !== undefined && element('small', {}, remark),
    );
  const row = ({ target, insufficient, claimable, at }: OperatingRate): HTMLElement => {
    if (at === undefined)
      return element('tr', {}, head(target), element('td', { colspan: 5 }, l10n.t('insufficient data: {0}', none)));
    const remark = l10n.t('insufficient data: {0} is the lowest that can be claimed', percent(claimable));
    return element(
      'tr',
      { class: insufficient ? 'insufficient' : undefined },
      head(target, insufficient ? remark : undefined),
      element('td', { class: 'number' }, percent(at.found.rate)),
      element('td', { class: 'number' }, intervalText(at.found)),
      element('td', { class: 'interval-cell' }, intervalBar(at.found, least)),
      element('td', { class: 'number' }, achieved(at.falseAlarms)),
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

/** `94.7 % to 99.4 %`. */
export function intervalText({ interval: [low, high] }: CountedRate): string {
  return l10n.t('{0} to {1}', percent(low), percent(high));
}

function achieved({ rate, hits, of }: CountedRate): string {
  return l10n.t('{0}, {1} of {2}', percent(rate), integer(hits), integer(of));
}

/** The lines of all intervals begin here, so that they can be compared: a tenth below the lowest. */
export function leastOf(rates: readonly CountedRate[]): number {
  const lowest = Math.min(...rates.map(({ interval: [low] }) => low));
  return Math.max(0, Math.min(0.9, Math.floor(10 * lowest) / 10));
}
