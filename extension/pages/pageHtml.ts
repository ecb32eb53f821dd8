import * as vscode from 'vscode';
import type { PageName } from '../../src/protocol/webview';
import { pageDocument } from './pageDocument';
import type { PageState, PageView } from './pageState';

/** What a webview may load: the built page, and pictures of the folders that are named. */
export function pageOptions(extensionUri: vscode.Uri, pictures: readonly vscode.Uri[] = []): vscode.WebviewOptions {
  return {
    enableScripts: true,
    localResourceRoots: [
      vscode.Uri.joinPath(extensionUri, 'dist'),
      vscode.Uri.joinPath(extensionUri, 'media'),
      ...pictures,
    ],
  };
}

/** The document of a page for this webview. */
export function pageHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  page: PageName,
  state: PageState,
  view: PageView | undefined,
): string {
  const built = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString();
  const { cspSource: source } = webview;
  const words = { words: vscode.l10n.bundle, language: vscode.env.language };
  return pageDocument({
    page,
    state,
    view,
    ...words,
    script: built('webview.js'),
    style: built('webview.css'),
    source,
  });
}
