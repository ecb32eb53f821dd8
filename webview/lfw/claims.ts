import * as l10n from '@vscode/l10n';
import type { LfwReport } from '../../src/protocol/lfwReport';
import { intervalText, leastOf, rateTable } from '../chart/rateTable';

/** What so many pairs can claim, and how far the figures above can be trusted; nothing for a report of an older version. */
export function claimsCard({ uncertainty }: Pick<LfwReport, 'uncertainty'>): HTMLElement | undefined {
  if (uncertainty === undefined) return undefined;
  const { accuracy, validation, rates } = uncertainty;
  const found = rates.flatMap(({ at }) => (at === undefined ? [] : [at.found]));
  return rateTable(
    {
      title: l10n.t('What these pairs can claim'),
      note: l10n.t(
        '95 % intervals: pairs told right {0}, VAL {1}, FAR {2}',
        intervalText(accuracy),
        intervalText(validation.accepted),
        intervalText(validation.falseAccepts),
      ),
      ...{ found: 'TAR', alarm: 'FAR' },
      ...{ none: l10n.t('there are no pairs of two people'), bound: l10n.t('distance below') },
    },
    rates,
    leastOf([accuracy, validation.accepted, ...found]),
  );
}
