import * as vscode from 'vscode';
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

/** The document, for this webview, of the page that a state is of. */
export function pageHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  state: PageState,
  view: PageView | undefined,
): string {
  const built = (suffix: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'pages', `${state.kind}.${suffix}`)).toString();
  const { cspSource: source } = webview;
  const words = { words: vscode.l10n.bundle, language: vscode.env.language };
  return pageDocument({
    state,
    view,
    ...words,
    script: built('js'),
    style: built('css'),
    source,
  });
}
