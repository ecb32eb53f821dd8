// Serves the pages as VS Code does: same document, same policy, the theme's variables set by script.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { pageEntries } from '../../../scripts/pageEntries.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const themes = join(root, 'test', 'fixtures', 'themes');
const built = join(root, 'build', 'pages');
const pages = pageEntries(root);

export const themeNames = ['dark', 'light', 'high-contrast', 'high-contrast-light'];

/** Builds the pages as they are released and returns the fixtures' functions with the weight of each page's script in bytes. */
export async function buildPages() {
  await mkdir(built, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: pages,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    outdir: built,
    logLevel: 'warning',
  });
  await build({
    absWorkingDir: root,
    entryPoints: { harness: 'test/fixtures/webview/harness.ts' },
    bundle: true,
    format: 'iife',
    target: 'es2022',
    outdir: built,
    logLevel: 'warning',
  });
  await build({
    absWorkingDir: root,
    entryPoints: ['test/fixtures/webview/index.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: join(built, 'fixtures.mjs'),
    external: ['sharp'],
    logLevel: 'warning',
  });
  const fixtures = await import(`${pathToFileURL(join(built, 'fixtures.mjs')).href}?${Date.now()}`);
  const weights = Object.keys(pages).map((name) => [name, readFileSync(join(built, `${name}.js`)).length]);
  return { fixtures, scriptBytes: Object.fromEntries(weights) };
}

/** A language in which every text stands in brackets, so that one sees what no translator has seen. */
function bracketedWords() {
  const bundle = JSON.parse(readFileSync(join(root, 'l10n', 'bundle.l10n.json'), 'utf8'));
  return Object.fromEntries(Object.keys(bundle).map((text) => [text, `⟦${text}⟧`]));
}

/** The extension's own document of a page, with VS Code's styles around ours and `scripts` in place of the one script. */
function documentWith(pageDocument, page, origin, scripts, { view, words } = {}) {
  const state = { kind: page, folder: '/runs/demo' };
  const language = words === undefined ? 'en' : 'de';
  const parts = { state, view, words, language };
  const html = pageDocument({ ...parts, script: `/${page}.js`, style: `/${page}.css`, source: origin });
  const [script, nonce] = /<script nonce="([^"]+)".*<\/script>/.exec(html);
  const tags = ['host', ...scripts].map((name) => `<script nonce="${nonce}" src="/${name}.js"></script>`);
  const around = '<link rel="icon" href="data:,">\n<link rel="stylesheet" href="/webview-defaults.css">';
  return html.replace(script, tags.join('\n')).replace('<link rel="stylesheet"', `${around}\n<link rel="stylesheet"`);
}

/** What VS Code provides around a page: its API, and the theme on the document. */
function hostScript() {
  const sets = Object.fromEntries(
    themeNames.map((name) => [name, JSON.parse(readFileSync(join(themes, `${name}.json`), 'utf8'))]),
  );
  return `(() => {
  const themes = ${JSON.stringify(sets)};
  window.posted = [];
  // What the page saves is told to the host at times of its own; kept apart from what the page asks for.
  window.views = [];
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI));
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => (message.type === 'view' ? window.views : window.posted).push(message),
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
    setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
  });
  window.setTheme = (name) => {
    const { bodyClass, variables } = themes[name];
    document.documentElement.removeAttribute('style');
    for (const [key, value] of Object.entries(variables)) document.documentElement.style.setProperty(key, value);
    document.body.className = bodyClass;
  };
  window.setTheme(new URLSearchParams(location.search).get('theme') ?? 'dark');
})();`;
}

/** Serves the pages on the loopback interface, with the document and the pictures of people that the fixtures make. */
export async function servePages({ pageDocument, pictureOf }) {
  const files = {
    '/webview-defaults.css': ['text/css', () => readFile(join(themes, 'webview-defaults.css'))],
    ...Object.fromEntries(
      [...Object.keys(pages), 'harness'].flatMap((name) => [
        [`/${name}.js`, ['text/javascript', () => readFile(join(built, `${name}.js`))]],
        [`/${name}.css`, ['text/css', () => readFile(join(built, `${name}.css`))]],
      ]),
    ),
    '/host.js': ['text/javascript', async () => hostScript()],
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
    const origin = `http://${request.headers.host}`;
    const answer = async () => {
      const name = pathname.slice(1);
      if (Object.hasOwn(pages, name)) {
        const view = JSON.parse(searchParams.get('view') ?? 'null') ?? undefined;
        const scripts = searchParams.has('harness') ? [name, 'harness'] : [name];
        const words = searchParams.has('bracketed') ? bracketedWords() : undefined;
        return ['text/html', documentWith(pageDocument, name, origin, scripts, { view, words })];
      }
      // A document without a page of its own, in which pages are opened and closed.
      if (pathname === '/empty') {
        return ['text/html', documentWith(pageDocument, 'run', origin, ['harness'])];
      }
      if (pathname.startsWith('/images/')) {
        const drawn = pictureOf(decodeURIComponent(pathname.slice('/images/'.length)));
        return drawn === undefined ? undefined : ['image/svg+xml', drawn];
      }
      const file = files[pathname];
      return file === undefined ? undefined : [file[0], await file[1]()];
    };
    answer().then(
      (found) => {
        response.writeHead(found === undefined ? 404 : 200, { 'content-type': found?.[0] ?? 'text/plain' });
        response.end(found?.[1] ?? '');
      },
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
