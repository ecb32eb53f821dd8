import { dirname, relative } from 'node:path';
import * as vscode from 'vscode';
import type { LineageStep } from '../../src/protocol/lineage';
import type { FromPage, Pages, ToPage } from '../../src/protocol/webview';
import { shownName } from '../../src/protocol/shownText';
import { Disposable } from '../disposable';
import { commandIds } from '../identifiers';
import type { OwnTab } from './frozenTabs';
import { pageHtml, pageOptions } from './pageHtml';
import type { PageState, PageView } from './pageState';

/** Where a page is shown. */
export interface PagePlace {
  panel: vscode.WebviewPanel;
  extensionUri: vscode.Uri;
  /** Of the tab. */
  icon: vscode.Uri;
  /** How it was looked at when it was open before. */
  view?: PageView | undefined;
}

/**
 * An editor tab with one of our pages. The page is thrown away while it is hidden and says `ready` whenever it has
 * been loaded; it then gets everything once, and what follows only while it is visible. The page is the one that `State`
 * is of.
 */
export abstract class PagePanel<State extends PageState = PageState> extends Disposable {
  private ready = false;
  private readonly closed = this.register(new vscode.EventEmitter<void>());
  readonly onDidClose = this.closed.event;
  private readonly received = this.register(new vscode.EventEmitter<FromPage>());
  /** For tests: messages of the page, and those sent to it. */
  readonly onDidReceive = this.received.event;
  readonly sent: ToPage['type'][] = [];
  private readonly choosing = this.register(new vscode.EventEmitter<void>());
  /** What was chosen in it, or how its page is looked at, has changed. */
  readonly onDidChoose = this.choosing.event;
  protected readonly panel: vscode.WebviewPanel;
  private view: PageView | undefined;
  private steps: LineageStep[] = [];

  constructor(
    private readonly place: PagePlace,
    private chosen: State,
  ) {
    super();
    const { panel } = place;
    this.panel = panel;
    this.view = place.view;
    this.register(panel.webview.onDidReceiveMessage((said: unknown) => void this.hear(said)));
    this.register(
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.ready = false;
      }),
    );
    this.register(
      panel.onDidDispose(() => {
        this.closed.fire();
        this.dispose();
      }),
    );
  }

  get visible(): boolean {
    return !this.isDisposed && this.panel.visible;
  }

  /** Whether it has the focus among the editors. */
  get active(): boolean {
    return !this.isDisposed && this.panel.active;
  }

  /** True while there is a page that hears what is sent. */
  protected get listening(): boolean {
    return this.ready && this.visible;
  }

  get title(): string {
    return this.panel.title;
  }

  /** What it is about, with what was chosen in it. */
  get state(): State {
    return this.chosen;
  }

  /** Undefined when it has been closed. */
  get tab(): OwnTab | undefined {
    return this.isDisposed ? undefined : ownTab(this.panel, this.chosen, this.view);
  }

  reveal(): void {
    this.panel.reveal(undefined, false);
  }

  close(): void {
    this.panel.dispose();
  }

  /** Loads the page; called once by the subclass when it is able to hydrate it. */
  protected load(title: string, pictures: readonly vscode.Uri[] = []): void {
    const { extensionUri, icon } = this.place;
    this.panel.title = shownName(title);
    this.panel.iconPath = icon;
    this.panel.webview.options = pageOptions(extensionUri, pictures);
    this.panel.webview.html = pageHtml(this.panel.webview, extensionUri, this.chosen, this.view);
  }

  /** Lets the page load pictures of these folders, in place of those before; VS Code may load it anew for that. */
  protected showPicturesOf(folders: readonly vscode.Uri[]): void {
    this.panel.webview.options = pageOptions(this.place.extensionUri, folders);
  }

  /** Gives the tab another title, where what it is about is called otherwise now. */
  protected retitle(title: string): void {
    if (this.isDisposed || this.panel.title === shownName(title)) return;
    this.panel.title = shownName(title);
    this.choosing.fire();
  }

  /** Remembers a choice, so that it comes back with the tab. */
  protected choose(state: State): void {
    this.chosen = state;
    this.send({ type: 'about', about: state });
    this.choosing.fire();
  }

  /** Sends to a page that is there to hear it; what is missed comes with the next hydrate. */
  protected send(message: ToPage<State['kind']>): void {
    if (!this.listening) return;
    this.sent.push(message.type);
    void this.panel.webview.postMessage(message);
  }

  /** Heeds what the page says, in the order in which it says it. */
  private async hear(said: unknown): Promise<void> {
    // The checks bring a library that the window does not start with.
    const { readPageMessage } = await import('../../src/protocol/pageMessages');
    const message = readPageMessage(this.chosen.kind, said);
    if (message === undefined || this.isDisposed) return;
    if (message.type === 'ready') {
      this.ready = true;
      // The document has been written before the latest choice.
      this.send({ type: 'about', about: this.chosen });
      void this.showAll();
    } else if (message.type === 'followLineage') {
      const step = this.steps[message.index];
      if (step !== undefined) void vscode.commands.executeCommand(...wayTo(step));
    } else if (message.type === 'view') {
      this.view = message.view;
      this.choosing.fire();
    } else this.answer(message);
    this.received.fire(message);
  }

  /** Where what it is about comes from; nothing where that is not known. */
  protected async lineage(): Promise<LineageStep[]> {
    return [];
  }

  private async showAll(): Promise<void> {
    await this.hydrate();
    this.steps = await this.lineage().catch(() => []);
    if (this.steps.length > 0) this.send({ type: 'lineage', steps: this.steps });
  }

  /** Sends the page everything it shows. */
  protected abstract hydrate(): Promise<void> | void;

  /** Does what the page asks for. */
  protected abstract answer(message: Pages[State['kind']]['from']): void;
}

/** The command that shows a step of a lineage, with its argument. */
function wayTo({ kind, path }: LineageStep): [string, unknown] {
  switch (kind) {
    case 'photographs':
    case 'faces':
      return [commandIds.showGallery, path];
    case 'run':
      return [commandIds.showMetrics, path];
    case 'checkpoint':
      return [commandIds.showCheckpoint, path];
    case 'report':
      return [
        commandIds.showMetrics,
        { folder: dirname(dirname(path)), report: relative(dirname(dirname(path)), path) },
      ];
  }
}

export function ownTab(panel: vscode.WebviewPanel, state?: PageState, view?: PageView): OwnTab {
  const { viewType, title, viewColumn: column, visible } = panel;
  return { viewType, title, column, visible, state, view };
}
