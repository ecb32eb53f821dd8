import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { PageName } from '../../src/protocol/webview';

/** What a page is about; comes back through its saved state when the window is reloaded. */
export type PageState = { kind: 'run'; folder: string } | { kind: 'lfw'; report: string };

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

function escapeAttribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
}

/** The document of a page: nothing but the built script and style, under a policy that forbids everything else. */
export function pageHtml(webview: vscode.Webview, extensionUri: vscode.Uri, page: PageName, state: PageState): string {
  const nonce = randomBytes(16).toString('base64');
  // The element toolkit puts one empty style element into the head to learn what the browser can; it takes the nonce
  // for it from the document.
  const styleNonce = randomBytes(16).toString('base64');
  const built = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${styleNonce}'`,
    `img-src ${webview.cspSource} data: blob:`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${styleNonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${built('webview.css')}">
<title>FaceNet</title>
</head>
<body data-page="${page}" data-state="${escapeAttribute(JSON.stringify(state))}">
<script nonce="${nonce}" src="${built('webview.js')}"></script>
</body>
</html>`;
}
