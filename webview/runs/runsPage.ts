import * as l10n from '@vscode/l10n';
import type { RunKind, RunRow } from '../../src/protocol/runRow';
import { isActive } from '../../src/protocol/runRules';
import type { RunsAction, ToRunsPage } from '../../src/protocol/webview';
import { type RunOrder, filterRuns, sortRuns } from '../../src/words/runLists';
import { kindInWords } from '../../src/words/runWords';
import { counted } from '../counts';
import { element, setText } from '../element';
import type { Host } from '../host';
import type { Page } from '../showPage';
import { coalesce } from '../redraw';
import { button, checkbox, filterField, setEnabled } from '../ui';
import { ComparisonTable } from './comparison';
import { RunGrid } from './runGrid';
import { Selection } from './selection';

interface RunsView {
  order: RunOrder;
  reversed: boolean;
  words: string;
  kind: RunKind | '';
  archived: boolean;
}

const kinds: readonly RunKind[] = [
  ...(['fineTuning', 'scratch', 'triplets', 'validation', 'alignment', 'demo'] as const),
  ...(['classifier', 'classification', 'identification'] as const),
];

/** What can be done with the runs that are selected; keys beside the buttons. */
interface Action {
  what: RunsAction;
  label: string;
  key?: string;
  /** Whether it may be done with these. */
  fits(rows: readonly RunRow[]): boolean;
}

const one = (rows: readonly RunRow[]): boolean => rows.length === 1;
const some = (rows: readonly RunRow[]): boolean => rows.length > 0;
const isTraining = ({ kind }: RunRow): boolean => ['fineTuning', 'scratch', 'triplets'].includes(kind);

const actions: readonly Action[] = [
  { what: 'compare', label: l10n.t('Compare'), key: 'c', fits: (rows) => rows.length > 1 },
  {
    what: 'draw',
    label: l10n.t('Curves beside Each Other'),
    fits: (rows) => rows.length > 1 && rows.filter(isTraining).length > 1,
  },
  { what: 'rename', label: l10n.t('Rename…'), key: 'F2', fits: one },
  { what: 'note', label: l10n.t('Note…'), key: 'n', fits: one },
  { what: 'tag', label: l10n.t('Tags…'), key: 't', fits: some },
  { what: 'star', label: l10n.t('Star'), key: 's', fits: (rows) => rows.some(({ star }) => !star) },
  {
    what: 'unstar',
    label: l10n.t('Remove Star'),
    key: 's',
    fits: (rows) => some(rows) && rows.every(({ star }) => star),
  },
  { what: 'archive', label: l10n.t('Archive'), key: 'e', fits: (rows) => rows.some(({ archived }) => !archived) },
  {
    what: 'unarchive',
    label: l10n.t('Take out of the Archive'),
    key: 'e',
    fits: (rows) => some(rows) && rows.every(({ archived }) => archived),
  },
  {
    what: 'duplicate',
    label: l10n.t('Duplicate with Changes…'),
    key: 'd',
    fits: (rows) => one(rows) && rows.every(isTraining),
  },
  {
    what: 'delete',
    label: l10n.t('Delete…'),
    key: 'Delete',
    fits: (rows) => some(rows) && !rows.some(({ state }) => isActive(state)),
  },
];

