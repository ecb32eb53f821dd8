import type { ToCheckpointPage } from '../../src/protocol/webview';
import { element, fill } from '../element';
import { baseName, count, integer } from '../format';
import type { Host } from '../host';
import type { Page } from '../page';
import { coalesce } from '../redraw';
import { button, checkbox } from '../ui';
import { type Snapshot, brokenValues, byteText, stageRows } from './rows';
import { type TableView, VariableTable } from './variableTable';

/** The Checkpoint tab: the variables of a model, what is in them, how another model differs, what would be restored. */
export function checkpointPage(root: HTMLElement, host: Host): Page<ToCheckpointPage> {
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
  const figures = element('section', { class: 'figures', 'aria-label': 'Summary' });
  const redraw = coalesce(() => table.draw(), 120);
  const filter = element('input', {
    type: 'search',
    class: 'filter',
    placeholder: 'Filter by name',
    'aria-label': 'Filter variables by name',
  });
  filter.value = view.filter;
  filter.addEventListener('input', () => {
    view.filter = filter.value;
    save();
    redraw.request();
  });
  const controls = element(
    'section',
    { class: 'controls', 'aria-label': 'What is shown' },
    filter,
    checkbox('Only what stands out', view.remarkableOnly, (only) => {
      view.remarkableOnly = only;
      save();
      table.draw();
    }),
    button({ label: 'Expand All', onClick: () => table.openAll(true) }),
    button({ label: 'Collapse All', onClick: () => table.openAll(false) }),
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

function headOf({ model, statistics, comparison, plan, notes: said = [] }: Snapshot, host: Host): HTMLElement[] {
  const title = model.step === undefined ? model.name : `${model.name}, step ${integer(model.step)}`;
  const { alignment, imageSize, standardization } = model.recipe;
  const parts = [
    model.path,
    `${alignment} alignment, ${imageSize} × ${imageSize} px, ${standardization} standardisation (${model.recipeSource})`,
  ];
  const notes = [
    model.problem ?? (statistics === undefined ? 'Reading the values…' : undefined),
    comparison && `Compared with ${comparison.second}`,
    plan && `Restore plan against ${plan.against}${plan.note === undefined ? '' : `. ${plan.note}`}`,
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
        button({ label: 'Compare…', onClick: () => host.post({ type: 'askCheckpoint', what: 'comparison' }) }),
        button({ label: 'Restore Plan…', onClick: () => host.post({ type: 'askCheckpoint', what: 'plan' }) }),
        model.kind !== 'starter' &&
          button({ label: 'Reveal Folder', onClick: () => host.post({ type: 'revealFolder' }) }),
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
  const classifier = model.classes === undefined ? 'no classifier' : `classifier for ${integer(model.classes)} people`;
  const rows = stageRows(snapshot).flatMap((stage) => stage.rows);
  const broken = brokenValues(rows);
  return [
    figureOf(
      'Network',
      model.embeddingSize === undefined ? '–' : `${model.embeddingSize}-d`,
      model.network === undefined ? 'none that is known here' : `${model.network}, ${classifier}`,
    ),
    figureOf('Variables', integer(variables.length), `${integer(numbers)} numbers, ${byteText(bytes)}`),
    figureOf(
      'NaN, Inf',
      statistics === undefined ? '–' : integer(broken),
      statistics === undefined ? 'not known yet' : broken === 0 ? 'every value is finite' : 'values are not finite',
      broken > 0 ? 'worse' : undefined,
    ),
    comparison &&
      figureOf(
        'Exactly equal',
        `${integer(comparison.counts.equal)} of ${integer(comparison.variables.length)}`,
        `${integer(comparison.counts.different)} differ from ${baseName(comparison.second)}`,
      ),
    plan &&
      figureOf(
        'Restored',
        integer(plan.counts.restored),
        `${plan.counts.new} new, ${plan.counts['other-shape']} of another shape, ${count(plan.counts.unused, 'variable')} not used`,
      ),
  ];
}
