import * as vscode from 'vscode';
import { describeError } from '../../src/protocol/errors';
import type { PageName } from '../../src/protocol/webview';
import { Disposable } from '../disposable';
import type { OwnTab } from './frozenTabs';
import { type PageKind, type ServedKinds, identityOf, pageType } from './pageKind';
import { type PagePanel, type PagePlace, ownTab } from './pagePanel';
import type { PageState, PageView } from './pageState';
import { TabKeeper } from './tabKeeper';

/** A tab that is there already, to be filled with what it has shown before. */
type Handed = Pick<PagePlace, 'panel' | 'view'>;

/**
 * The open tabs, one for each thing that a page can be about; brings them back after the window has been reloaded, and
 * after the extension host has been started anew.
 */
export class Panels extends Disposable {
  private readonly open = new Map<string, PagePanel>();
  /** Handed over by VS Code, while what they show is being read. */
  private readonly reviving = new Set<OwnTab>();
  private readonly keeper: TabKeeper;

  constructor(
    private readonly kinds: ServedKinds,
    private readonly extensionUri: vscode.Uri,
    memory: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    const types = kinds.names.map(pageType);
    const tabs = {
      types,
      keyOf: kinds.keyOf,
      own: () => [...this.all.flatMap(({ tab }) => tab ?? []), ...this.reviving],
      reopen: this.reopen.bind(this),
    };
    this.keeper = this.register(new TabKeeper(memory, tabs, log));
    for (const type of types) {
      this.register(
        vscode.window.registerWebviewPanelSerializer(type, {
          deserializeWebviewPanel: async (panel, state) => this.revive(panel, state),
        }),
      );
    }
  }

  /** For tests. */
  get all(): PagePanel[] {
    return [...this.open.values()];
  }

  /**
   * The tab of what `state` is about: opened, or brought to the front as it is where it is open. Two calls at once make
   * one tab.
   *
   * @throws UserError when that cannot be read, StoppedError when it was given up.
   */
  async show<State extends PageState, Panel extends PagePanel>(
    kind: PageKind<State, Panel, never>,
    state: State,
  ): Promise<Panel> {
    const make = this.find(kind, state) === undefined ? await this.read(state) : undefined;
    const known = this.find(kind, state);
    if (known === undefined) return this.keep(identityOf(kind, state), make!) as Panel;
    known.reveal();
    return known;
  }

  /** The tab of what `state` is about, where it is open. */
  find<State extends PageState, Panel extends PagePanel>(
    kind: PageKind<State, Panel, never>,
    state: State,
  ): Panel | undefined {
    return this.open.get(identityOf(kind, state)) as Panel | undefined;
  }

  /** The tab of this kind that has the focus among the editors. */
  active<State extends PageState, Panel extends PagePanel>({ name }: PageKind<State, Panel, never>): Panel | undefined {
    return this.all.find(({ active, state }) => active && state.kind === name) as Panel | undefined;
  }

  /** Fills a tab that VS Code has kept, from the saved state of its page; closes it where there is nothing to show. */
  async revive(panel: vscode.WebviewPanel, saved: unknown): Promise<void> {
    const { host: state, view } = (saved ?? {}) as { host?: PageState; view?: PageView };
    await this.fill({ panel, view }, state);
  }

  override dispose(): void {
    for (const panel of this.all) panel.dispose();
    super.dispose();
  }

  /** Into the column where a tab has been left without its host; the focus stays where it is. */
  private async reopen(
    { state, view }: { state: PageState; view?: PageView | undefined },
    column: vscode.ViewColumn,
  ): Promise<void> {
    const panel = create(state.kind, { viewColumn: column, preserveFocus: true });
    await this.fill({ panel, view }, state);
  }

  /** Shows in an empty tab what it is about; closes it where that cannot be read any more. */
  private async fill(handed: Handed, state: PageState | undefined): Promise<void> {
    const { panel } = handed;
    // A page may be one that another version has had.
    if (state === undefined || !this.kinds.names.includes(state.kind)) {
      panel.dispose();
      return;
    }
    const coming = ownTab(panel);
    this.reviving.add(coming);
    try {
      const make = await this.read(state, handed);
      this.keep(this.kinds.keyOf(state)!, make);
    } catch (error) {
      // Its run has been removed meanwhile: there is nothing to show any more.
      this.log.warn(`A tab could not be brought back: ${describeError(error)}`);
      panel.dispose();
    } finally {
      this.reviving.delete(coming);
    }
  }

  /** Loads the page and reads what it shows; then the tab can be made, in the one that is handed over where there is one. */
  private async read(state: PageState, handed?: Handed): Promise<() => PagePanel> {
    const { icon, open } = await this.kinds.load(state.kind);
    const make = await open(state);
    const { extensionUri } = this;
    const place = { extensionUri, icon: vscode.Uri.joinPath(extensionUri, 'media', icon) };
    return () => make({ ...(handed ?? { panel: create(state.kind) }), ...place });
  }

  private keep(key: string, make: () => PagePanel): PagePanel {
    const panel = make();
    this.open.set(key, panel);
    panel.onDidChoose(() => this.keeper.choiceChanged());
    panel.onDidClose(() => {
      if (this.open.get(key) === panel) this.open.delete(key);
      this.keeper.changed();
    });
    this.keeper.changed();
    return panel;
  }
}

function create(
  name: PageName,
  where: Parameters<typeof vscode.window.createWebviewPanel>[2] = vscode.ViewColumn.Active,
): vscode.WebviewPanel {
  // The page sets its own title before anything is seen.
  return vscode.window.createWebviewPanel(pageType(name), 'FaceNet', where, {
    enableScripts: true,
    localResourceRoots: [],
  });
}
