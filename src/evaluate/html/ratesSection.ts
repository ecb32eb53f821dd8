import type { OperatingRate } from '../../protocol/countedRate';
import { percent } from '../../words/rates';
import { achievedText, intervalText, rateName, rateRemark, type RateWords } from '../../words/rateWords';
import { table } from './document';
import { escapeHtml } from './markup';

/** What is found at each rate of false alarms, with intervals, as the tabs have it. */
export function ratesSection(words: RateWords, rates: readonly OperatingRate[]): string {
  const rows = rates.map((rate) => {
    const remark = rateRemark(words, rate);
    const name = [rateName(words, rate), remark].filter((part) => part !== undefined).join(': ');
    if (rate.at === undefined) return [name, '–', '–', '–', '–'];
    const { found, falseAlarms, threshold } = rate.at;
    return [name, percent(found.rate), intervalText(found), achievedText(falseAlarms), threshold.toFixed(4)];
  });
  const head = ['', words.found, '95 % interval', `${words.alarm} achieved`, words.bound];
  return `<h2>${escapeHtml(words.title)} <small>${escapeHtml(words.note)}</small></h2>${table(head, rows)}`;
}
