import * as l10n from '@vscode/l10n';
import type { LineageStep } from '../src/protocol/lineage';
import { element, fill } from './element';
import { linkButton } from './ui';

/** The way from photographs to a report, as far as it is known, with what the page is about in it; each other step is a link. */
export class Lineage {
  readonly element = element('nav', { class: 'lineage', 'aria-label': l10n.t('Where it comes from') });

  /** @param follow called with the index of the step that is to be shown */
  constructor(private readonly follow: (index: number) => void) {
    this.element.hidden = true;
  }

  show(steps: readonly LineageStep[]): void {
    this.element.hidden = steps.length === 0;
    const items = steps.map((step, index) =>
      element(
        'li',
        { 'aria-current': step.here && 'page' },
        element('span', { class: 'lineage-kind' }, kindOf(step.kind)),
        ' ',
        step.here === true ? element('span', {}, step.name) : linkButton(step.name, () => this.follow(index)),
      ),
    );
    fill(this.element, element('ol', {}, ...items));
  }
}

function kindOf(kind: LineageStep['kind']): string {
  switch (kind) {
    case 'photographs':
      return l10n.t('Photographs');
    case 'faces':
      return l10n.t('Faces');
    case 'run':
      return l10n.t('Run');
    case 'checkpoint':
      return l10n.t('Checkpoint');
    case 'report':
      return l10n.t('Report');
  }
}
