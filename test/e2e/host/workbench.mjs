// Opens VS Code's workbench in Chromium and drives it as a user would: palette, quick picks, trees, tabs, pictures.
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { format } from 'node:util';
import { chromium } from 'playwright-core';
import { happens } from './polling.mjs';
import { within } from '../../fixtures/deadlines.mjs';

const places = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Path of a Chromium, or undefined where there is none (CHROMIUM_PATH names one). */
export function findChromium() {
  return places.find((place) => place !== undefined && place !== '' && existsSync(place));
}

/** A headless Chromium that can reach this machine and nothing else. */
export async function launchBrowser(
  sandbox,
  { width = 1280, height = 800, colorScheme = 'dark', forcedColors = 'none' } = {},
) {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('no Chromium found; set CHROMIUM_PATH');
  const context = await chromium.launchPersistentContext(sandbox.browser, {
    executablePath,
    headless: true,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync'],
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
    ],
    viewport: { width, height },
    deviceScaleFactor: 1,
    locale: 'en-US',
    timezoneId: 'UTC',
    colorScheme,
    forcedColors,
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
    timeout: within(180_000),
  });
  // Playwright's own patience.
  context.setDefaultTimeout(within(30_000));
  return context;
}

/**
 * Opens a window on `folder`, on the file of a workspace with several (`*.code-workspace`), or on nothing (null).
 * `development`: path of an extension loaded from source; `tests`: path of a module whose run() is called inside the
 * extension host. Resolves once the workbench has been restored.
 *
 * @returns {Promise<Workbench>} its `exit` resolves to {code, logs} when the test runner inside has ended. A dead
 *   extension host reports code 0 there: whoever runs tests must ask for a result file as well.
 */
