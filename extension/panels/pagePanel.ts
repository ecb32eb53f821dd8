import * as vscode from 'vscode';
import type { FromPage, PageName, ToPage } from '../../src/protocol/webview';
import { Disposable } from '../disposable';
import type { OwnTab } from './frozenTabs';
import type { PageState } from './pageDocument';
import { pageHtml, pageOptions } from './pageHtml';

/**
 * An editor tab with one of our pages. The page is thrown away while it is hidden and says `ready` whenever it has
 * been loaded; it then gets everything once, and what follows only while it is visible. `Message` is what that page asks
 * for beside `ready`.
 */
export abstract class PagePanel<Message extends FromPage = FromPage> extends Disposable {
  private ready = false;
  private readonly closed = this.register(new vscode.EventEmitter<void>());
  readonly onDidClose = this.closed.event;
  private readonly received = this.register(new vscode.EventEmitter<FromPage>());
  /** For tests: messages of the page, and those sent to it. */
  readonly onDidReceive = this.received.event;
  readonly sent: ToPage['type'][] = [];

  constructor(
    protected readonly panel: vscode.WebviewPanel,
    private readonly extensionUri: vscode.Uri,
    private readonly page: PageName,
    readonly state: PageState,
  ) {
    super();
    this.register(
      panel.webview.onDidReceiveMessage((message: FromPage) => {
        if (message.type === 'ready') {
          this.ready = true;
          void this.hydrate();
        } else this.answer(message as Message);
        this.received.fire(message);
      }),
    );
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

  /** Undefined when it has been closed. */
  get tab(): OwnTab | undefined {
    return this.isDisposed ? undefined : ownTab(this.panel, this.state);
  }

  reveal(): void {
    this.panel.reveal(undefined, false);
  }

  close(): void {
    this.panel.dispose();
  }

  /** Loads the page; called once by the subclass when it is able to hydrate it. */
  protected load(title: string, icon: string, pictures: readonly vscode.Uri[] = []): void {
    this.panel.title = title;
    this.panel.iconPath = vscode.Uri.joinPath(this.extensionUri, 'media', icon);
    this.panel.webview.options = pageOptions(this.extensionUri, pictures);
    this.panel.webview.html = pageHtml(this.panel.webview, this.extensionUri, this.page, this.state);
  }

  /** Sends to a page that is there to hear it; what is missed comes with the next hydrate. */
  protected send(message: ToPage): void {
    if (!this.listening) return;
    this.sent.push(message.type);
    void this.panel.webview.postMessage(message);
  }

  /** Sends the page everything it shows. */
  protected abstract hydrate(): Promise<void> | void;

  /** Does what the page asks for. */
  protected abstract answer(message: Message): void;
}

export function ownTab(panel: vscode.WebviewPanel, state: PageState | undefined): OwnTab {
  const { viewType, title, viewColumn: column, visible } = panel;
  return { viewType, title, column, visible, state };
}
