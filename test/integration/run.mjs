// Runs the Mocha suite inside the extension host of a real VS Code server, with a browser that the tests can reach.
// Last line: `N passed, N failed, N skipped`. --name=TEXT runs the tests whose title is like this. SHOTS=DIR keeps pictures,
// VERBOSE=1 shows the workbench's log, ONLY=a,b builds these targets alone. THEME='Default High Contrast' and SIZE=800x700
// are of the window, for looking at what the tests show.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBridge } from '../e2e/host/bridge.mjs';
import { newSandbox, startServer } from '../e2e/host/server.mjs';
import { launchBrowser, openWorkbench } from '../e2e/host/workbench.mjs';
import { searchFor } from '../../scripts/namedTests.mjs';
import { checkReload } from './reload.mjs';
import { report } from './report.mjs';
import { measureSlowness, within } from '../fixtures/deadlines.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const search = searchFor(
  process.argv.find((argument) => argument.startsWith('--name='))?.slice('--name='.length) ?? '',
);
const shots = process.env.SHOTS ?? join(root, 'build', 'shots');

function prepare(script, ...args) {
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${script} failed`);
}

/** What tests inside may ask of the browser outside. */
function actionsOf(current) {
  return {
    rows: ({ pane }) => current().rows(pane),
    expand: ({ pane, row }) => current().expand(pane, row),
    openSidebar: ({ name }) => current().openSidebar(name),
    palette: ({ title, timeout }) => current().palette(title, timeout),
    pick: ({ text }) => current().pick(text),
    type: ({ text }) => current().type(text),
    quickTitle: () => current().quickTitle(),
    quickRows: () => current().quickRows(),
    quickText: () => current().quickInput.innerText(),
    back: () => current().quickInput.locator('a.codicon-quick-input-back').click(),
    quickValue: () => current().quickInput.locator('.quick-input-box input').inputValue(),
    key: ({ key }) => current().page.keyboard.press(key),
    notifications: () => current().notifications(),
    statusBar: () => current().statusBar(),
    tabs: () => current().tabs(),
    paneText: ({ pane }) => current().pane(pane).innerText(),
    webviewText: ({ selector, nth }) =>
      current()
        .webview(nth)
        .locator(selector)
        .first()
        .innerText({ timeout: within(15_000) }),
    webviewClick: ({ selector, nth }) =>
      current()
        .webview(nth)
        .locator(selector)
        .first()
        .click({ timeout: within(15_000) }),
    webviewCount: ({ selector, nth }) => current().webview(nth).locator(selector).count(),
    webviewAttribute: ({ selector, name, nth }) =>
      current()
        .webview(nth)
        .locator(selector)
        .first()
        .getAttribute(name, { timeout: within(15_000) }),
    webviewImageSize: ({ selector }) => current().webview().locator(selector).first().evaluate(sizeAsDrawn),
    screenshot: ({ name }) => current().screenshot(join(shots, `${name.replace(/[^\w-]/g, '_')}.png`)),
  };
}

/** Runs in the page. `naturalWidth` would be that of the turned picture, however it is drawn. */
async function sizeAsDrawn(image) {
  const alone = image.cloneNode();
  Object.assign(alone.style, { position: 'fixed', width: 'auto', height: 'auto' });
  document.body.append(alone);
  await alone.decode();
  const { width, height } = alone;
  alone.remove();
  return `${width}×${height}`;
}

async function runSuite() {
  measureSlowness();
  prepare('test/e2e/host/setup.mjs');
  prepare('esbuild.config.mjs', `--only=${process.env.ONLY ?? 'extension,integration,worker,cli,webview'}`);
  mkdirSync(shots, { recursive: true });
  const sandbox = newSandbox('integration');
  const resultFile = join(sandbox.dir, 'result.json');
  let workbench;
  const bridge = await startBridge(actionsOf(() => workbench));
  const env = {
    FACENET_TEST_RESULT: resultFile,
    FACENET_TEST_BRIDGE: bridge.url,
    FACENET_TEST_NAME: search.source,
    FACENET_TEST_THEME: process.env.THEME ?? '',
  };
  const server = await startServer(sandbox, { env });
  let ended;
  let reloaded;
  let browser;
  try {
    const [width, height] = (process.env.SIZE ?? '1280x800').split('x').map(Number);
    browser = await launchBrowser(sandbox, { width, height });
    await openWorkbench(browser, server, sandbox, {
      development: root,
      tests: join(root, 'dist', 'integration', 'index.cjs'),
      onPage: (opened) => (workbench = opened),
      onLog: (_, line) => process.env.VERBOSE && console.log(line),
    });
    let timer;
    const timeout = new Promise((resolve) => {
      timer = setTimeout(() => resolve({ code: 'no end' }), within(10 * 60_000));
    });
    ended = await Promise.race([workbench.exit, timeout]);
    clearTimeout(timer);
    if (!existsSync(resultFile)) await workbench.screenshot(join(shots, 'died.png'));
    await workbench.page.close();
    reloaded = await checkReload({ browser, server, sandbox, root, shots }, search);
  } finally {
    await browser?.close();
    await server.stop();
    bridge.close();
  }
  const result = existsSync(resultFile) ? JSON.parse(readFileSync(resultFile, 'utf8')) : undefined;
  result?.tests.push(...(reloaded ?? []));
  return { sandbox, ended, result };
}

const { sandbox, ended, result } = await runSuite();
let counts = { passed: 0, failed: 1, skipped: 0 };
if (result === undefined) {
  // The workbench reports exit code 0 for an extension host that has died: only the result file counts.
  console.log(`not ok: the extension host wrote no result (the workbench says ${ended?.code}); see ${sandbox.dir}`);
} else {
  console.log(`VS Code ${result.vscode} (${result.host}), Node ${result.node}`);
  counts = report(result);
  if (ended.code !== 0 && counts.failed === 0) {
    console.log(`not ok: the workbench ended the tests with ${ended.code} although none failed`);
    counts.failed++;
  }
}
if (counts.failed === 0) sandbox.remove();
else console.log(`kept: ${sandbox.dir}`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 ? 1 : 0);
