import * as l10n from '@vscode/l10n';
import type { HydrateClassification } from '../../src/protocol/webview';
import { percent } from '../../src/words/rates';
import { cardTitle } from '../chart/card';
import { counted } from '../counts';
import { element, fill, setText } from '../element';
import { integer } from '../format';
import type { Host } from '../host';
import type { Page } from '../showPage';
import { linkButton, slider } from '../ui';
import { type ConfusionCell, confusionTable, givenName } from './confusionTable';
import { faceGrid } from './faceGrid';
import { type Order, answerOf, confusionOf, countOutcomes, orders, ownerOf, sortImages, unknown } from './outcomes';

/** People of a confusion matrix that can still be read. */
const mostPeople = 24;

interface View {
  /** As it was moved; else the one that was chosen in training. */
  threshold?: number;
  order: Order;
  cell?: ConfusionCell;
}

/** The tab of Classify Folder: how many faces were given their name, who is taken for whom, and each face. */
export function classificationPage(root: HTMLElement, host: Host<'classification'>): Page<'classification'> {
  return {
    receive: (message) => showReport(root, host, message),
    dispose: () => undefined,
  };
}

function showReport(
  root: HTMLElement,
  host: Host<'classification'>,
  { report, title, imageBase, missing }: HydrateClassification,
): void {
  const view: View = { order: 'wrongFirst', ...host.saved<View>('classification') };
  const save = (): void => host.save('classification', view);
  const threshold = (): number => view.threshold ?? report.threshold ?? 0;

  const figures = element('div', { class: 'figures big' });
  const count = element('span', { class: 'count' });
  const narrowed = element('p', { class: 'none', role: 'status' });
  const confusion = confusionTable((cell) => {
    const again = view.cell?.own === cell.own && view.cell.given === cell.given;
    choose(again ? undefined : cell);
  });
  const grid = faceGrid(report, imageBase, (path) => host.post({ type: 'openImage', path }));
  const unknownBelow = slider({
    label: l10n.t('Unknown up to'),
    ...{ min: 0, max: 1, step: 0.01, value: threshold(), text: (value: number) => percent(value) },
    onInput(value) {
      view.threshold = value;
      save();
      draw();
    },
  });
  const sorting = element('select', { class: 'filter', 'aria-label': l10n.t('Order of the faces') });
  for (const order of orders)
    sorting.append(element('option', { value: order, selected: order === view.order }, orderName(order)));
  sorting.addEventListener('change', () => {
    view.order = sorting.value as Order;
    save();
    draw();
  });
  const sentences = [...(missing === undefined ? [] : [missing]), ...report.notes];
  root.replaceChildren(
    element(
      'header',
      { class: 'page-head' },
      element('h1', {}, title),
      element('p', { class: 'activity' }, l10n.t('embeddings of {0}', report.model.name)),
      unknownBelow.element,
    ),
    ...(sentences.length === 0
      ? []
      : [element('div', { class: 'notes' }, ...sentences.map((text) => element('p', { class: 'note' }, text)))]),
    figures,
    confusion.element,
    element(
      'section',
      { class: 'card', 'aria-label': l10n.t('Faces') },
      element('header', { class: 'card-head' }, cardTitle(l10n.t('Faces'), count), sorting),
      narrowed,
      grid.element,
    ),
  );
  draw();

  function choose(cell: ConfusionCell | undefined): void {
    if (cell === undefined) delete view.cell;
    else view.cell = cell;
    save();
    draw();
  }
  function draw(): void {
    const at = threshold();
    const { cell } = view;
    fill(figures, ...figuresOf(report, at));
    confusion.show(confusionOf(report, at, mostPeople), report.people, cell);
    const meant =
      cell === undefined
        ? report.images
        : report.images.filter((image) => ownerOf(report, image) === cell.own && answerOf(image, at) === cell.given);
    setText(count, counted.images(meant.length));
    narrowed.hidden = cell === undefined;
    if (cell !== undefined) {
      const own = cell.own === unknown ? l10n.t('not known to it') : givenName(cell.own, report.people);
      fill(
        narrowed,
        l10n.t('{0}, given {1}', own, givenName(cell.given, report.people)),
        ' ',
        linkButton(l10n.t('Show All'), () => choose(undefined)),
      );
    }
    grid.show(sortImages(report, meant, view.order, at), at);
  }
}

function figuresOf(report: HydrateClassification['report'], threshold: number): HTMLElement[] {
  const { known, strangers } = countOutcomes(report, threshold);
  const figure = (label: string, hits: number, of: number): HTMLElement =>
    element(
      'div',
      { class: 'figure' },
      element('span', { class: 'figure-label' }, label),
      element('span', { class: 'figure-value' }, percent(hits / of)),
      element('span', { class: 'figure-detail' }, l10n.t('{0} of {1} images', integer(hits), integer(of))),
    );
  return [
    ...(known.of === 0
      ? []
      : [
          figure(l10n.t('Given their name'), known.right, known.of),
          figure(l10n.t("Given another's name"), known.wrong, known.of),
          figure(l10n.t('Known people left unknown'), known.silent, known.of),
        ]),
    ...(strangers.of === 0 ? [] : [figure(l10n.t('Strangers left unknown'), strangers.refused, strangers.of)]),
  ];
}

function orderName(order: Order): string {
  switch (order) {
    case 'wrongFirst':
      return l10n.t('Wrong answers first');
    case 'leastSure':
      return l10n.t('Least probable first');
    case 'surest':
      return l10n.t('Most probable first');
    case 'byPerson':
      return l10n.t('By person');
  }
}
