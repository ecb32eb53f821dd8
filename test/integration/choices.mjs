// What was chosen in the tabs of a run, of a report and of a model, by hand in a real window, is there again after a
// reload of the window. A window that develops an extension does not start a killed host again, so that case is not here.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../e2e/host/polling.mjs';
import { buildPages } from '../e2e/pages/pageServer.mjs';
import { within } from '../fixtures/deadlines.mjs';

const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Two people for a restore plan and, in a run that is there already, two evaluations; returns the events of these. */
export async function writeChoices(workspace, runFolder) {
  for (const person of ['Ada', 'Grace']) {
    mkdirSync(join(workspace, 'faces', person), { recursive: true });
    writeFileSync(join(workspace, 'faces', person, `${person}_0001.png`), pixel);
  }
  const { fixtures } = await buildPages();
  mkdirSync(join(runFolder, 'evaluations'), { recursive: true });
  const events = [0, 30].map((step) => {
    const report = fixtures.lfwReport({ seed: 11, pairs: 600, spread: step === 0 ? 0.78 : 0.66, step });
    const name = `evaluations/lfw-${step}.json`;
    writeFileSync(join(runFolder, name), JSON.stringify(report));
    const { accuracy, validation, auc } = report;
    return {
      ...{ type: 'lfw', time: Date.now(), step, auc, report: name },
      ...{ accuracy: accuracy.mean, accuracyStd: accuracy.std, validationRate: validation.rate, far: validation.far },
    };
  });
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

/** The window, its three tabs, and what is to be seen in them again. */
class ChosenTabs {
  constructor(workbench) {
    this.workbench = workbench;
  }

  get page() {
    return this.workbench.webview();
  }

  async toFront(title) {
    await this.workbench.page.locator('.tabs-container .tab', { hasText: title }).first().click();
  }

  /** Text of the front page, and what is ticked and zoomed in it; empty while there is none. */
  async seen() {
    const words = await this.page.locator('main').innerText({ timeout: within(2000) });
    const checked = await this.page
      .locator('vscode-checkbox')
      .evaluateAll((boxes) => boxes.filter((box) => box.checked).map((box) => box.textContent));
    const sliders = await this.page.locator('input[type="range"]').evaluateAll((all) => all.map(({ value }) => value));
    return { words: words.replace(/\s+/g, ' '), checked, sliders };
  }

  async choose() {
    const { workbench, page } = this;
    await this.toFront('Reloaded');
    await page.locator('vscode-checkbox', { hasText: 'Values as a table' }).click();
    await page.locator('vscode-checkbox', { hasText: 'Logarithmic loss' }).click();
    await page.locator('.slider input').fill('0.9');
    await page.locator('vscode-button[aria-label="Zoom in"]').click();
    await page.locator('vscode-button', { hasText: 'Compare…' }).click();
    await workbench.tick('Beside it');
    await page.locator('.overlays li', { hasText: 'Beside it' }).waitFor();

    await page.locator('button.link', { hasText: 'Open report' }).first().click();
    await page.locator('h1', { hasText: /^(LFW|Pairs): / }).waitFor({ timeout: within(30_000) });
    assert.match((await this.seen()).words, /compared with/);
    await page.locator('vscode-button', { hasText: 'Compare With' }).click();
    await workbench.pick('Nothing');
    await until('nothing is compared with', async () => !/compared with/.test((await this.seen()).words), 1);
    await page.locator('vscode-checkbox', { hasText: 'Values as tables' }).click();

    await workbench.palette('FaceNet: Show Checkpoint');
    await workbench.pick('Starter (dlib ResNet)');
    await page.locator('vscode-button', { hasText: 'Restore Plan' }).click();
    await workbench.pick('faces');
    await page.locator('.note', { hasText: 'Restore plan against' }).waitFor({ timeout: within(30_000) });
    await page.getByRole('button', { name: 'Stem', exact: true }).click();
  }

  /** Brings each tab to the front and waits until it is as it was chosen to be. */
  async areThere(when) {
    const expected = {
      Reloaded: ({ words, checked, sliders }) =>
        sliders[0] === '0.9' &&
        checked.join() === 'Logarithmic loss,Values as a table' &&
        /Beside it ×/.test(words) &&
        /steps \d+ – \d+/.test(words),
      'Pairs:': ({ words, checked }) =>
        /600 pairs in 10 folds/.test(words) && !/compared with/.test(words) && checked.includes('Values as tables'),
      starter: ({ words }) => /Restore plan against .*2 people of faces/.test(words) && /7, 7, 3, 32/.test(words),
    };
    for (const [title, isThere] of Object.entries(expected)) {
      await this.toFront(title);
      let last;
      await until(
        `${when}, the tab ${title} is as before`,
        async () => {
          last = await this.seen().catch(() => undefined);
          return last !== undefined && isThere(last);
        },
        1,
      ).catch((error) => {
        throw new Error(`${error.message}; it shows: ${JSON.stringify(last)?.slice(0, 1500)}`);
      });
    }
    const titles = await this.workbench.tabs();
    for (const title of Object.keys(expected))
      assert.equal(titles.filter((tab) => tab.startsWith(title)).length, 1, titles.join(' | '));
  }
}

/** By hand, in the window in which the run "Reloaded" is open in a tab. */
export async function choicesComeBack(workbench) {
  const tabs = new ChosenTabs(workbench);
  await tabs.choose();
  // VS Code in a browser writes what tabs hold every minute, and as its page unloads: that a machine under load does not
  // always finish.
  if (within(1000) > 1400) await workbench.page.waitForTimeout(65_000);
  await workbench.reloadByCommand();
  await tabs.areThere('after the reload');
}
