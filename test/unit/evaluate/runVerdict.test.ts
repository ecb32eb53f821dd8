// The verdict of runs of earlier versions, which have written none down.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { reportOfStep, verdictOfRun } from '../../../src/evaluate/runVerdict';
import { verdictOf } from '../../../src/evaluate/verdict';
import type { LfwReport } from '../../../src/protocol/lfwReport';
import { pairedReports } from '../../fixtures/pairedReports';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const { before, after } = pairedReports({ fixed: 40, broken: 16, stillWrong: 16, right: 528 });
const worse = pairedReports({ fixed: 6, broken: 60, stillWrong: 50, right: 484 }).after;

async function runWith(reports: Record<number, LfwReport | string>): Promise<string> {
  const folder = temporaryFolder();
  await mkdir(join(folder, 'evaluations'));
  for (const [step, report] of Object.entries(reports)) {
    const text = typeof report === 'string' ? report : JSON.stringify(report);
    await writeFile(join(folder, reportOfStep(Number(step))), text);
  }
  return folder;
}

describe('the verdict of a run', () => {
  const best = { step: 600, accuracy: 0.9, checkpoint: '' };

  test('is the one that is written down, whatever lies in the folder', async () => {
    const verdict = verdictOf(before, worse);
    assert.equal(await verdictOfRun(await runWith({ 0: before, 600: after }), { verdict }), verdict);
  });

  test('is made of the reports of step 0 and of the best checkpoint', async () => {
    const folder = await runWith({ 0: before, 600: after, 900: worse });
    const verdict = await verdictOfRun(folder, { best, labels: ['Nobody'] });
    assert.deepEqual(verdict, verdictOf(before, after, ['Nobody']));
    assert.equal(verdict?.kind, 'better');
  });

  test('is made of the last report where none was the best', async () => {
    assert.equal((await verdictOfRun(await runWith({ 0: before, 80: after, 600: worse }), {}))?.kind, 'worse');
  });

  test('is none where the beginning, or nothing else, was measured', async () => {
    assert.equal(await verdictOfRun(await runWith({ 600: after }), { best }), undefined);
    assert.equal(await verdictOfRun(await runWith({ 0: before }), {}), undefined);
    assert.equal(await verdictOfRun(temporaryFolder(), {}), undefined);
  });

  test('of a damaged report is a sentence', async () => {
    const folder = await runWith({ 0: before, 600: '{' });
    await assert.rejects(verdictOfRun(folder, { best }), /lfw-600\.json is not an LFW report/);
  });
});
