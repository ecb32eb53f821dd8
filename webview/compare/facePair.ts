import * as l10n from '@vscode/l10n';
import type { ComparedPhotograph, HydrateCompare } from '../../src/protocol/webview';
import { breakable, element, fill } from '../element';
import { linkButton } from '../ui';
import { type FacePair, confidenceText, distanceText, isSame, verdictText } from './pairs';

export interface FacePairView {
  readonly element: HTMLElement;
  show(photographs: readonly ComparedPhotograph[], result: NonNullable<HydrateCompare['result']>, pair: FacePair): void;
}

/** Two faces as the model got them, and what is said of them between. */
export function facePair(open: (path: string) => void): FacePairView {
  const section = element('section', { class: 'face-pair', 'aria-label': l10n.t('Two faces') });
  const side = ({ path, name, crop }: ComparedPhotograph): HTMLElement =>
    element(
      'figure',
      { class: 'face-side' },
      crop !== undefined && element('img', { src: crop, alt: l10n.t('The face of {0}', name) }),
      element(
        'figcaption',
        {},
        linkButton(breakable(name), () => open(path)),
      ),
    );
  return {
    element: section,
    show(photographs, result, pair) {
      const [a, b] = pair;
      const same = isSame(result, pair);
      const distance = distanceText(result.distances[a]![b]!);
      fill(
        section,
        side(photographs[a]!),
        element(
          'div',
          { class: 'face-verdict', role: 'status' },
          element('strong', {}, verdictText(same)),
          element('span', {}, l10n.t('distance {0}', distance)),
          result.threshold !== undefined &&
            element('span', { class: 'reason' }, l10n.t('one person below {0}', distanceText(result.threshold))),
          element('span', { class: 'reason' }, confidenceText(result, pair)),
        ),
        side(photographs[b]!),
      );
    },
  };
}
