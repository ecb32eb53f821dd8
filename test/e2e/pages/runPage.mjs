// The Run page in Chromium without VS Code.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { domCounters } from './leaks.mjs';
import { measureMillion } from './million.mjs';
import { openPage, overflow, pictures, text, widths } from './openPage.mjs';
import { themeNames } from './pageServer.mjs';
import { within } from '../../fixtures/deadlines.mjs';

/** Checks of this page. */
export async function runPageChecks(checks, browser, base, fixtures) {
  const shape = { stepsPerEpoch: 40, logEvery: 2, seed: 7 };
  const events = fixtures.runEvents(shape);
  const part = fixtures.runEvents({ ...shape, until: 1330 });
  const hydrateOf = (record, own) => ({ type: 'hydrateRun', run: record, series: fixtures.snapshot(own) });
  const running = hydrateOf(fixtures.runRecord('running'), part);

  for (const theme of themeNames) {
    for (const width of theme === 'dark' ? widths : [1200]) {
      await checks.check(`Run page, ${theme}, ${width} px`, async () => {
        const tab = await openPage(browser, base, 'run', { theme, width });
        await tab.send(running);
        await tab.picture(`run-${theme}-${width}`);
        assert.ok((await overflow(tab.page)) <= 0, 'nothing reaches beyond the right edge');
        assert.equal(await tab.page.locator('.plot canvas:visible').count(), 6);
        await tab.close();
      });
    }
  }

  await checks.check('Run page says what the model makes of faces, and that it has collapsed', async () => {
    const tab = await openPage(browser, base, 'run');
    await tab.send(running);
    const card = tab.page.locator('.self-check');
    assert.equal(await card.isVisible(), false, 'not before its end');
    await tab.send({ type: 'updateRun', run: fixtures.runRecord('done', { selfCheck: fixtures.selfCheck('sound') }) });
    await card.waitFor();
    const figures = (await card.locator('.figure').allInnerTexts()).join('|').replaceAll(/\s+/g, ' ');
    assert.match(figures, /mirror image 0\.21 at most 0\.44\|.*JPEG 0\.05 .*\|Different people 1\.31 ± 0\.14/);
    assert.match(figures, /told apart 94\.7 % threshold 1\.11: the model's own/);
    assert.equal(await card.locator('.verdict').count(), 0);
    const collapsed = fixtures.runRecord('done', { selfCheck: fixtures.selfCheck('collapsed') });
    await tab.send({ type: 'updateRun', run: collapsed });
    await card.locator('.verdict').waitFor();
    assert.match(
      await text(tab.page, '.self-check .verdict'),
      /^Collapsed: step 1520 maps everybody .* lower the learning/,
    );
    await tab.close();
  });

  await checks.check('Run page shows what the events say, and asks the host to stop', async () => {
    const tab = await openPage(browser, base, 'run');
    await tab.send(running);
    const latest = part.findLast(({ type }) => type === 'step');
    assert.match(await text(tab.page, '.activity'), /^Phase 2 of 2: last block · epoch 34 · step 1\s330$/);
    assert.match(await text(tab.page, '.state'), /Running/);
    const figures = await tab.page.locator('.figure').allInnerTexts();
    assert.ok(
      figures.some((figure) => figure.includes('96.8 % ± ')),
      figures.join(' | '),
    );
    assert.ok(
      figures.some((figure) => figure.includes(Number(latest.loss.toPrecision(3)).toString())),
      figures.join(' | '),
    );
    for (const item of await tab.page.locator('.marks li:visible').all()) {
      const [whole, mark] = [await item.boundingBox(), await item.locator('.mark').boundingBox()];
      assert.ok(mark.width > 0 && mark.x >= whole.x && mark.x + mark.width <= whole.x + whole.width, 'beside its word');
    }
    await tab.page.locator('vscode-button', { hasText: 'Stop' }).click();
    assert.deepEqual((await tab.posted()).at(-1), { type: 'stopRun' });
    await tab.page.locator('.state', { hasText: 'Saving and stopping' }).waitFor();
    assert.equal(await text(tab.page, '.activity'), 'Finishing the step and saving');
    await tab.send({ type: 'updateRun', run: fixtures.runRecord('stopped') });
    await tab.page.locator('.state', { hasText: 'Stopped' }).waitFor();
    await tab.page.locator('button.link', { hasText: 'Open report' }).last().click();
    assert.deepEqual((await tab.posted()).at(-1), { type: 'openReport', report: 'evaluations/lfw-0.json' });
    await tab.close();
  });

  await checks.check(
    'Run page of triplets with clipped gradients: what they measure, and nothing of a classifier',
    async () => {
      const tab = await openPage(browser, base, 'run');
      const measures = {
        tripletLoss: 0.12,
        activeTriplets: 0.64,
        positiveDistance: 0.51,
        negativeDistance: 1.07,
        spread: 0.93,
        gradientNorm: 2.4,
      };
      const triplets = part
        .filter(({ type }) => type !== 'validation')
        .map((event) => (event.type === 'step' ? { ...event, crossEntropy: null, accuracy: null, measures } : event));
      await tab.send(hydrateOf(fixtures.runRecord('running'), triplets));
      assert.equal(await tab.page.locator('.plot canvas:visible').count(), 8);
      const figures = (await tab.page.locator('.figure').allInnerTexts()).join(' | ').replaceAll('\n', ' ');
      assert.match(figures, /Active triplets 64\.0 % positives at 0\.51, negatives at 1\.07/);
      assert.match(figures, /triplet loss 0\.120 \+ /);
      const legends = (await tab.page.locator('.legend:visible').allInnerTexts()).join(' | ').replaceAll('\n', ' ');
      assert.match(legends, /triplet loss ?0\.120/);
      assert.match(legends, /active triplets ?0\.64 .*spread of the embedding ?0\.93/);
      assert.match(legends, /positives ?0\.51 .*negatives ?1\.07/);
      assert.match(legends, /norm ?2\.4/);
      assert.doesNotMatch(legends, /cross-entropy|not finite/);
      await tab.page.locator('vscode-checkbox', { hasText: 'Values as a table' }).click();
      await tab.page.waitForTimeout(within(250));
      const head = (await tab.page.locator('table:visible').first().locator('th').allInnerTexts()).join(' ');
      assert.match(head, /Triplet loss .*Active triplets Positives Negatives Spread/i);
      assert.doesNotMatch(head, /Cross-entropy/i);
      await tab.picture('run-triplets');
      await tab.close();
      const light = await openPage(browser, base, 'run', { theme: 'light' });
      await light.send(hydrateOf(fixtures.runRecord('running'), triplets));
      await light.picture('run-triplets-light');
      await light.close();
    },
  );

  await checks.check('Run page marks only the checkpoints that are there', async () => {
    const tab = await openPage(browser, base, 'run');
    await tab.send(running);
    const drawn = () => tab.page.evaluate(() => document.querySelector('.plot canvas').toDataURL());
    const all = await drawn();
    const steps = part.flatMap((event) => (event.type === 'checkpoint' ? [event.step] : []));
    await tab.send({ type: 'keptCheckpoints', steps });
    assert.equal(await drawn(), all);
    await tab.send({ type: 'keptCheckpoints', steps: steps.slice(-1) });
    const last = await drawn();
    assert.notEqual(last, all);
    await tab.picture('run-kept');
    await tab.send({ type: 'keptCheckpoints', steps: [] });
    assert.notEqual(await drawn(), last);
    await tab.close();
  });

  await checks.check('Run page follows appended events and the end of the run', async () => {
    const tab = await openPage(browser, base, 'run');
    await tab.send(running);
    for (let at = part.length; at < events.length; at += 40) {
      await tab.page.evaluate((data) => window.postMessage(data), {
        type: 'appendEvents',
        events: events.slice(at, at + 40),
      });
    }
    const best = { step: 1520, accuracy: 0.9787, checkpoint: 'best/model-demo.ckpt-1520' };
    await tab.send({ type: 'updateRun', run: fixtures.runRecord('done', { best }) });
    assert.match(await text(tab.page, '.state'), /Done/);
    assert.equal(await tab.page.locator('vscode-button:visible', { hasText: 'Stop' }).count(), 0);
    assert.match(await text(tab.page, '.figure'), /97\.9 % ± \d\.\d ▲ \+1\.0 points · step 0 → 1\s520/);
    assert.match((await tab.page.locator('.figure').allInnerTexts()).join(' '), /step 1\s520/);
    await tab.picture('run-done');
    await tab.close();
  });

  await checks.check(
    'Run page: a screen reader is told what each chart shows, and its values step by step',
    async () => {
      const tab = await openPage(browser, base, 'run');
      await tab.send(hydrateOf(fixtures.runRecord('done'), events));
      const region = tab.page.getByRole('region', { name: 'Charts' });
      const charts = [
        /heading "Loss mean of the batch"/,
        /slider "Loss over 1\s520 steps: total from 3\.402 to 0\.0705, between 0\.0674 and 3\.542; cross-entropy from /,
        /heading "Accuracy share of images"/,
        /slider "Accuracy over 1\s520 steps: training from 3\.1 % to 100\.0 %, .*; validation from 47\.3 % to 95\.7 %, /,
        /slider "Learning rate over 1\s520 steps: rate from 0\.1 to 5e-4, /,
        /slider "Accuracy on pairs 97\.9 % at step 1\s520, \+1\.0 points against before training"/,
        /slider "Throughput over 1\s520 steps: images\/s from 186 to 182, between 165 and 211"/,
        /slider "Memory over 1\s520 steps: resident from 679 MB to 805 MB, .*; tensors from 101 MB to /,
      ];
      const spoken = await region.ariaSnapshot();
      for (const chart of charts) assert.match(spoken, chart);
      const told = async () => {
        const values = (node) => [node.ariaValueMin, node.ariaValueMax, node.ariaValueNow, node.ariaValueText];
        return region.getByRole('slider').first().evaluate(values);
      };
      const hint = 'the arrow keys read the values, step by step';
      assert.deepEqual(await told(), ['0', '1520', '1520', hint]);
      await region.getByRole('slider').first().focus();
      await tab.page.keyboard.press('ArrowRight');
      const first = 'Step 2: total 3.402, cross-entropy 3.290, regularisation 0.112';
      assert.deepEqual(await told(), ['0', '1520', '2', first]);
      await tab.close();
    },
  );

  await checks.check('Run page: the verdict stands on top, so far without steps, at the end with them', async () => {
    const { before, after } = fixtures.pairedReports({ fixed: 4, broken: 1, stillWrong: 1, right: 594 });
    const verdict = fixtures.verdictOf(before, after, ['Nobody']);
    const tab = await openPage(browser, base, 'run');
    await tab.send(running);
    assert.equal(await tab.page.locator('.verdict:visible').count(), 0);
    await tab.send({ type: 'updateRun', run: fixtures.runRecord('running', { verdict }) });
    assert.match(await text(tab.page, '.verdict'), /^So far: No measurable change: these pairs are too easy/);
    assert.equal(await tab.page.locator('.verdict vscode-button').count(), 0);
    await tab.send({ type: 'updateRun', run: fixtures.runRecord('done', { verdict }) });
    const spoken = await tab.page.getByRole('region', { name: 'Verdict' }).ariaSnapshot();
    assert.match(spoken, /No measurable change: these pairs are too easy for the starter \(99\.2 % before\)/);
    await tab.picture('run-verdict');
    const steps = await tab.page.locator('.verdict vscode-button').allInnerTexts();
    assert.deepEqual(steps, ['Harder Pairs…', 'Train Longer…']);
    await tab.page.locator('.verdict vscode-button').first().click();
    assert.deepEqual((await tab.posted()).at(-1), { type: 'takeStep', step: 'harderPairs' });
    await tab.send({ type: 'updateRun', run: fixtures.runRecord('done') });
    assert.match(await text(tab.page, '.verdict'), /^No verdict: /);
    assert.deepEqual(await tab.page.locator('.verdict vscode-button').allInnerTexts(), ['Validate…']);
    await tab.close();
  });

  await checks.check(
    'Run page: hover shows the nearest step in every chart, smoothing and table are remembered',
    async () => {
      const tab = await openPage(browser, base, 'run');
      await tab.send(running);
      const before = await tab.page.locator('.legend-value').allInnerTexts();
      const over = tab.page.locator('.plot .u-over').first();
      await over.hover({ position: { x: 150, y: 60 } });
      await tab.page.waitForTimeout(within(100));
      const during = await tab.page.locator('.legend-value').allInnerTexts();
      assert.ok(during.filter((value, index) => value !== before[index]).length >= 5, `${before} / ${during}`);
      await tab.picture('run-hover');
      await tab.page.locator('.slider input').fill('0.9');
      await tab.page.locator('vscode-checkbox', { hasText: 'Logarithmic loss' }).click();
      await tab.page.locator('vscode-checkbox', { hasText: 'Values as a table' }).click();
      await tab.page.waitForTimeout(within(250));
      assert.equal(await tab.page.locator('table:visible').first().locator('tbody tr').count(), 50);
      await tab.picture('run-table');
      await tab.page.reload();
      await tab.page.waitForFunction(() => window.posted.some(({ type }) => type === 'ready'));
      await tab.send(running);
      assert.equal(await tab.page.locator('.slider input').inputValue(), '0.9');
      assert.equal(await tab.page.locator('table:visible').first().locator('tbody tr').count(), 50);
      const saved = JSON.parse(await tab.page.evaluate(() => window.sessionStorage.getItem('state')));
      assert.deepEqual(saved.host, { kind: 'run', folder: '/runs/demo' });
      await tab.close();
    },
  );

  await checks.check(
    'Run page: drag, wheel, keys and buttons zoom, move and read; the zoom is remembered',
    async () => {
      const tab = await openPage(browser, base, 'run');
      await tab.send(running);
      const settle = () => tab.page.waitForTimeout(within(250));
      const range = async () => {
        await settle();
        const shown = (await text(tab.page, '.visible-range')).replace(/(\d)\s(?=\d)/g, '$1');
        return [...shown.matchAll(/\d+/g)].map(([number]) => Number(number));
      };
      const over = tab.page.locator('.plot .u-over').first();
      const box = await over.boundingBox();
      const drag = async (from, to, y, shift = false) => {
        if (shift) await tab.page.keyboard.down('Shift');
        await tab.page.mouse.move(box.x + from * box.width, y);
        await tab.page.mouse.down();
        await tab.page.mouse.move(box.x + to * box.width, y, { steps: 6 });
        if (from === 0.25) await tab.picture('run-zoom-drag');
        await tab.page.mouse.up();
        if (shift) await tab.page.keyboard.up('Shift');
        return range();
      };
      const middle = box.y + box.height / 2;
      const [from, to] = await drag(0.25, 0.5, middle);
      assert.ok(Math.abs(from - 1330 / 4) < 8 && Math.abs(to - 1330 / 2) < 8, `${from} … ${to}`);
      const [movedFrom, movedTo] = await drag(0.5, 0.25, middle, true);
      assert.ok(Math.abs(movedFrom - from - (to - from) / 4) < 8, `${from} → ${movedFrom}`);
      assert.ok(Math.abs(movedTo - movedFrom - (to - from)) <= 1, 'as long as before');
      const [axisFrom] = await drag(0.25, 0.5, box.y + box.height + 12);
      assert.ok(Math.abs(axisFrom - from) < 8, `dragging the axis back: ${axisFrom}`);
      await tab.page.mouse.move(box.x + box.width / 2, middle);
      await tab.page.keyboard.down('Control');
      await tab.page.mouse.wheel(0, -200);
      await tab.page.keyboard.up('Control');
      const [closerFrom, closerTo] = await range();
      assert.ok(closerTo - closerFrom < 0.7 * (to - from), `${closerFrom} … ${closerTo}`);
      await tab.picture('run-zoom');
      const rows = async () => {
        const cells = await tab.page
          .locator('table:visible')
          .first()
          .locator('tbody tr td:first-child')
          .allInnerTexts();
        return cells.map((cell) => Number(cell.replace(/\s/g, '')));
      };
      await tab.page.locator('vscode-checkbox', { hasText: 'Values as a table' }).click();
      await settle();
      assert.ok(Math.min(...(await rows())) >= closerFrom && Math.max(...(await rows())) <= closerTo + 1);
      await tab.page.locator('vscode-button', { hasText: 'Export CSV' }).click();
      const { type, range: exported } = (await tab.posted()).at(-1);
      assert.equal(type, 'exportCsv');
      assert.ok(Math.abs(exported[0] - closerFrom) <= 1 && Math.abs(exported[1] - closerTo) <= 1, String(exported));

      await tab.page.reload();
      await tab.page.waitForFunction(() => window.posted.some((message) => message.type === 'ready'));
      await tab.send(running);
      assert.deepEqual(await range(), [closerFrom, closerTo]);
      const plot = tab.page.locator('.plot').first();
      await plot.focus();
      await tab.page.keyboard.press('-');
      const [outFrom, outTo] = await range();
      assert.ok(outTo - outFrom > 1.9 * (closerTo - closerFrom));
      await tab.page.keyboard.press('PageDown');
      const [laterFrom] = await range();
      assert.ok(laterFrom > outFrom);
      await tab.page.keyboard.press('ArrowRight');
      await tab.page.keyboard.press('ArrowRight');
      assert.match(
        await plot.getAttribute('aria-valuetext'),
        /^Step \d.*: total \d.*, cross-entropy \d.*, regularisation \d/,
      );
      const read = Number(await plot.getAttribute('aria-valuenow'));
      assert.ok(read >= laterFrom && read <= laterFrom + 6, `reads step ${read}`);
      await tab.page.keyboard.press('Home');
      assert.deepEqual(await range(), []);
      await tab.page.keyboard.press('+');
      assert.equal((await range()).length, 2);
      await over.dblclick();
      assert.deepEqual(await range(), []);
      await tab.close();
    },
  );

  const others = [
    { folder: '/runs/other', title: 'Fine-tune with centre loss', own: fixtures.runEvents({ ...shape, seed: 8 }) },
    { folder: '/runs/third', title: 'Classifier alone', own: fixtures.runEvents({ ...shape, seed: 9, until: 900 }) },
  ].map(({ own, ...rest }) => {
    const { steps, validation, lfw } = fixtures.snapshot(own);
    return { ...rest, series: { steps, validation, lfw } };
  });
  for (const theme of themeNames) {
    for (const width of theme === 'dark' ? [480, 1200] : [1200]) {
      await checks.check(`Run page with two other runs, zoomed, ${theme}, ${width} px`, async () => {
        const tab = await openPage(browser, base, 'run', { theme, width });
        await tab.send(running);
        await tab.page.locator('vscode-button', { hasText: 'Compare' }).click();
        assert.deepEqual((await tab.posted()).at(-1), { type: 'overlayRuns', folders: [], choose: true });
        await tab.send({ type: 'overlays', runs: others });
        await tab.picture(`run-overlay-${theme}-${width}`);
        await tab.page.locator('.plot').first().focus();
        await tab.page.keyboard.press('+');
        await tab.page.keyboard.press('ArrowRight');
        await tab.page.waitForTimeout(within(150));
        await tab.picture(`run-overlay-zoom-${theme}-${width}`);
        assert.ok((await overflow(tab.page)) <= 0, 'nothing reaches beyond the right edge');
        assert.equal(await tab.page.locator('.overlays li').count(), 2);
        await tab.close();
      });
    }
  }

  await checks.check('Run page: other runs are asked for again after a reload, and can be taken away', async () => {
    const tab = await openPage(browser, base, 'run');
    await tab.send(running);
    await tab.send({ type: 'overlays', runs: others });
    await tab.page.reload();
    await tab.page.waitForFunction(() => window.posted.some(({ type }) => type === 'ready'));
    await tab.send(running);
    const folders = others.map(({ folder }) => folder);
    assert.deepEqual((await tab.posted()).at(-1), { type: 'overlayRuns', folders, choose: false });
    await tab.send({ type: 'overlays', runs: others });
    await tab.page.locator('.overlays .remove').first().click();
    assert.deepEqual((await tab.posted()).at(-1), { type: 'overlayRuns', folders: ['/runs/third'], choose: false });
    await tab.send({ type: 'overlays', runs: others.slice(1) });
    assert.equal(await text(tab.page, '.overlays'), 'Classifier alone ×');
    await tab.close();
  });

  for (const how of ['reloaded', 'lost']) {
    await checks.check(`Run page, ${how}: smoothing, axis, table, zoom, other runs and place come back`, async () => {
      const tab = await openPage(browser, base, 'run', { height: 500 });
      await tab.send(running);
      await tab.send({ type: 'overlays', runs: others });
      await tab.page.locator('.slider input').fill('0.9');
      await tab.page.locator('vscode-checkbox', { hasText: 'Logarithmic loss' }).click();
      await tab.page.locator('vscode-checkbox', { hasText: 'Values as a table' }).click();
      await tab.page.locator('.plot').first().focus();
      await tab.page.keyboard.press('+');
      await tab.page.keyboard.press('PageDown');
      await tab.page.waitForTimeout(within(250));
      const zoom = await text(tab.page, '.visible-range');
      assert.match(zoom, /^steps /);
      await tab.page.mouse.move(5, 300);
      const shown = await tab.page.evaluate(() => window.scrollY);
      await tab.page.mouse.wheel(0, 600);
      await tab.page.waitForFunction((from) => window.scrollY !== from, shown);
      await tab.page.waitForTimeout(within(400));
      const before = await tab.page.evaluate(() => window.scrollY);
      assert.ok(before > 200, `scrolled to ${before}`);
      await tab.again(how);
      // The host sends what it has read of a long log before the rest: the zoom waits for its steps.
      await tab.send(hydrateOf(fixtures.runRecord('running'), fixtures.runEvents({ ...shape, until: 40 })));
      assert.equal(await text(tab.page, '.visible-range'), '');
      const folders = others.map(({ folder }) => folder);
      assert.deepEqual((await tab.posted()).at(-1), { type: 'overlayRuns', folders, choose: false });
      await tab.send(running);
      await tab.send({ type: 'overlays', runs: others });
      assert.equal(await text(tab.page, '.visible-range'), zoom);
      assert.equal(await tab.page.locator('.slider input').inputValue(), '0.9');
      const isChecked = (label) =>
        tab.page.locator('vscode-checkbox', { hasText: label }).evaluate(({ checked }) => checked);
      assert.ok((await isChecked('Logarithmic loss')) && (await isChecked('Values as a table')));
      assert.ok(await tab.page.locator('table:visible').first().isVisible());
      assert.equal(await tab.page.locator('.overlays li').count(), 2);
      assert.equal(await tab.page.evaluate(() => window.scrollY), before);
      await tab.close();
    });
  }

  for (const theme of ['dark', 'light']) {
    await checks.check(`Run page: the charts as a picture, ${theme}`, async () => {
      const tab = await openPage(browser, base, 'run', { theme });
      await tab.send(running);
      await tab.send({ type: 'overlays', runs: others });
      await tab.page.locator('vscode-button', { hasText: 'Export PNG' }).click();
      await tab.page.waitForFunction(() => window.posted.at(-1).type === 'exportPng');
      const bytes = Buffer.from(await tab.page.evaluate(() => [...window.posted.at(-1).png]));
      assert.equal(bytes.toString('latin1', 1, 4), 'PNG');
      assert.ok(bytes.readUInt32BE(16) >= 1000 && bytes.readUInt32BE(20) >= 800, 'as large as the charts');
      writeFileSync(join(pictures, `export-${theme}.png`), bytes);
      await tab.close();
    });
  }

  await checks.check('Run page: a million steps are drawn, moved and followed', async () => {
    const figures = await measureMillion(browser, base, fixtures, join(pictures, 'run-million.png'));
    const { drawn, frame, seen } = figures;
    console.log(
      `        drawn after ${drawn.toFixed(0)} ms; frame ${frame.p50.toFixed(1)} ms (95 %: ${frame.p95.toFixed(1)}), of it ${frame.work.toFixed(1)} ms work; a new step is seen after ${seen.p50.toFixed(0)} ms`,
    );
    // Bounds for a machine that has other work to do; npm run bench -- charts tells what a free one reaches.
    assert.ok(drawn < 10_000, `drawn after ${drawn} ms`);
    assert.ok(frame.work < 50, `a frame is ${frame.work} ms of work`);
    assert.ok(seen.p50 < 1000, `a new step is seen after ${seen.p50} ms`);
  });

  await checks.check('Run page: failure with its log, and a job without steps', async () => {
    const tab = await openPage(browser, base, 'run', { width: 900, height: 500 });
    const error = {
      message:
        'The training diverged. Step 41 (epoch 2, phase classifier) was not applied: its cross entropy is no number.',
      action: 'Resume it from its best checkpoint with a tenth of the rate, or lower the rate and start again.',
      logTail: ['Epoch: [1][40/40]\tLoss 812.1'],
      divergedAt: 41,
    };
    const checkpoint = { step: 40, prefix: 'model-demo.ckpt-40' };
    const diverged = fixtures.runEvents({ ...shape, until: 41 });
    const { time } = diverged.at(-1);
    diverged.push(
      { type: 'recovery', time, step: 20, cause: 'memory', microBatch: 16, message: 'It takes 16 images at a time.' },
      { type: 'alarm', time, step: 30, what: 'collapsed', message: 'The embedding collapses: lower the rate.' },
      { type: 'alarm', time, step: 41, what: 'diverged', message: error.message },
    );
    const buttons = async () => tab.page.locator('vscode-button:visible', { hasText: 'Resume' }).allInnerTexts();
    await tab.send(hydrateOf(fixtures.runRecord('failed', { error, checkpoint }), diverged));
    assert.match(await text(tab.page, '.failure:visible'), /diverged/);
    assert.deepEqual(await buttons(), ['Resume with a Tenth of the Rate', 'Resume']);
    await tab.page.locator('vscode-button:visible', { hasText: 'a Tenth' }).click();
    assert.deepEqual((await tab.posted()).at(-1), { type: 'resumeRun', slower: true });
    await tab.page.locator('vscode-button:visible', { hasText: 'Resume' }).nth(1).click();
    assert.deepEqual((await tab.posted()).at(-1), { type: 'resumeRun' });
    const marks = await tab.page.locator('.mark:visible').allTextContents();
    assert.equal(marks.filter((mark) => mark === '▼').length, 2, 'both kinds of marks are explained');
    const ends = await tab.page.locator('.plot:visible').first().getAttribute('aria-valuemax');
    assert.equal(ends, '41', 'the step that was not applied has its mark');
    const attempts = [{ at: '2026-03-02T09:00:00Z', step: 41, cause: 'divergence' }];
    await tab.send({
      type: 'updateRun',
      run: fixtures.runRecord('failed', { error, checkpoint, recovery: { attempts } }),
    });
    assert.deepEqual(await buttons(), ['Resume'], 'going back for one step is offered once');
    await tab.send(hydrateOf(fixtures.runRecord('failed', { error, checkpoint }), diverged));
    await tab.picture('run-failed');
    const light = await openPage(browser, base, 'run', { theme: 'light' });
    await light.send(hydrateOf(fixtures.runRecord('failed', { error, checkpoint }), diverged));
    await light.picture('run-failed-light');
    await light.close();
    const align = { kind: 'align', inputDir: 'photographs', outputDir: 'faces', imageSize: 182, margin: 44 };
    const progress = {
      type: 'progress',
      time: Date.now(),
      activity: 'Aligning',
      done: 120,
      total: 288,
      unit: 'images',
      perSecond: 14.2,
      etaSeconds: 11.8,
    };
    await tab.send(
      hydrateOf(fixtures.runRecord('running', { request: align, config: undefined, title: 'Align photographs' }), [
        progress,
      ]),
    );
    assert.equal(await text(tab.page, '.activity'), 'Aligning');
    assert.equal(await text(tab.page, '.amount'), '120 of 288 images · 14 images/s · about 12 s left');
    assert.equal(await tab.page.locator('.plot canvas:visible').count(), 0);
    await tab.picture('run-align');
    await tab.close();
  });

  await checks.check(
    'Run page: 30 000 steps are drawn in time, and nothing is left behind after 50 hydrates and themes',
    async () => {
      const tab = await openPage(browser, base, 'run');
      const long = fixtures.runEvents({ stepsPerEpoch: 800, logEvery: 1, seed: 3 });
      await tab.send(hydrateOf(fixtures.runRecord('running'), long));
      const busy = await tab.page.evaluate(
        async (tail) => {
          const started = performance.now();
          window.postMessage({ type: 'appendEvents', events: tail });
          await new Promise((resolve) => setTimeout(resolve, 0));
          let longest = 0;
          let last = performance.now();
          while (performance.now() - started < 600) {
            await new Promise((resolve) => setTimeout(resolve, 0));
            longest = Math.max(longest, performance.now() - last);
            last = performance.now();
          }
          return longest;
        },
        [{ ...long.findLast(({ type }) => type === 'step'), step: 1_000_000 }],
      );
      console.log(
        `        one redraw of ${long.filter(({ type }) => type === 'step').length} steps blocks ${busy.toFixed(0)} ms`,
      );
      assert.ok(busy < 400, `a redraw blocks the page for ${busy} ms`);
      await tab.picture('run-long');

      const counters = await domCounters(tab.page);
      const churn = (times) =>
        tab.page.evaluate(
          async ([count, data, themes]) => {
            for (let round = 0; round < count; round++) {
              window.setTheme(themes[round % themes.length]);
              window.postMessage(data);
              await new Promise((resolve) => setTimeout(resolve, 10));
            }
            window.setTheme('dark');
            await new Promise((resolve) => setTimeout(resolve, 250));
          },
          [times, running, themeNames],
        );
      await churn(4);
      const before = await counters.count();
      await churn(50);
      await counters.assertKept(before, { nodes: (was) => was * 1.1 + 50, listeners: (was) => was * 1.1 + 10 });
      await tab.close();
    },
  );
}
