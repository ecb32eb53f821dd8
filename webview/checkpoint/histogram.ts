import * as l10n from '@vscode/l10n';
import type { Histogram } from '../../src/protocol/checkpoint';
import { element } from '../element';
import { compact, integer } from '../format';

const namespace = 'http://www.w3.org/2000/svg';

/** Bars as one path; its size comes from the style sheet. The text says the range for whoever does not see it. */
export function histogramPicture({ from, to, counts }: Histogram): SVGSVGElement {
  const height = 100;
  const most = Math.max(...counts, 1);
  const bars = counts.map((count, index) => {
    // A bin with a single value among millions is still seen.
    const top = count === 0 ? height : Math.min(height - 3, height * (1 - count / most));
    return count === 0 ? '' : `M${index} ${height}V${top.toFixed(1)}H${index + 1}V${height}Z`;
  });
  const picture = document.createElementNS(namespace, 'svg');
  picture.setAttribute('viewBox', `0 0 ${counts.length} ${height}`);
  picture.setAttribute('preserveAspectRatio', 'none');
  picture.setAttribute('class', 'histogram');
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', l10n.t('Histogram from {0} to {1}', compact(from), compact(to)));
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', bars.join(''));
  picture.append(path);
  return picture;
}

/** The same as numbers. */
export function histogramTable({ from, to, counts }: Histogram): HTMLElement {
  const width = (to - from) / counts.length;
  const rows = counts.map((count, index) =>
    element(
      'tr',
      {},
      element('td', { class: 'number' }, compact(from + index * width)),
      element('td', { class: 'number' }, compact(from + (index + 1) * width)),
      element('td', { class: 'number' }, integer(count)),
    ),
  );
  const head = [l10n.t('from'), l10n.t('to'), l10n.t('values')].map((name) =>
    element('th', { scope: 'col', class: 'number' }, name),
  );
  return element(
    'div',
    { class: 'table-scroll', tabindex: 0 },
    element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows)),
  );
}
