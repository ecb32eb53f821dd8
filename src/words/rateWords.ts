// Rates with their intervals and what so much data can claim, in the same words in tabs and exported reports.
import * as l10n from '@vscode/l10n';
import type { CountedRate, OperatingRate } from '../protocol/countedRate';
import type { IdentificationReport } from '../protocol/identificationReport';
import type { Uncertainty } from '../protocol/lfwReport';
import { percent } from './rates';

/** What a table of rates is about. */
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

/** Of the pairs of an LFW report. */
export function claimsWords({ accuracy, validation }: Uncertainty): RateWords {
  return {
    title: l10n.t('What these pairs can claim'),
    note: l10n.t(
      '95 % intervals: pairs told right {0}, VAL {1}, FAR {2}',
      ...[accuracy, validation.accepted, validation.falseAccepts].map(intervalText),
    ),
    ...{ found: 'TAR', alarm: 'FAR' },
    ...{ none: l10n.t('there are no pairs of two people'), bound: l10n.t('distance below') },
  };
}

/** Of the comparisons of an identification with one person each. */
export function verificationWords(): RateWords {
  return {
    title: l10n.t('Verification'),
    note: l10n.t('a probe compared with one person: is it the same?'),
    ...{ found: 'TAR', alarm: 'FAR' },
    ...{ none: l10n.t('there are no comparisons with other people'), bound: l10n.t('cosine above') },
  };
}

/** Of an identification among all people. */
export function openSetWords(): RateWords {
  return {
    title: l10n.t('Open-set identification'),
    note: l10n.t('the nearest person is the right one and near enough, strangers are refused'),
    ...{ found: 'DIR', alarm: 'FPIR' },
    ...{ none: l10n.t('there are no images of unknown people'), bound: l10n.t('cosine above') },
  };
}

/** `TAR at FAR 0.10 %`. */
export function rateName({ found, alarm }: RateWords, { target }: OperatingRate): string {
  return l10n.t('{0} at {1} {2}', found, alarm, percent(target));
}

/** Why a rate is not what was asked for; undefined where it is. */
export function rateRemark({ none }: RateWords, { insufficient, claimable, at }: OperatingRate): string | undefined {
  if (at === undefined) return l10n.t('insufficient data: {0}', none);
  return insufficient
    ? l10n.t('insufficient data: {0} is the lowest that can be claimed', percent(claimable))
    : undefined;
}

/** `94.7 % to 99.4 %`. */
export function intervalText({ interval: [low, high] }: CountedRate): string {
  return l10n.t('{0} to {1}', percent(low), percent(high));
}

/** `0.97 %, 18 of 18 558`. */
export function achievedText({ rate, hits, of }: CountedRate): string {
  return l10n.t('{0}, {1} of {2}', percent(rate), count(hits), count(of));
}

/** `157 of 162; 95 % interval 93.0 % to 98.7 %`. */
export function countedText(rate: CountedRate): string {
  return l10n.t('{0} of {1}; 95 % interval {2}', count(rate.hits), count(rate.of), intervalText(rate));
}

/** What the highest place is of. */
export function rank1Title(): string {
  return l10n.t('Rank-1: the nearest person is the right one');
}

/** Whom an identification was measured with. */
export function identificationInShort({ gallery, probes }: IdentificationReport): string {
  return l10n.t(
    'Gallery: {0} people, {1} images · probes: {2} images of them, {3} of strangers',
    ...[gallery.people, gallery.images, probes.enrolled, probes.unknown].map(count),
  );
}

/** What rates of so much data mean. */
export function claimNote(): string {
  return l10n.t(
    'Below 3 / n no rate can be claimed, n the number of comparisons that can go wrong: with none wrong of n the true rate may still be 3 / n. Intervals are Wilson’s.',
  );
}

/** Thousands apart, as the pages write them. */
function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}
