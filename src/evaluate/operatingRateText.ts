// Counted rates, and what a report's figures can claim, as lines for a terminal.
import type { CountedRate, OperatingRate } from '../protocol/countedRate';
import type { LfwReport } from '../protocol/lfwReport';
import { percent } from '../words/rates';

/** `98.1 % (53 of 54; 95 % interval 90.2 % to 99.7 %)`. */
export function countedText({ rate, hits, of, interval: [low, high] }: CountedRate): string {
  return `${percent(rate)} (${hits} of ${of}; 95 % interval ${percent(low)} to ${percent(high)})`;
}

interface OperatingWords {
  /** Names of the two rates, e.g. TAR and FAR. */
  found: string;
  alarm: string;
  /** What impostors are, in the plural. */
  trials: string;
  /** What stands before the threshold. */
  bound: string;
}

/** An operating rate in one line; where the data is insufficient it says what can be claimed instead. */
export function operatingLine(words: OperatingWords, { target, insufficient, claimable, at }: OperatingRate): string {
  const { found, alarm, trials, bound } = words;
  const head = `${found} at ${alarm} ${percent(target)}:`;
  if (at === undefined) return `${head} insufficient data: there are no ${trials}.`;
  const figures = `${countedText(at.found)}, ${alarm} achieved ${countedText(at.falseAlarms)}, ${bound} ${at.threshold.toFixed(4)}`;
  if (!insufficient) return `${head} ${figures}`;
  const lowest = `${percent(claimable)} is the lowest rate that can be claimed`;
  return `${head} insufficient data (${trials}: ${at.falseAlarms.of}): ${lowest}. There ${figures}`;
}

const pairsOfPeople = { found: 'TAR', alarm: 'FAR', trials: 'pairs of two people', bound: 'distance below' };

/** How far the figures of an LFW report can be trusted, in lines; none for a report of an older version. */
export function uncertaintyLines({ uncertainty }: Pick<LfwReport, 'uncertainty'>): string[] {
  if (uncertainty === undefined) return [];
  const { accuracy, widening, validation, rates } = uncertainty;
  const shared = widening >= 1.005 ? `, ${widening.toFixed(2)} times as wide as pairs share people` : '';
  return [
    `Pairs told right: ${countedText(accuracy)}; Wilson's interval${shared}`,
    `Validated pairs of one person: ${countedText(validation.accepted)}, FAR achieved ${countedText(validation.falseAccepts)}`,
    ...rates.map((rate) => operatingLine(pairsOfPeople, rate)),
  ];
}
