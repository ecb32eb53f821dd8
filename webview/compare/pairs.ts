// What is said of two faces.
import * as l10n from '@vscode/l10n';
import type { HydrateCompare } from '../../src/protocol/webview';
import { percent } from '../../src/words/rates';

type Result = NonNullable<HydrateCompare['result']>;

/** Two faces by their indices, the first the lower one. */
export type FacePair = readonly [number, number];

/** Each two of `count` faces, nearest first. */
export function nearestPairs(count: number, { distances }: Result): FacePair[] {
  const pairs: FacePair[] = [];
  for (let a = 0; a < count; a++) for (let b = a + 1; b < count; b++) pairs.push([a, b]);
  const of = ([a, b]: FacePair): number => distances[a]![b]!;
  return pairs.sort((one, other) => of(one) - of(other));
}

/** Four decimals, as the terminal prints it. */
export function distanceText(distance: number): string {
  return distance.toFixed(4);
}

/** Whether two faces are one person; undefined where no threshold is known for the model. */
export function isSame({ distances, threshold }: Result, [a, b]: FacePair): boolean | undefined {
  return threshold === undefined ? undefined : distances[a]![b]! < threshold;
}

export function verdictText(same: boolean | undefined): string {
  if (same === undefined) return l10n.t('No verdict');
  return same ? l10n.t('The same person') : l10n.t('Two people');
}

/** `93.1 % sure to be one person`; empty where no report says it. */
export function confidenceText({ confidence }: Result, [a, b]: FacePair): string {
  const sure = confidence?.[a]?.[b] ?? undefined;
  return sure === undefined ? '' : l10n.t('{0} sure to be one person', percent(sure));
}
