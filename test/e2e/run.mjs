// The end-to-end test: the pages alone, then the packaged extension in a real VS Code, driven as a user would: an empty
// folder, Create Demo Workspace from the palette, the Run tab while it trains, the LFW tab at the end, every theme, and a
// reload of the window. Pictures of every step go to build/screenshots. Last line: `N passed, N failed, N skipped`.
//
// --media also writes the pictures of the README to media/; --only=pages,lifecycle,demo,newcomer,enter,untrusted,runs
// runs these parts alone.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Checks } from './checks.mjs';
import { walkThroughDemo } from './demoWalk.mjs';
import { installVsix, missingServer, newSandbox, startServer } from './host/server.mjs';
import { walkWithEnter } from './enterWalk.mjs';
import { findChromium, launchBrowser } from './host/workbench.mjs';
import { walkThroughLifecycle } from './lifecycleWalk.mjs';
import { missingPhotos } from './newcomerPhotos.mjs';
import { walkAsNewcomer } from './newcomerWalk.mjs';
import { checkPages } from './pages.mjs';
import { walkRuns } from './runsWalk.mjs';
import { walkSeveralFolders } from './severalFoldersWalk.mjs';
import { walkUntrusted } from './untrustedWalk.mjs';
import { measureSlowness } from '../fixtures/deadlines.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const checks = new Checks();

/** Whether this part is to be run: all of them, or those of `--only=…`. */
function asked(part) {
  const only = process.argv.find((argument) => argument.startsWith('--only='));
  return only === undefined || only.slice('--only='.length).split(',').includes(part);
}

function execute(script, ...args) {
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${script} ended with ${status}`);
}

/** Path of the package that scripts/package.mjs has made for this platform. */
function packagePath() {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return join(root, 'build', `${name}-${process.platform}-${process.arch}-${version}.vsix`);
}

async function realWorkbench() {
  const sandbox = newSandbox('e2e');
  const installed = await checks.check('the extension is packaged and installs into VS Code', async () => {
    execute('scripts/package.mjs', '--target', 'own');
    execute('esbuild.config.mjs', '--only=cli');
    installVsix(sandbox, packagePath());
  });
  if (!installed) return;
  if (['newcomer', 'enter', 'untrusted', 'runs'].some(asked)) await workbenchAsUser();
  if (!asked('lifecycle') && !asked('demo')) return sandbox.remove();
  const server = await startServer(sandbox);
  const browser = await launchBrowser(sandbox, { width: 1440, height: 900 });
  try {
    const world = { checks, browser, server, sandbox, root };
    if (asked('lifecycle')) await walkThroughLifecycle(world);
    if (asked('demo')) await walkThroughDemo({ ...world, forMedia: process.argv.includes('--media') });
  } finally {
    await browser.close();
    await server.stop();
    if (checks.failed === 0) sandbox.remove();
    else console.log(`kept: ${sandbox.dir}`);
  }
}

/** With dialogs and workspace trust, in a home that knows nothing of the workbench. */
async function workbenchAsUser() {
  const sandbox = newSandbox('user');
  const server = await startServer(sandbox, { asUser: true });
  const browser = await launchBrowser(sandbox, { width: 1440, height: 900 });
  try {
    const world = { checks, browser, server, sandbox, root, vsix: packagePath() };
    const missing = missingPhotos(root);
    if (asked('newcomer')) {
      if (missing === undefined) await walkAsNewcomer(world);
      else checks.skip("the newcomer's way", missing);
    }
    // Where nobody has installed it by the dialog.
    if (['enter', 'untrusted', 'runs'].some(asked)) installVsix(sandbox, packagePath());
    if (asked('enter')) {
      if (missing === undefined) await walkWithEnter(world);
      else checks.skip('the way with Enter alone', missing);
    }
    if (asked('runs')) await walkRuns(world);
    if (asked('untrusted')) {
      await walkUntrusted(world);
      await walkSeveralFolders(world);
    }
  } finally {
    await browser.close();
    await server.stop();
    if (checks.failed === 0) sandbox.remove();
    else console.log(`kept: ${sandbox.dir}`);
  }
}

measureSlowness();
mkdirSync(join(root, 'build', 'screenshots'), { recursive: true });
if (findChromium() === undefined) {
  checks.skip('the pages and VS Code', 'there is no Chromium (apt-get install chromium, or CHROMIUM_PATH)');
} else {
  if (asked('pages')) await checkPages(checks);
  execute('test/e2e/host/setup.mjs');
  const missing = missingServer();
  if (missing !== undefined) checks.skip('the extension in VS Code', missing);
  else await realWorkbench();
}
checks.close();
