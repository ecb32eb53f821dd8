// A training outlives its windows: the window is reloaded, its extension host is killed, a second window is opened; the
// training goes on, each of them shows all of it, and the last one stops it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendants, groupMembers, isAlive } from './host/processes.mjs';
import { plain, runsIn, until } from './host/polling.mjs';
import { openWorkbench } from './host/workbench.mjs';
import { within } from '../fixtures/deadlines.mjs';

/** Every face under this many names, so that the training lasts for minutes; each is looked at once all the same. */
const copies = 240;
const minutes = 4;

/** Aligned faces of a few drawn people in `<workspace>/people`, made as a user would in a terminal. */
function drawPeople(root, workspace) {
  const drawing = join(workspace, '..', 'drawn');
  const facenet = (...args) =>
    execFileSync(process.execPath, [join(root, 'dist', 'cli.cjs'), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  facenet('demo', '--draw_only', '--people', '6', '--photographs', '6', '--output_dir', drawing);
  const treatment = ['--detector', 'starter', '--alignment', 'landmarks', '--image_size', '150', '--margin', '0'];
  facenet('align', join(drawing, 'photos', 'train'), join(drawing, 'faces'), ...treatment);
  const faces = join(drawing, 'faces');
  const people = join(workspace, 'people');
  for (const person of readdirSync(faces, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    mkdirSync(join(people, person.name), { recursive: true });
    for (const image of readdirSync(join(faces, person.name)))
      for (let copy = 0; copy < copies; copy++)
        linkSync(join(faces, person.name, image), join(people, person.name, image.replace('.png', `_${copy}.png`)));
  }
  cpSync(join(faces, 'alignment.json'), join(people, 'alignment.json'));
}

/** Whether there was such a process. */
function kill(pid) {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
    return false;
  }
}

class LifecycleWalk {
  constructor({ browser, server, sandbox, pictures, workspace }) {
    Object.assign(this, { browser, server, sandbox, pictures, workspace });
  }

  get run() {
    return runsIn(this.workspace)[0];
  }

  async open() {
    return openWorkbench(this.browser, this.server, this.sandbox, { folder: this.workspace });
  }

  async picture(name, workbench = this.window) {
    await workbench.screenshot(join(this.pictures, `${name}.png`));
  }

  async evidence() {
    await this.picture('failure-lifecycle');
    if (this.second !== undefined) await this.picture('failure-lifecycle-second', this.second);
    console.log(`        tabs: ${(await this.window.tabs()).join(' | ')}`);
    console.log(`        said: ${(await this.window.notifications()).join(' | ')}`);
    const { run } = this;
    console.log(`        run: ${run?.state} ${run?.checkpoint?.step} ${run?.error?.message ?? ''}`);
  }

  async shown(selector, workbench = this.window) {
    const found = workbench.webview().locator(selector).first();
    return plain(await found.innerText({ timeout: within(5000) }).catch(() => ''));
  }

  /** The step that the Run tab of a window shows; 0 before the first. */
  async stepShown(workbench = this.window) {
    return Number(/step ([\d ]+)/.exec(await this.shown('.activity', workbench))?.[1].replaceAll(' ', '') ?? 0);
  }

  /** Waits until a window follows the training live, from a step that lies before now on. */
  async followsLive(what, workbench = this.window) {
    const first = await until(`${what} shows a step`, () => this.stepShown(workbench), minutes);
    await until(`${what} shows later steps`, async () => (await this.stepShown(workbench)) > first, minutes);
    assert.match(await this.shown('.state', workbench), /Running/);
    // What a chart holds is told to screen readers: it begins at the first step, wherever the window came in.
    const chart = workbench.webview().locator('[aria-label^="Loss over"]').first();
    const told = await chart.getAttribute('aria-label', { timeout: within(20_000) });
    const beginning = /: (\w+ from \S+) to/.exec(told)?.[1];
    assert.ok(beginning !== undefined, told);
    this.beginning ??= beginning;
    assert.equal(beginning, this.beginning, `${what} has the history from its first step on`);
  }

  async walkthrough() {
    this.window = await this.open();
    const { window } = this;
    await window.palette('Welcome: Open Walkthrough', 90_000);
    await window.pick('Fine-tune FaceNet');
    const steps = window.page.locator('.getting-started-step');
    await steps.first().waitFor({ timeout: within(60_000) });
    assert.equal(await steps.count(), 7);
    await this.picture('20-walkthrough');
    await window.page.locator('.getting-started-step .step-title', { hasText: /^Fine-tune$/ }).click();
    const button = window.page.locator('.getting-started-step.expanded .monaco-button', { hasText: 'Fine-Tune' });
    await button.first().waitFor({ timeout: within(30_000) });
    await this.picture('21-walkthrough-fine-tune');
    await button.first().click();
  }

  async fineTune() {
    const { window } = this;
    const answers = ['people', undefined, 'Starter', 'Recommended', 'Do not validate', 'Start fine-tuning'];
    for (const [index, answer] of answers.entries()) {
      await until(
        `question ${index + 1} is asked`,
        async () => (await window.quickTitle()).includes(`(${index + 1}/${answers.length})`),
        1,
      );
      if (answer === undefined) await window.type('starter on people');
      else {
        await window.quickRow(answer).waitFor({ timeout: within(30_000) });
        await this.picture(`22-fine-tune-${index + 1}`);
        await window.pick(answer);
      }
    }
    await until('the training runs', () => this.run?.state === 'running', 1);
    await this.followsLive('the Run tab');
    await this.picture('23-training');
  }

  async reload() {
    const before = await this.stepShown();
    await this.window.reloadByCommand();
    this.stillTrains();
    await this.followsLive('the tab that came back');
    assert.ok((await this.stepShown()) > before);
    await this.picture('24-after-reload');
  }

  async killExtensionHost() {
    const hosts = () => descendants(this.server.pid).filter(({ command }) => command.includes('--type=extensionHost'));
    const before = hosts();
    // That of the window before it was reloaded may be about to end.
    assert.ok(before.filter(({ pid }) => kill(pid)).length > 0, 'there is an extension host');
    this.stillTrains();
    const known = new Set(before.map(({ pid }) => pid));
    await until(
      'VS Code has another extension host',
      async () => {
        if (hosts().some(({ pid }) => !known.has(pid))) return true;
        await this.window.answer(/Restart Extension Host|Reload Window/);
        return false;
      },
      2,
    );
    await this.window.openSidebar('FaceNet');
    await this.window.row('Runs', 'starter on people').waitFor({ timeout: within(90_000) });
    await this.picture('25-host-killed');
    await this.window.openFromRow('Runs', 'starter on people', 'starter on people');
    await this.followsLive('the new host');
    const title = 'starter on people';
    const tabs = async () => (await this.window.tabs()).filter((tab) => tab.startsWith(title));
    await until('the tab that was left behind has gone', async () => (await tabs()).length === 1, 1);
    this.stillTrains();
    await this.picture('26-host-again');
  }

  async secondWindow() {
    this.second = await this.open();
    const { second } = this;
    await second.openSidebar('FaceNet');
    await second.row('Runs', 'starter on people').waitFor({ timeout: within(90_000) });
    await second.openFromRow('Runs', 'starter on people', 'starter on people');
    await this.followsLive('the second window', second);
    // Its row is drawn anew at every step, also between a click and what the click asks for.
    for (let click = 0; click < 8; click++) {
      await second.row('Runs', 'starter on people').click();
      await sleep(120);
    }
    assert.deepEqual(
      (await second.notifications()).filter((said) => /command/i.test(said)),
      [],
      'a row that changes can be clicked',
    );
    await this.picture('27-second-window', second);
  }

  async stop() {
    const { pid } = this.run.worker;
    await this.second
      .webview()
      .locator('[aria-label="Stop"], vscode-button:has-text("Stop"), button:has-text("Stop")')
      .first()
      .click();
    const asked = Date.now();
    await until('the run is stopped', () => this.run.state === 'stopped', 1);
    console.log(`        stopped after ${((Date.now() - asked) / 1000).toFixed(1)} s`);
    for (const [name, workbench] of [
      ['first', this.window],
      ['second', this.second],
    ])
      await until(`the ${name} window says so`, async () => (await this.shown('.state', workbench)) === 'Stopped', 1);
    const { checkpoint } = this.run;
    assert.ok(existsSync(`${checkpoint.prefix}.index`), checkpoint.prefix);
    await until('no process is left', () => !isAlive(pid) && groupMembers(pid).length === 0, 1);
    await this.picture('28-stopped');
  }

  /** The worker runs in a process of its own and nothing of it has been ended. */
  stillTrains() {
    const { state, worker } = this.run;
    assert.equal(state, 'running');
    assert.ok(isAlive(worker.pid), `worker ${worker.pid} is gone`);
  }

  /** Leaves nothing running, whatever has failed. */
  async close() {
    for (const { worker, state } of runsIn(this.workspace))
      if (worker !== undefined && !/done|stopped|failed/.test(state) && isAlive(worker.pid))
        process.kill(worker.pid, 'SIGKILL');
    await this.second?.page.close();
    await this.window?.page.close();
  }
}

/** Walks the whole way; each step is a check of its own, and what follows a failed one is skipped. */
export async function walkThroughLifecycle({ checks, browser, server, sandbox, root }) {
  const workspace = join(sandbox.dir, 'lifecycle');
  mkdirSync(workspace);
  const walk = new LifecycleWalk({
    ...{ browser, server, sandbox, workspace },
    pictures: join(root, 'build', 'screenshots'),
  });
  const steps = [
    ['people are drawn and aligned in a terminal', async () => drawPeople(root, workspace)],
    ['the walkthrough shows its steps and starts Fine-Tune', () => walk.walkthrough()],
    ['Fine-Tune asks its questions and opens the Run tab, which follows live', () => walk.fineTune()],
    ['training outlives a reload of the window, which shows all of it again', () => walk.reload()],
    ['training outlives a killed extension host, and the next one attaches', () => walk.killExtensionHost()],
    ['a second window on the folder follows the same training', () => walk.secondWindow()],
    ['stopped from the second window: saved, both say so, no process is left', () => walk.stop()],
  ];
  try {
    await checks.walk(steps, () => walk.evidence());
  } finally {
    await walk.close();
  }
}
