import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { RunState } from '../../src/protocol/run';
import type { RunKind, RunRow } from '../../src/protocol/runRow';
import { isActive, isResumable } from '../../src/protocol/runRules';
import { verdictSentence } from '../../src/words/verdictWords';
import type { ListedRun } from '../../src/run/runList';
import { rowOfRun } from '../../src/run/runRows';
import { percent, signedPoints } from '../../src/words/rates';
import { dayInWords, kindInWords, stateInWords } from '../../src/words/runWords';
import { Disposable } from '../disposable';
import { contextKeys, nodeKinds, rowCommands } from '../identifiers';
import { describeProgress } from '../jobs/activity';
import type { JobManager } from '../jobs/jobManager';
import type { AbsentRun, RunStore } from '../jobs/runStore';
import { shownRow } from '../shown';
import { shorten } from '../workspace/library';

type ShownRun = ListedRun & { kind: 'listedRun' };
export type RunNode = ShownRun | (AbsentRun & { kind: 'absentRun' });

const icons: Record<RunKind, string> = {
  fineTuning: 'mortar-board',
  scratch: 'sparkle',
  triplets: 'type-hierarchy',
  validation: 'verified',
  alignment: 'device-camera',
  demo: 'play-circle',
  classifier: 'symbol-class',
  classification: 'list-selection',
  identification: 'search',
};

/** Of runs that have not come to their end as they should. */
const colors: Partial<Record<RunState, string>> = {
  failed: 'list.errorForeground',
  lost: 'list.warningForeground',
};

/**
 * The runs of the workspace: starred ones first, then the newest, each with what it is, what it has reached and, while it
 * is active, what it does. Archived ones are left out unless they are asked for.
 */
export class RunsTree extends Disposable implements vscode.TreeDataProvider<RunNode> {
  private readonly changed = this.register(new vscode.EventEmitter<RunNode | undefined>());
  readonly onDidChangeTreeData = this.changed.event;
  private readonly nodes = new Map<string, ShownRun>();

  constructor(
    private readonly runs: RunStore,
    private readonly jobs: JobManager,
  ) {
    super();
    this.register(runs.onDidChange(() => this.changed.fire(undefined)));
    // Only its row: the whole tree would lose the user's place at every step.
    this.register(jobs.onDidChange((run) => this.changed.fire(this.nodes.get(run.folder))));
  }

  async getChildren(node?: RunNode): Promise<RunNode[]> {
    if (node !== undefined) return [];
    const { runs: listed, absent } = await this.runs.look();
    this.nodes.clear();
    for (const run of listed) this.nodes.set(run.folder, { kind: 'listedRun', ...run });
    await vscode.commands.executeCommand('setContext', contextKeys.hasRuns, listed.length > 0);
    const shown = [...this.nodes.values()].filter(({ about }) => this.runs.archivedShown || !about.archived);
    shown.sort((a, b) => Number(b.about.star) - Number(a.about.star));
    return [...shown, ...absent.map((run): RunNode => ({ kind: 'absentRun', ...run }))];
  }

  getTreeItem(node: RunNode): vscode.TreeItem {
    return node.kind === 'absentRun' ? absentItem(node) : this.runItem(node);
  }

  private runItem(node: ShownRun): vscode.TreeItem {
    const attached = this.runs.liesElsewhere(node.folder);
    const row = rowOfRun(node, this.nodes, Date.now());
    const follower = this.jobs.follower(node.folder);
    const record = follower?.record ?? node.record;
    const { state } = record;
    const item = new vscode.TreeItem(row.star ? `★ ${row.name}` : row.name, vscode.TreeItemCollapsibleState.None);
    const doing = state === 'running' ? describeProgress(record, follower?.latest) : undefined;
    item.id = node.folder;
    const place = attached ? [vscode.l10n.t('attached')] : [];
    item.description = doing ?? [...describeRow({ ...row, state }, new Date()), ...place].join(' · ');
    const color = colors[state];
    item.iconPath = isActive(state)
      ? new vscode.ThemeIcon('sync~spin')
      : new vscode.ThemeIcon(icons[row.kind], color === undefined ? undefined : new vscode.ThemeColor(color));
    item.tooltip = [
      row.name,
      `${kindInWords(row.kind)}: ${stateInWords(state)}`,
      ...(record.verdict === undefined ? figuresOf(row) : [verdictSentence(record.verdict)]),
      ...(row.tags.length > 0 ? [row.tags.map((tag) => `#${tag}`).join(' ')] : []),
      ...(row.note === undefined ? [] : [row.note]),
      ...(record.error === undefined ? [] : [record.error.message, record.error.action ?? '']),
      attached ? vscode.l10n.t('Attached: {0}', node.folder) : node.folder,
    ].join('\n');
    item.contextValue = contextOf(node, state, attached);
    // Without arguments: VS Code forgets those of a row that is drawn anew, and an active one is so at every step.
    item.command = { command: rowCommands.openRun, title: vscode.l10n.t('Show Metrics') };
    const said = [
      ...(row.star ? [vscode.l10n.t('starred')] : []),
      row.name,
      kindInWords(row.kind),
      ...(doing === undefined ? describeRow({ ...row, state }, new Date()) : [doing]),
      ...place,
    ];
    return shownRow(item, said);
  }
}

/**
 * What stands behind the name, first what a sidebar of its usual width has room for: how it has ended, what it has reached,
 * then what it is about where the name does not say so.
 */
function describeRow(row: RunRow, now: Date): string[] {
  const isSaid = (word: string): boolean => row.name.includes(word);
  return [
    ...(row.archived ? [vscode.l10n.t('archived')] : []),
    ...(row.state === 'done' ? [] : [stateInWords(row.state)]),
    ...figuresOf(row),
    ...[row.model, row.dataset].filter((word) => word !== undefined && word !== '' && !isSaid(word)),
    dayInWords(row.startedAt, now),
  ].filter((part) => part !== undefined);
}

/** E.g. `94.7 % (+4.0)`. */
function figuresOf({ accuracy, change }: RunRow): string[] {
  if (accuracy === undefined) return [];
  return [change === undefined ? percent(accuracy) : `${percent(accuracy)} (${signedPoints(change.size)})`];
}

/** By its parts menus know what a run can be asked for. */
function contextOf({ record, about }: ShownRun, state: RunState, attached: boolean): string {
  const kind = isActive(state) ? nodeKinds.activeRun : isResumable(record) ? nodeKinds.resumableRun : nodeKinds.run;
  return `${kind}${about.star ? '.starred' : ''}${about.archived ? '.archived' : ''}${attached ? '.attached' : ''}`;
}

/** The row of a folder that was attached and holds nothing that could be shown. */
function absentItem({ folder, absence }: AbsentRun): vscode.TreeItem {
  const why = {
    gone: vscode.l10n.t('not there any more'),
    unreadable: vscode.l10n.t('cannot be understood'),
    silent: vscode.l10n.t('its disk does not answer'),
  }[absence];
  const item = new vscode.TreeItem(basename(folder), vscode.TreeItemCollapsibleState.None);
  item.id = folder;
  item.description = why;
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.tooltip = [
    `${shorten(folder)}: ${why}`,
    vscode.l10n.t('It is shown again when it is back; Detach from Run Folder in its menu takes this row away.'),
  ].join('\n');
  item.contextValue = nodeKinds.absentRun;
  return shownRow(item, [basename(folder), why]);
}
