import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Entry of each page by its name: webview/NAME/page.ts becomes NAME.js and NAME.css, which the page NAME is shown with. */
export function pageEntries(root) {
  const names = readdirSync(join(root, 'webview')).sort();
  const entries = names.map((name) => [name, `webview/${name}/page.ts`]);
  return Object.fromEntries(entries.filter(([, entry]) => existsSync(join(root, entry))));
}
