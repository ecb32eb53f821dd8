import * as l10n from '@vscode/l10n';
import type { ComparedPhotograph, HydrateCompare } from '../../src/protocol/webview';
import { CellFocus } from '../cellFocus';
import { element, fill } from '../element';
import { type FacePair, distanceText, isSame, verdictText } from './pairs';

export interface FaceTable {
  readonly element: HTMLElement;
  show(photographs: readonly ComparedPhotograph[], result: NonNullable<HydrateCompare['result']>): void;
  /** Marks the pair that is shown large. */
  mark(pair: FacePair): void;
}

/** The distances of each two faces; a cell is a button that shows its pair large, and arrows lead from cell to cell. */
export function faceTable(onChoose: (pair: FacePair) => void): FaceTable {
  const table = element('table', { class: 'faces', 'aria-label': l10n.t('Distances of each two faces') });
  let cells: { node: HTMLButtonElement; row: number; column: number }[] = [];
  const focus = new CellFocus(table, (row, column) => onChoose(pairOf({ row, column })));

  return {
    element: table,
    show(photographs, result) {
      cells = [];
      focus.clear();
      const head = ({ name, crop }: ComparedPhotograph, index: number, scope: 'col' | 'row'): HTMLElement =>
        element(
          'th',
          { scope, title: name },
          crop !== undefined && element('img', { src: crop, alt: '' }),
          element('span', {}, String(index + 1)),
        );
      const cell = (row: number, column: number): HTMLElement => {
        if (row === column) return element('td', { class: 'self' }, '–');
        const pair = pairOf({ row, column });
        const same = isSame(result, pair);
        const text = distanceText(result.distances[row]![column]!);
        const [a, b] = [photographs[row]!.name, photographs[column]!.name];
        const node = element(
          'button',
          {
            ...{ type: 'button', class: same === true ? 'cell same' : 'cell' },
            'aria-label': l10n.t('{0} and {1}: {2}, distance {3}', a, b, verdictText(same), text),
          },
          text,
          // Not by its colour alone.
          same === true && element('span', { class: 'mark', 'aria-hidden': 'true' }, '='),
        );
        node.addEventListener('click', () => onChoose(pair));
        cells.push({ node, row, column });
        focus.add(node, row, column);
        return element('td', {}, node);
      };
      fill(
        table,
        element('thead', {}, element('tr', {}, element('td'), ...photographs.map((each, i) => head(each, i, 'col')))),
        element(
          'tbody',
          {},
          ...photographs.map((each, row) =>
            element('tr', {}, head(each, row, 'row'), ...photographs.map((_, column) => cell(row, column))),
          ),
        ),
      );
    },
    mark(pair) {
      for (const cell of cells) cell.node.setAttribute('aria-pressed', String(isOf(cell, pair)));
      // Where one of them has the focus, it keeps it.
      const taken = cells.find(({ node }) => node === document.activeElement) ?? cells.find((cell) => isOf(cell, pair));
      if (taken !== undefined) focus.takeTab(taken.row, taken.column);
    },
  };
}

function pairOf({ row, column }: { row: number; column: number }): FacePair {
  return row < column ? [row, column] : [column, row];
}

function isOf(cell: { row: number; column: number }, [a, b]: FacePair): boolean {
  const [low, high] = pairOf(cell);
  return low === a && high === b;
}
