import * as l10n from '@vscode/l10n';
import type { SelfCheck, SelfCheckFigures } from '../../src/protocol/selfCheck';
import { percent } from '../../src/words/rates';
import { distanceText, selfCheckProblem, thresholdSource } from '../../src/words/selfCheckWords';
import { cardTitle } from '../chart/card';
import { element, fill } from '../element';
import { integer } from '../format';
import { type Figure, figureBox } from './figure';

/** What the model of a run makes of some faces and of the same faces slightly changed; hidden until it was looked at. */
export class SelfCheckCard {
  readonly element = element('section', { class: 'card self-check', 'aria-label': l10n.t('Self-check') });
  private shown = '';
  /** Whether the model cannot be used. */
  isProblem = false;

  constructor() {
    this.element.hidden = true;
  }

  show(check: SelfCheck | undefined): void {
    const now = JSON.stringify(check);
    this.element.hidden = check === undefined;
    if (check === undefined || now === this.shown) return;
    this.shown = now;
    const { figures, images, people, step } = check;
    const problem = selfCheckProblem(check);
    const about = [
      step !== undefined && l10n.t('step {0}', integer(step)),
      l10n.t('{0} images of {1} people', images, people),
    ].filter((part) => part !== false);
    this.isProblem = problem !== undefined;
    fill(
      this.element,
      element('header', { class: 'card-head' }, cardTitle(l10n.t('Self-check'), about.join(' · '))),
      problem !== undefined &&
        element(
          'div',
          { class: 'verdict', 'data-kind': 'collapsed' },
          element('p', { class: 'verdict-sentence' }, element('strong', {}, problem)),
        ),
      figures !== undefined && element('div', { class: 'figures' }, ...figuresOf(figures).map(figureBox)),
    );
  }
}

function figuresOf({ mirrored, recompressed, people, threshold, dimensions }: SelfCheckFigures): Figure[] {
  const atMost = (distance: number): string => l10n.t('at most {0}', distanceText(distance));
  return [
    { label: l10n.t('Image to its mirror image'), value: distanceText(mirrored.mean), detail: atMost(mirrored.most) },
    {
      label: l10n.t('Image to itself as JPEG'),
      value: distanceText(recompressed.mean),
      detail: atMost(recompressed.most),
    },
    {
      label: l10n.t('Different people'),
      value: distanceText(people.mean),
      small: `± ${distanceText(people.deviation)}`,
      detail: l10n.t('in {0} directions', dimensions.toFixed(1)),
    },
    {
      label: l10n.t('Different people told apart'),
      value: percent(people.beyond),
      detail: l10n.t('threshold {0}: {1}', distanceText(threshold.distance), thresholdSource(threshold.source)),
    },
  ];
}
