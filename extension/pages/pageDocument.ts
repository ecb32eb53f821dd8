import { randomBytes } from 'node:crypto';
import type { PageState, PageView } from './pageState';

export interface PageParts {
  /** Decides which page it is. */
  state: PageState;
  /** How it was looked at before, for a page that has no saved state of its own. */
  view?: PageView | undefined;
  /** Translations of the window's language, by the English text; absent where there are none. */
  words?: Readonly<Record<string, string>> | undefined;
  /** The language that the texts are then in. */
  language?: string | undefined;
  /** Addresses of the built script and style, as the webview sees them. */
  script: string;
  style: string;
  /** Where the webview's own files and pictures come from, for its policy. */
  source: string;
}

function escapeAttribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
}

/** The document of a page: nothing but the built script and style, under a policy that forbids everything else. */
export function pageDocument({ state, view, words, language, script, style, source }: PageParts): string {
  const nonce = randomBytes(16).toString('base64');
  // The element toolkit puts one empty style element into the head to learn what the browser can; it takes the nonce
  // for it from the document.
  const styleNonce = randomBytes(16).toString('base64');
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'nonce-${styleNonce}'`,
    `img-src ${source} data: blob:`,
    `font-src ${source}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  const data = Object.entries({ state, view, words })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` data-${name}="${escapeAttribute(JSON.stringify(value))}"`)
    .join('');
  return `<!doctype html>
<html lang="${escapeAttribute(words === undefined ? 'en' : (language ?? 'en'))}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${styleNonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>FaceNet</title>
</head>
<body data-page="${state.kind}"${data}>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
