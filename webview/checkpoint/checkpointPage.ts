import * as l10n from '@vscode/l10n';
import { chipOf } from '../../src/protocol/chip';
import type { ToCheckpointPage } from '../../src/protocol/webview';
import { counted } from '../counts';
import { element, fill } from '../element';
import { baseName, integer } from '../format';
import type { Host } from '../host';
import type { Page } from '../showPage';
import { coalesce } from '../redraw';
import { button, checkbox, filterField } from '../ui';
import { type Snapshot, brokenValues, byteText, stageRows } from './rows';
import { type TableView, VariableTable } from './variableTable';

/** The Checkpoint tab: the variables of a model, what is in them, how another model differs, what would be restored. */
export function checkpointPage(root: HTMLElement, host: Host<'checkpoint'>): Page<'checkpoint'> {
  const view: TableView = {
    open: [],
    filter: '',
    remarkableOnly: false,
    detailed: '',
    ...host.saved<Partial<TableView>>('checkpoint'),
  };
  const save = (): void => host.save('checkpoint', view);
  const table = new VariableTable(view, save);
  const head = element('header', { class: 'page-head' });
  const figures = element('section', { class: 'figures', 'aria-label': l10n.t('Summary') });
  const redraw = coalesce(() => table.draw(), 120);
  const filter = filterField({
    label: l10n.t('Filter variables by name'),
    placeholder: l10n.t('Filter by name'),
    value: view.filter,
    onInput: (name) => {
      view.filter = name;
      save();
      redraw.request();
    },
  });
  const controls = element(
    'section',
    { class: 'controls', 'aria-label': l10n.t('What is shown') },
    filter,
    checkbox(l10n.t('Only what stands out'), view.remarkableOnly, (only) => {
      view.remarkableOnly = only;
      save();
      table.draw();
    }),
    button({ label: l10n.t('Expand All'), onClick: () => table.openAll(true) }),
    button({ label: l10n.t('Collapse All'), onClick: () => table.openAll(false) }),
  );
  return {
    receive(message: ToCheckpointPage) {
      fill(head, ...headOf(message, host));
      fill(figures, ...figuresOf(message));
      if (!root.contains(controls)) root.replaceChildren(head, figures, controls, table.element);
      table.set(message);
    },
    dispose() {
      redraw.cancel();
    },
  };
}

function headOf(
  { model, statistics, comparison, plan, notes: said = [] }: Snapshot,
  host: Host<'checkpoint'>,
): HTMLElement[] {
  const title = model.step === undefined ? model.name : l10n.t('{0}, step {1}', model.name, integer(model.step));
  const { alignment, imageSize, standardization } = model.recipe;
  const chip = chipOf(model.recipe);
  const parts = [
    model.path,
    l10n.t(
      '{0} alignment, {1} × {1} px, {2} standardisation ({3})',
      chip === undefined ? alignment : `${alignment} (${chip})`,
      ...[imageSize, standardization, model.recipeSource],
    ),
  ];
  const notes = [
    model.problem ?? (statistics === undefined ? l10n.t('Reading the values…') : undefined),
    comparison && l10n.t('Compared with {0}', comparison.second),
    plan &&
      [l10n.t('Restore plan against {0}', plan.against), ...(plan.note === undefined ? [] : [plan.note])].join('. '),
    ...said,
  ];
  return [
    element(
      'div',
      { class: 'title-line' },
      element('h1', {}, title),
      element(
        'div',
        { class: 'actions' },
        button({ label: l10n.t('Compare…'), onClick: () => host.post({ type: 'askCheckpoint', what: 'comparison' }) }),
        button({ label: l10n.t('Restore Plan…'), onClick: () => host.post({ type: 'askCheckpoint', what: 'plan' }) }),
        model.kind !== 'starter' &&
          button({ label: l10n.t('Reveal Folder'), onClick: () => host.post({ type: 'revealFolder' }) }),
      ),
    ),
    ...parts.map((part) => element('div', { class: 'activity-line' }, element('span', { class: 'path' }, part))),
    element(
      'div',
      { role: 'status' },
      ...notes.map((note) => note !== undefined && element('p', { class: 'note' }, note)),
    ),
  ];
}

function figureOf(label: string, value: string, detail: string, style?: string): HTMLElement {
  return element(
    'div',
    { class: 'figure' },
    element('span', { class: 'figure-label' }, label),
    element('span', { class: style === undefined ? 'figure-value' : `figure-value ${style}` }, value),
    element('span', { class: 'figure-detail' }, detail),
  );
}

function figuresOf(snapshot: Snapshot): (HTMLElement | undefined)[] {
  const { model, statistics, comparison, plan } = snapshot;
  const variables = model.stages.flatMap((stage) => stage.variables);
  const numbers = variables.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  const bytes = variables.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const classifier =
    model.classes === undefined ? l10n.t('no classifier') : l10n.t('classifier for {0} people', integer(model.classes));
  const rows = stageRows(snapshot).flatMap((stage) => stage.rows);
  const broken = brokenValues(rows);
  return [
    figureOf(
      l10n.t('Network'),
      model.embeddingSize === undefined ? '–' : `${model.embeddingSize}-d`,
      model.network === undefined ? l10n.t('none that is known here') : `${model.network}, ${classifier}`,
    ),
    figureOf(l10n.t('Variables'), integer(variables.length), [counted.numbers(numbers), byteText(bytes)].join(', ')),
    figureOf(
      'NaN, Inf',
      statistics === undefined ? '–' : integer(broken),
      statistics === undefined
        ? l10n.t('not known yet')
        : broken === 0
          ? l10n.t('every value is finite')
          : l10n.t('values are not finite'),
      broken > 0 ? 'worse' : undefined,
    ),
    comparison &&
      figureOf(
        l10n.t('Exactly equal'),
        l10n.t('{0} of {1}', integer(comparison.counts.equal), integer(comparison.variables.length)),
        l10n.t('{0} differ from {1}', integer(comparison.counts.different), baseName(comparison.second)),
      ),
    plan &&
      figureOf(
        l10n.t('Restored'),
        integer(plan.counts.restored),
        l10n.t(
          '{0} new, {1} of another shape, {2} not used',
          ...[plan.counts.new, plan.counts['other-shape'], counted.variables(plan.counts.unused)],
        ),
      ),
  ];
}
