import * as vscode from 'vscode';
import { describeError } from '../../src/protocol/errors';
import { Disposable, toDisposable } from '../disposable';
import { type OpenTab, type OwnTab, type RememberedTab, frozenTabs, remember, stillOpen } from './frozenTabs';
import type { KeyOf } from './pageState';

/** VS Code hands a tab over well within this time after it is seen or the extension is activated. */
const patienceMilliseconds = 3000;
const memoryKey = 'facenet.openTabs';

interface ListedTab extends OpenTab {
  tab: vscode.Tab;
}

/** The tabs of this host. */
export interface KeptTabs {
  /** View types that are ours. */
  readonly types: readonly string[];
  readonly keyOf: KeyOf;
  own(): OwnTab[];
  /** Opens anew what a lost tab has shown. */
  reopen(shown: Pick<RememberedTab, 'state' | 'view'>, column: vscode.ViewColumn): Promise<void>;
}

/** Remembers which tabs are open, and replaces those that a dead extension host has left behind. */
export class TabKeeper extends Disposable {
  /** Of hosts before this one. */
  private earlier: RememberedTab[];
  private timer: NodeJS.Timeout | undefined;
  private replacing = false;

  constructor(
    private readonly memory: vscode.Memento,
    private readonly tabs: KeptTabs,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.earlier = memory.get<RememberedTab[]>(memoryKey, []);
    const { tabGroups } = vscode.window;
    this.register(tabGroups.onDidChangeTabs(() => this.schedule()));
    this.register(tabGroups.onDidChangeTabGroups(() => this.schedule()));
    this.register(toDisposable(() => clearTimeout(this.timer)));
    this.schedule();
  }

  /** A tab of ours has been opened or closed. */
  changed(): void {
    this.choiceChanged();
    this.schedule();
  }

  /** What was chosen in a tab of ours, or how it is looked at, has changed. */
  choiceChanged(): void {
    const { tabs } = this;
    if (!this.isDisposed) void this.memory.update(memoryKey, remember(tabs.own(), this.earlier, tabs.keyOf));
  }

  /** A look some time after the last change: what is in front then has been so for long enough. */
  private schedule(): void {
    clearTimeout(this.timer);
    if (this.isDisposed) return;
    this.timer = setTimeout(() => void this.replaceFrozen(), patienceMilliseconds);
  }

  private async replaceFrozen(): Promise<void> {
    const { types, keyOf } = this.tabs;
    const open = listTabs(types);
    this.earlier = stillOpen(this.earlier, open);
    if (open.length === 0 || this.replacing) return;
    const own = this.tabs.own();
    const frozen = frozenTabs(open, own, remember(own, this.earlier, keyOf), keyOf);
    if (frozen.length === 0) return;
    this.replacing = true;
    try {
      for (const { tab, reopen, known } of frozen) {
        const opened = reopen === undefined ? (known ? 'is open in another' : 'is not known') : 'is opened anew';
        this.log.warn(`The tab "${tab.title}" has lost its extension host and is closed; what it has shown ${opened}.`);
        // The new one comes first, so that a group with one tab does not close.
        if (reopen !== undefined) await this.tabs.reopen(reopen, tab.column);
        await vscode.window.tabGroups.close(tab.tab, true);
      }
    } catch (error) {
      this.log.warn(describeError(error));
    } finally {
      this.replacing = false;
    }
  }
}

/** The tabs of our view types; VS Code lists them under a name with a prefix of its own. */
function listTabs(ours: readonly string[]): ListedTab[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs, viewColumn: column }) =>
    tabs.flatMap((tab) => {
      const { input } = tab;
      if (!(input instanceof vscode.TabInputWebview)) return [];
      const viewType = ours.find((name) => input.viewType === name || input.viewType.endsWith(`-${name}`));
      return viewType === undefined ? [] : [{ viewType, title: tab.label, column, active: tab.isActive, tab }];
    }),
  );
}
