import * as l10n from '@vscode/l10n';
import { type PairChange, pairChanges } from '../../src/evaluate/pairChanges';
import type { LfwReport } from '../../src/protocol/lfwReport';
import { element } from '../element';
import type { ListedPair, PairListOptions } from './pairList';
import { PairList } from './pairList';

/** Pages of the groups, from 0. */
export interface GroupPages {
  fixedPage: number;
  brokenPage: number;
  stillWrongPage: number;
}

type Change = 'fixed' | 'broken' | 'stillWrong';

interface GroupOptions extends Pick<PairListOptions, 'imageBase' | 'onOpen'> {
  pages: GroupPages;
  /** Another page of a group is shown. */
  onPage: () => void;
}

/**
 * The pairs that a training has put right, those that it has got wrong, and those that stay wrong, each by the threshold
 * of its fold, as the accuracy counts them; undefined where the two reports are about different pairs.
 */
export function pairGroups(report: LfwReport, baseline: LfwReport, options: GroupOptions): HTMLElement | undefined {
  const changes = pairChanges(baseline, report);
  if (changes === undefined) return undefined;
  const words: Record<Change, [title: string, explanation: string]> = {
    fixed: [l10n.t('Put right'), l10n.t('wrong before, right now')],
    broken: [l10n.t('Newly wrong'), l10n.t('right before, wrong now')],
    stillWrong: [l10n.t('Still wrong'), l10n.t('wrong before and now')],
  };
  const { pages, onPage, ...shared } = options;
  const lists = (Object.keys(words) as Change[]).map((change) => {
    const [title, explanation] = words[change];
    const list = new PairList({
      ...{ ...shared, title, explanation },
      page: pages[`${change}Page`],
      none: () => l10n.t('None.'),
      onPage: (page) => {
        pages[`${change}Page`] = page;
        onPage();
      },
    });
    list.set(listed(changes, change));
    return list.element;
  });
  return element('section', { class: 'groups', 'aria-label': l10n.t('Before and after') }, ...lists);
}

/** The greatest movement first: what has changed most is most telling. */
function listed(changes: readonly PairChange[], wanted: Change): ListedPair[] {
  return changes
    .filter(({ change }) => change === wanted)
    .sort((one, other) => movement(other) - movement(one))
    .map(({ pair, distanceBefore }) => ({ pair, distanceBefore }));
}

function movement({ pair, distanceBefore }: PairChange): number {
  return Math.abs(pair.distance - distanceBefore);
}
