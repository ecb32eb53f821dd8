import * as l10n from '@vscode/l10n';
import type { ComparedPhotograph, HydrateCompare } from '../../src/protocol/webview';
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
  table.addEventListener('keydown', (event) => {
    const from = cells.find(({ node }) => node === event.target);
    const ways: Record<string, [number, number]> = {
      ...{ ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] },
    };
    const way = ways[event.key];
    if (from === undefined || way === undefined) return;
    event.preventDefault();
    let [row, column] = [from.row + way[0], from.column + way[1]];
    // Nobody is held against himself.
    if (row === column) [row, column] = [row + way[0], column + way[1]];
    const to = cells.find((cell) => cell.row === row && cell.column === column);
    if (to === undefined) return;
    to.node.focus();
    onChoose(pairOf(to));
  });

  return {
    element: table,
    show(photographs, result) {
      cells = [];
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
            ...{ type: 'button', class: same === true ? 'cell same' : 'cell', tabindex: -1 },
            'aria-label': l10n.t('{0} and {1}: {2}, distance {3}', a, b, verdictText(same), text),
          },
          text,
          // Not by its colour alone.
          same === true && element('span', { class: 'mark', 'aria-hidden': 'true' }, '='),
        );
        node.addEventListener('click', () => onChoose(pair));
        cells.push({ node, row, column });
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
      const focused = cells.find(({ node }) => node === document.activeElement);
      const first = cells.find((cell) => isOf(cell, pair));
      for (const cell of cells) {
        cell.node.setAttribute('aria-pressed', String(isOf(cell, pair)));
        // One of them takes the focus from the Tab key: where one is, else the one of the pair.
        cell.node.tabIndex = cell === (focused ?? first) ? 0 : -1;
      }
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
