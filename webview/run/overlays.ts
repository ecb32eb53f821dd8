import * as l10n from '@vscode/l10n';
import type { OverlayRun } from '../../src/protocol/runSeries';
import { type RunSeries, emptySeries } from '../../src/series/runSeries';
import type { LinePattern } from '../chart/legend';
import { element, fill } from '../element';
import type { ChartColor } from '../theme';

/** Another run as it is drawn: its series, and a colour and dash that are its own in every chart. */
export interface Overlay {
  folder: string;
  title: string;
  color: ChartColor;
  pattern: LinePattern;
  series: RunSeries;
}

const looks: readonly { color: ChartColor; pattern: LinePattern }[] = [
  { color: 'red', pattern: 'long' },
  { color: 'foreground', pattern: 'dashdot' },
  { color: 'green', pattern: 'dense' },
  { color: 'muted', pattern: 'sparse' },
];

/** The runs of a message with a look each; a run that was drawn before keeps the one it had. */
export function overlaysOf(runs: readonly OverlayRun[], before: readonly Overlay[]): Overlay[] {
  const kept = new Map(
    runs.flatMap(({ folder }) => {
      const known = before.find((overlay) => overlay.folder === folder);
      return known === undefined ? [] : [[folder, known] as const];
    }),
  );
  const taken = new Set([...kept.values()].map(({ color }) => color));
  return runs.flatMap(({ folder, title, series }) => {
    const look = kept.get(folder) ?? looks.find(({ color }) => !taken.has(color));
    if (look === undefined) return [];
    taken.add(look.color);
    const { steps, validation, ...rest } = emptySeries();
    steps.adopt(series.steps);
    validation.adopt(series.validation);
    const { color, pattern } = look;
    return [{ folder, title, color, pattern, series: { ...rest, steps, validation, lfw: series.lfw } }];
  });
}

/** Names of the runs drawn beside this one, each with a button that takes it away. */
export class OverlayList {
  readonly element = element('ul', { class: 'legend overlays', 'aria-label': l10n.t('Compared runs') });

  constructor(private readonly remove: (folder: string) => void) {
    this.element.hidden = true;
  }

  update(overlays: readonly Overlay[]): void {
    this.element.hidden = overlays.length === 0;
    fill(this.element, ...overlays.map((overlay) => this.item(overlay)));
  }

  private item({ folder, title, color, pattern }: Overlay): HTMLElement {
    const spoken = l10n.t('Remove {0}', title);
    const away = element('button', { class: 'remove', type: 'button', 'aria-label': spoken, title: spoken }, '×');
    away.addEventListener('click', () => this.remove(folder));
    return element(
      'li',
      { title: folder },
      element('span', { class: `swatch ${color} ${pattern}`, 'aria-hidden': 'true' }),
      element('span', { class: 'overlay-title' }, title),
      away,
    );
  }
}