/** The Runs tab: all runs of the workspace, to be sorted, filtered, described, compared and cleared away. */
export function runsPage(root: HTMLElement, host: Host<'runs'>): Page<'runs'> {
  const view: RunsView = {
    ...{ order: 'started', reversed: false, words: '', kind: '', archived: false },
    ...host.saved<Partial<RunsView>>('runs'),
  };
  const selection = new Selection();
  let all: readonly RunRow[] = [];
  let shown: readonly RunRow[] = [];

  const summary = element('span', { class: 'activity', role: 'status' });
  const nothing = element('p', { class: 'waiting' });
  const comparison = new ComparisonTable((row) => host.post({ type: 'onRuns', what: 'open', folders: [row.folder] }));

  const chosen = (): RunRow[] => selection.of(shown);
  const act = (what: RunsAction, rows: readonly RunRow[]): void =>
    host.post({ type: 'onRuns', what, folders: rows.map(({ folder }) => folder) });

  const grid = new RunGrid(selection, {
    sort(order) {
      change(view.order === order ? { reversed: !view.reversed } : { order, reversed: false });
    },
    open: (row) => act('open', [row]),
    selectionChanged: () => showSelection(),
    key(event, row) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      // Without a selection the run is meant that has the focus.
      const rows = selection.size > 0 ? chosen() : [row];
      const key = event.key === 'Backspace' ? 'Delete' : event.key;
      const action = actions.find((candidate) => candidate.key === key && candidate.fits(rows));
      if (action === undefined) return;
      event.preventDefault();
      act(action.what, rows);
    },
  });

  const buttons = actions.map((action) => ({
    action,
    node: button({
      label: action.label,
      ...(action.key !== undefined && { title: l10n.t('{0} ({1})', action.label, action.key) }),
      onClick: () => act(action.what, chosen()),
    }),
  }));
  const bar = element('div', {
    class: 'runs-actions',
    role: 'toolbar',
    'aria-label': l10n.t('With the selected runs'),
  });
  bar.append(...buttons.map(({ node }) => node));

  const showSelection = (): void => {
    const rows = chosen();
    for (const { action, node } of buttons) {
      const fits = action.fits(rows);
      setEnabled(node, fits);
      // Of two that undo each other one is there.
      if (action.what === 'unstar' || action.what === 'unarchive') node.hidden = !fits;
      if (action.what === 'star' || action.what === 'archive') node.hidden = rows.length > 0 && !fits;
    }
    if (rows.length < 2) comparison.hide();
    setText(summary, summaryOf());
  };

  const summaryOf = (): string => {
    const parts = [counted.runs(shown.length)];
    const hidden = all.length - shown.length;
    if (hidden > 0) parts.push(l10n.t('{0} not shown', hidden));
    const selected = chosen().length;
    if (selected > 0) parts.push(l10n.t('{0} selected', selected));
    return parts.join(' · ');
  };

  const draw = (): void => {
    const { kind, words, archived, order, reversed } = view;
    shown = sortRuns(filterRuns(all, { words, archived, ...(kind !== '' && { kind }) }), order, reversed);
    selection.keep(shown);
    grid.show(shown, order, reversed);
    grid.element.hidden = shown.length === 0;
    nothing.hidden = shown.length > 0;
    setText(
      nothing,
      all.length === 0
        ? l10n.t('Nothing has been run here yet. Begin with Fine-Tune… in the Runs view.')
        : l10n.t('No run is meant by the filter.'),
    );
    showSelection();
  };
  const redraw = coalesce(draw, 120);
  const change = (changed: Partial<RunsView>): void => {
    Object.assign(view, changed);
    host.save('runs', view);
    draw();
  };

  const filter = filterField({
    label: l10n.t('Filter runs by words and #tags'),
    placeholder: l10n.t('Words, #tag'),
    value: view.words,
    onInput: (words) => {
      view.words = words;
      host.save('runs', view);
      redraw.request();
    },
  });
  const kindChoice = element(
    'select',
    { class: 'filter', 'aria-label': l10n.t('Kind of runs') },
    element('option', { value: '' }, l10n.t('all kinds')),
    ...kinds.map((kind) => element('option', { value: kind }, kindInWords(kind))),
  );
  kindChoice.value = view.kind;
  kindChoice.addEventListener('change', () => change({ kind: kindChoice.value as RunKind | '' }));

  root.append(
    element(
      'header',
      { class: 'page-head' },
      element('div', { class: 'title-line' }, element('h1', {}, l10n.t('Runs'))),
      element('div', { class: 'activity-line' }, summary),
    ),
    element(
      'section',
      { class: 'controls', 'aria-label': l10n.t('What is shown') },
      filter,
      kindChoice,
      checkbox(l10n.t('Archived'), view.archived, (archived) => change({ archived })),
    ),
    bar,
    nothing,
    grid.element,
    comparison.element,
  );
  const resized = (): void => grid.show(shown, view.order, view.reversed);
  const returned = (): void => grid.returnFocus();
  window.addEventListener('resize', resized);
  window.addEventListener('focus', returned);
  return {
    receive(message: ToRunsPage) {
      if (message.type === 'hydrateRuns') {
        all = message.rows;
        draw();
      } else {
        const byFolder = new Map(all.map((row) => [row.folder, row]));
        const rows = message.folders.flatMap((folder) => byFolder.get(folder) ?? []);
        comparison.show(rows, message.settings);
      }
    },
    dispose() {
      redraw.cancel();
      window.removeEventListener('resize', resized);
      window.removeEventListener('focus', returned);
    },
  };
}
