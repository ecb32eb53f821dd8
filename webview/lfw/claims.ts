import type { LfwReport } from '../../src/protocol/lfwReport';
import { claimsWords } from '../../src/words/rateWords';
import { leastOf, rateTable } from '../chart/rateTable';

/** What so many pairs can claim, and how far the figures above can be trusted; nothing for a report of an older version. */
export function claimsCard({ uncertainty }: Pick<LfwReport, 'uncertainty'>): HTMLElement | undefined {
  if (uncertainty === undefined) return undefined;
  const { accuracy, validation, rates } = uncertainty;
  const found = rates.flatMap(({ at }) => (at === undefined ? [] : [at.found]));
  return rateTable(claimsWords(uncertainty), rates, leastOf([accuracy, validation.accepted, ...found]));
}
