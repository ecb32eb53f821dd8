import * as vscode from 'vscode';
import type { RunState } from '../../src/protocol/run';
import { isActive, isResumable } from '../../src/protocol/runRules';
import type { ListedRun } from '../../src/run/runList';
import { Disposable } from '../disposable';
import { contextKeys, nodeKinds, rowCommands } from '../identifiers';
import { describeProgress, kindOf, stateOf } from '../jobs/activity';
import type { JobManager } from '../jobs/jobManager';
import type { RunStore } from '../jobs/runStore';
import { shownRow } from '../shown';

export type RunNode = ListedRun & { kind: 'listedRun' };

const icons: Record<RunState, vscode.ThemeIcon> = {
  starting: new vscode.ThemeIcon('loading~spin'),
  running: new vscode.ThemeIcon('sync~spin'),
  stopping: new vscode.ThemeIcon('loading~spin'),
  done: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  stopped: new vscode.ThemeIcon('debug-pause'),
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground')),
  lost: new vscode.ThemeIcon('question', new vscode.ThemeColor('list.warningForeground')),
};

/** The runs of the workspace, newest first, each with its state and, while it is active, what it does. */
export class RunsTree extends Disposable implements vscode.TreeDataProvider<RunNode> {
  private readonly changed = this.register(new vscode.EventEmitter<RunNode | undefined>());
  readonly onDidChangeTreeData = this.changed.event;
  private readonly nodes = new Map<string, RunNode>();

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
    const listed = await this.runs.list();
    this.nodes.clear();
    for (const run of listed) this.nodes.set(run.folder, { kind: 'listedRun', ...run });
    await vscode.commands.executeCommand('setContext', contextKeys.hasRuns, listed.length > 0);
    return [...this.nodes.values()];
  }

  getTreeItem(node: RunNode): vscode.TreeItem {
    const follower = this.jobs.follower(node.folder);
    const record = follower?.record ?? node.record;
    const item = new vscode.TreeItem(record.title, vscode.TreeItemCollapsibleState.None);
    const doing = record.state === 'running' ? describeProgress(record, follower?.latest) : undefined;
    item.id = node.folder;
    item.description = doing ?? [stateOf(record), dayAndTime(record.createdAt)].join(' · ');
    item.iconPath = icons[record.state];
    item.tooltip = [
      `${kindOf(record)}: ${stateOf(record)}`,
      node.folder,
      ...(record.error === undefined ? [] : [record.error.message, record.error.action ?? '']),
    ].join('\n');
    item.contextValue = isActive(record.state)
      ? nodeKinds.activeRun
      : isResumable(record)
        ? nodeKinds.resumableRun
        : nodeKinds.run;
    // Without arguments: VS Code forgets those of a row that is drawn anew, and an active one is so at every step.
    item.command = { command: rowCommands.openRun, title: vscode.l10n.t('Show Metrics') };
    return shownRow(item);
  }
}

function dayAndTime(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' });
}
