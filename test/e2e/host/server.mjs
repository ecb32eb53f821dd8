// A private VS Code server: its own home, settings and extensions, nothing of the user's is read or written.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { within } from '../../fixtures/deadlines.mjs';

const serverMain = join(
  dirname(fileURLToPath(import.meta.url)),
  'node_modules/code-server/lib/vscode/out/server-main.js',
);

/** Everything that would draw, ask or fetch on its own is off, so that a picture shows only what the test does. */
const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.reduceMotion': 'on',
  'workbench.list.smoothScrolling': false,
  'workbench.editor.enablePreview': false,
  'window.commandCenter': false,
  'window.menuBarVisibility': 'compact',
  'window.confirmBeforeClose': 'never',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'chat.commandCenter.enabled': false,
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'typescript.disableAutomaticTypeAcquisition': true,
  'json.schemaDownload.enable': false,
  'npm.fetchOnlinePackageInfo': false,
  'files.simpleDialog.enable': true,
  'editor.cursorBlinking': 'solid',
  'remote.autoForwardPorts': false,
};

/** A fresh folder tree for one run: `workspace` is opened in the window, the rest belongs to server and browser. */
export function newSandbox(name) {
  const dir = mkdtempSync(join(tmpdir(), `facenet-${name}-`));
  const at = (part) => {
    mkdirSync(join(dir, part), { recursive: true });
    return join(dir, part);
  };
  return {
    dir,
    workspace: at('workspace'),
    home: at('home'),
    user: at('user'),
    extensions: at('extensions'),
    data: at('data'),
    browser: at('browser'),
    remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}

function serverEnvironment(sandbox, extra) {
  const environment = { ...process.env };
  for (const name of Object.keys(environment)) {
    if (/^(VSCODE_|ELECTRON_)/.test(name) || name === 'NODE_OPTIONS') delete environment[name];
  }
  return {
    ...environment,
    HOME: sandbox.home,
    XDG_CONFIG_HOME: join(sandbox.home, '.config'),
    XDG_DATA_HOME: join(sandbox.home, '.local/share'),
    XDG_CACHE_HOME: join(sandbox.home, '.cache'),
    // No marketplace, no request to one.
    EXTENSIONS_GALLERY: '{}',
    ...extra,
  };
}

function folders(sandbox) {
  return ['--server-data-dir', sandbox.data, '--user-data-dir', sandbox.user, '--extensions-dir', sandbox.extensions];
}

/** Why no workbench can be started here, or undefined: installed by `node test/e2e/host/setup.mjs`. */
export function missingServer() {
  return existsSync(serverMain) ? undefined : 'the VS Code server is not installed (node test/e2e/host/setup.mjs)';
}

/** Installs a packaged extension into the sandbox; returns what the server said. */
export function installVsix(sandbox, vsix) {
  const options = { env: serverEnvironment(sandbox, {}), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };
  const args = [serverMain, '--accept-server-license-terms', '--install-extension', vsix, ...folders(sandbox)];
  return execFileSync(process.execPath, args, options);
}

async function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Writes the user settings of the sandbox: the quiet ones and the test's own over them. */
export function writeSettings(sandbox, settings = {}) {
  mkdirSync(join(sandbox.user, 'User'), { recursive: true });
  const merged = { ...quietSettings, ...settings };
  writeFileSync(join(sandbox.user, 'User', 'settings.json'), JSON.stringify(merged, null, 2));
}

/**
 * Starts the server on a free port of the loopback interface. `env` reaches the extension host and what it forks.
 * `asUser` leaves workspace trust and modal dialogs as they are on a user's machine; with the test driver VS Code shows
 * neither. stop() ends the server's whole process group; workers are detached on purpose and are the test's to end.
 */
export async function startServer(sandbox, { env = {}, settings = {}, asUser = false } = {}) {
  const missing = missingServer();
  if (missing !== undefined) throw new Error(missing);
  writeSettings(sandbox, { 'security.workspace.trust.enabled': asUser, ...settings });
  const port = await freePort();
  const log = join(sandbox.dir, 'server.log');
  const output = openSync(log, 'a');
  const args = [
    ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--accept-server-license-terms'],
    ...['--telemetry-level', 'off', '--disable-telemetry', '--disable-update-check'],
    ...(asUser ? [] : ['--disable-workspace-trust', '--enable-smoke-test-driver']),
    ...['--disable-getting-started-override', ...folders(sandbox)],
  ];
  const child = spawn(process.execPath, [serverMain, ...args], {
    cwd: sandbox.dir,
    stdio: ['ignore', output, output],
    env: serverEnvironment(sandbox, env),
    detached: process.platform !== 'win32',
  });
  closeSync(output);
  const base = `http://127.0.0.1:${port}`;
  const patience = within(60_000);
  const deadline = Date.now() + patience;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the VS Code server exited with ${child.exitCode}; see ${log}`);
    const answered = await fetch(`${base}/version`).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) break;
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`the VS Code server did not come up in ${patience / 1000} s; see ${log}`);
    }
    await sleep(50);
  }
  const signal = (name) => {
    try {
      process.kill(process.platform === 'win32' ? child.pid : -child.pid, name);
    } catch {
      // The group has gone already.
    }
  };
  return {
    base,
    log,
    asUser,
    pid: child.pid,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        signal('SIGTERM');
        const timer = setTimeout(() => signal('SIGKILL'), within(5000));
        await gone;
        clearTimeout(timer);
      }
      signal('SIGKILL');
    },
  };
}