export async function openWorkbench(
  browser,
  server,
  sandbox,
  { folder = sandbox.workspace, development, tests, onLog, onPage } = {},
) {
  const page = await browser.newPage();
  const log = join(sandbox.dir, 'browser.log');
  page.on('console', (message) => appendFileSync(log, `[${message.type()}] ${message.text()}\n`));
  page.on('pageerror', (error) => appendFileSync(log, `[pageerror] ${error.stack ?? error}\n`));
  let ended;
  const exit = new Promise((resolve) => (ended = resolve));
  await page.exposeFunction('codeAutomationExit', (code, logs) => ended({ code, logs: logs ?? [] }));
  await page.exposeFunction('codeAutomationLog', (type, args) => {
    const line = format(...args);
    appendFileSync(join(sandbox.dir, 'workbench.log'), `[${type}] ${line}\n`);
    onLog?.(type, line);
  });
  const workbench = new Workbench(page, exit, { hasDriver: !server.asUser });
  onPage?.(workbench);
  const remote = (path) => `vscode-remote://${new URL(server.base).host}${path}`;
  const payload = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
    ...(development === undefined ? [] : [['extensionDevelopmentPath', remote(development)]]),
    ...(tests === undefined ? [] : [['extensionTestsPath', remote(tests)]]),
  ];
  const kind = folder?.endsWith('.code-workspace') ? 'workspace' : 'folder';
  const opened = folder === null ? 'ew=true' : `${kind}=${encodeURIComponent(folder)}`;
  const query = `${opened}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
  await page.goto(`${server.base}/?${query}`, { waitUntil: 'commit' });
  await workbench.whenRestored();
  return workbench;
}

/** One window of VS Code, by what a user sees in it. */
class Workbench {
  constructor(page, exit, { hasDriver = true } = {}) {
    this.page = page;
    this.exit = exit;
    this.hasDriver = hasDriver;
  }

  async whenRestored() {
    await this.page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: within(60_000) });
    if (!this.hasDriver) return;
    await this.page.waitForFunction(() => Boolean(window.driver), null, { timeout: within(60_000) });
    await this.page.evaluate(() => window.driver.whenWorkbenchRestored());
  }

  async reload() {
    await this.page.reload({ waitUntil: 'commit' });
    await this.whenRestored();
  }

  /** As a user does it: a window that is torn away has not yet written down which tabs it has. */
  async reloadByCommand() {
    await this.page.evaluate(() => (window.beforeReload = true));
    await this.palette('Developer: Reload Window');
    await this.page.waitForFunction(() => window.beforeReload === undefined, undefined, { timeout: within(60_000) });
    await this.whenRestored();
  }

  /** Presses the button of a dialog or notification that is open and has such a label; whether there was one. */
  async answer(label) {
    const buttons = this.page.locator('.monaco-dialog-box .monaco-button, .notifications-toasts .monaco-button');
    const button = buttons.filter({ hasText: label }).first();
    if ((await button.count()) === 0) return false;
    // It may close by itself at this moment.
    return happens(button.click({ timeout: within(2000) }));
  }

  get quickInput() {
    return this.page.locator('.quick-input-widget');
  }

  /**
   * Runs a command by its full title, e.g. `FaceNet: Align Dataset`. The palette lists what was known when it opened,
   * and extensions of a remote host arrive after "restored": it is reopened until the row is there.
   */
  async palette(title, timeout = 30_000) {
    const row = this.quickRow(title);
    const deadline = Date.now() + within(timeout);
    for (;;) {
      await this.page.keyboard.press('F1');
      // A webview that has the focus and is still being loaded swallows the key; a palette that is just closing after
      // the command before looks open for a moment.
      const offered = this.quickInput
        .waitFor({ state: 'visible', timeout: within(3000) })
        .then(() => this.quickInput.locator('.quick-input-box input').fill(`>${title}`, { timeout: within(1500) }))
        .then(() => row.waitFor({ state: 'visible', timeout: within(1500) }));
      if (await happens(offered)) break;
      if (Date.now() > deadline) throw new Error(`the command palette does not offer "${title}"`);
      await this.page.keyboard.press('Escape');
      await this.quickInput.waitFor({ state: 'hidden' });
    }
    await row.click();
  }

  /** Row of the open quick pick whose label contains the text. */
  quickRow(text) {
    const label = this.page.locator('.label-name', { hasText: text });
    return this.quickInput.locator('.monaco-list-row').filter({ has: label }).first();
  }

  /** Title line and step of the open quick input, e.g. `Fine-Tune (1/4)`. */
  async quickTitle() {
    return (await this.quickInput.locator('.quick-input-title').textContent())?.trim() ?? '';
  }

  /** Text of all rows of the open quick pick, of a long list page by page. */
  async quickRows() {
    const rows = this.quickInput.locator('.monaco-list-row');
    const seen = new Map();
    const look = async () => {
      for (const [index, text] of await rows.evaluateAll((nodes) =>
        nodes.map((node) => [Number(node.dataset.index), node.innerText]),
      ))
        seen.set(index, text);
      return seen.size;
    };
    const press = async (key) => this.quickInput.locator('.quick-input-box input').press(key);
    // The first press goes to the last row in sight, and only the next one beyond it.
    let [pages, idle] = [0, 0];
    for (let known = await look(); idle < 2 && pages < 12; pages++) {
      await press('PageDown');
      await sleep(within(150));
      const now = await look();
      idle = now > known ? 0 : idle + 1;
      known = now;
    }
    for (let page = 0; page < pages; page++) await press('PageUp');
    return [...seen].sort(([a], [b]) => a - b).map(([, text]) => text);
  }

  /** Chooses the row whose label contains `text` in the quick pick that is open (or opens now). */
  async pick(text) {
    const row = this.quickRow(text);
    // Rows further down a long list are not drawn until it is filtered.
    if (!(await happens(row.waitFor({ state: 'visible', timeout: within(4000) }))))
      await this.quickInput.locator('.quick-input-box input').fill(text, { timeout: within(4000) });
    await row.waitFor({ state: 'visible', timeout: within(15_000) });
    // Left of all text: where the pointer rests on some, VS Code shows it once more, over the row.
    await row.click({ position: { x: 6, y: 11 } });
  }

  /** Types into the input box that is open (or opens now) and accepts. */
  async type(text) {
    const input = this.quickInput.locator('.quick-input-box input');
    await input.waitFor({ state: 'visible', timeout: within(15_000) });
    await input.fill(text);
    await this.accept();
  }

  /**
   * Enter in the quick input that is open. Given to its box and not to the page: a webview that was clicked just before
   * may have taken the focus back, and would take the key.
   */
  async accept() {
    await this.quickInput.locator('.quick-input-box input').press('Enter');
  }

  /** Ticks a row of the quick pick that is open (or opens now), in which many can be ticked, and accepts. */
  async tick(text) {
    await this.pick(text);
    await this.quickInput
      .locator('.monaco-list-row[aria-checked="true"]')
      .first()
      .waitFor({ timeout: within(15_000) });
    await this.accept();
  }

  /** Names a path in the dialog for files and folders that is open (or opens now), and presses its button. */
  async answerPath(path, button) {
    const input = this.quickInput.locator('.quick-input-box input');
    await input.waitFor({ state: 'visible', timeout: within(15_000) });
    const press = this.quickInput.locator('.quick-input-action .monaco-button', { hasText: button }).first();
    await press.waitFor({ timeout: within(15_000) });
    // It fills in its own proposal first, and looks up what is typed on the disk before the button acts on it: a busy
    // machine may be slow with both, and then what was typed is gone or not yet known.
    await this.page.waitForFunction((box) => box.value !== '', await input.elementHandle());
    const deadline = Date.now() + within(60_000);
    for (;;) {
      await sleep(within(400));
      await input.fill(path);
      await sleep(within(900));
      if ((await input.inputValue()) === path) {
        await press.click();
        if (await happens(press.waitFor({ state: 'hidden', timeout: within(5000) }))) return;
      }
      if (Date.now() > deadline) throw new Error(`the dialog does not take ${path}`);
    }
  }

  /** Presses the button of the modal dialog that opens. */
  async answerDialog(label) {
    const button = this.page.locator('.monaco-dialog-box .monaco-button', { hasText: label }).first();
    await button.click({ timeout: within(30_000) });
    await button.waitFor({ state: 'detached' });
  }

  /** Presses a button that a row of a pane shows under the pointer. */
  async pressInRow(title, text, button) {
    const row = this.row(title, text);
    await row.hover();
    await row.locator(`a.action-label[aria-label^="${button}"]`).click();
  }

  /** Opens the view container with this name in the activity bar. */
  async openSidebar(name) {
    const icon = this.page.locator(`.activitybar a.action-label[aria-label^="${name}"]`).first();
    await icon.waitFor({ timeout: within(30_000) });
    const selected = await icon.evaluate(
      (node) => node.closest('[role="tab"]')?.getAttribute('aria-selected') === 'true',
    );
    if (!selected) await icon.click();
  }

  /** The pane of the sidebar under this title, e.g. `Datasets`. */
  pane(title) {
    const header = this.page.locator('.pane-header', {
      has: this.page.locator('h3.title', { hasText: new RegExp(`^${title}$`, 'i') }),
    });
    return this.page.locator('.part.sidebar .pane').filter({ has: header });
  }

  /** Accessible labels of the rows shown in a pane. */
  async rows(title) {
    const rows = this.pane(title).locator('.pane-body [role="treeitem"]');
    return rows.evaluateAll((nodes) => nodes.map((node) => (node.getAttribute('aria-label') ?? '').trim()));
  }

  row(title, text) {
    return this.pane(title).locator('.pane-body [role="treeitem"]', { hasText: text }).first();
  }

  /**
   * Opens the editor tab that belongs to a row. A view that is drawn anew between press and release of the button
   * swallows the click, so it is repeated until the tab is there.
   */
  async openFromRow(title, text, tab, timeout = 60_000) {
    const deadline = Date.now() + within(timeout);
    const opened = this.page.locator('.tabs-container .tab', { hasText: tab }).first();
    for (;;) {
      await this.row(title, text).click({ timeout: within(30_000) });
      if (await happens(opened.waitFor({ timeout: within(4000) }))) return;
      if (Date.now() > deadline)
        throw new Error(
          `the row "${text}" of ${title} opens no tab "${tab}"; there are: ${(await this.tabs()).join(', ')}`,
        );
    }
  }

  /**
   * Opens a collapsed row and waits until its children may be there. A view that is drawn anew meanwhile swallows the
   * click and replaces the row, so both are asked for again.
   */
  async expand(title, text, timeout = 25_000) {
    const deadline = Date.now() + within(timeout);
    const row = this.row(title, text);
    const isExpanded = () => row.and(this.page.locator('[aria-expanded="true"]'));
    await row.waitFor({ timeout: within(timeout) });
    while ((await isExpanded().count()) === 0) {
      if (Date.now() > deadline) throw new Error(`the row "${text}" of ${title} does not open`);
      await row
        .locator('.monaco-tl-twistie')
        .click({ timeout: within(4000) })
        .then(() => isExpanded().waitFor({ timeout: within(4000) }))
        .catch(() => undefined);
    }
  }

  /** Content of a webview tab: the nth visible one. */
  webview(nth = 0) {
    return this.page.frameLocator('iframe.webview.ready').nth(nth).frameLocator('iframe#active-frame');
  }

  /** Titles of the editor tabs. */
  async tabs() {
    return this.page
      .locator('.tabs-container .tab')
      .evaluateAll((nodes) => nodes.map((node) => (node.getAttribute('aria-label') ?? '').trim()));
  }

  /** The notification toast whose text contains `text`. */
  toast(text) {
    return this.page.locator('.notifications-toasts .notification-list-item', { hasText: text }).first();
  }

  async notifications() {
    return this.page.locator('.notifications-toasts .notification-list-item-message').allTextContents();
  }

  /** Text of the status bar entries that the extension owns. */
  async statusBar() {
    return this.page.locator('.statusbar-item[id*="facenet"]').allTextContents();
  }

  async clearNotifications() {
    await this.palette('Notifications: Clear All Notifications');
    await this.quickInput.waitFor({ state: 'hidden' });
  }

  async screenshot(path) {
    // The colour theme comes with the extensions, some seconds after "restored".
    await this.page.waitForSelector('.monaco-workbench[class*="-themes-"]', { timeout: within(30_000) });
    // A few frames, so that what has been asked for is painted.
    await sleep(150);
    await this.page.screenshot({ path });
  }
}
