import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { reportOfStep } from '../../../../src/evaluate/runVerdict';
import type { RunRecord } from '../../../../src/protocol/run';
import { Judgement } from '../../../../src/train/loop/judgement';
import { pairedReports } from '../../../fixtures/pairedReports';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const people = ['Nobody'];
const { before, after } = pairedReports({ fixed: 40, broken: 16, stillWrong: 16, right: 528 });
const further = pairedReports({ fixed: 50, broken: 16, stillWrong: 6, right: 528 }).after;
const silent = (message: string): void => assert.fail(message);
const recordWith = (fields: Partial<RunRecord>): RunRecord => fields as RunRecord;

describe('the judgement of a run', () => {
  test('keeps the verdict on the best evaluation; a tie leaves the earlier one', async () => {
    const judgement = await Judgement.open(temporaryFolder(), people, undefined, silent);
    const means = [judgement.baseline?.mean];
    assert.equal(judgement.add(before), undefined);
    means.push(judgement.baseline?.mean);
    assert.deepEqual(means, [undefined, before.accuracy.mean]);
    assert.equal(judgement.add(after)?.step, 600);
    const tie = { ...after, model: { ...after.model, step: 700 } };
    assert.equal(judgement.add(tie), undefined);
    const best = judgement.add({ ...further, model: { ...further.model, step: 800 } });
    assert.equal(best?.step, 800);
    assert.equal(judgement.add({ ...after, model: { ...after.model, step: 900 } }), undefined);
  });

  test('has the best of those held that are no better than the beginning, and none that is', async () => {
    const judgement = await Judgement.open(temporaryFolder(), people, undefined, silent);
    judgement.add(before);
    assert.equal(judgement.stepToHold, undefined);
    judgement.add({ ...before, model: { ...before.model, step: 300 } });
    assert.equal(judgement.stepToHold, 300);
    judgement.add({ ...before, model: { ...before.model, step: 400 } });
    assert.equal(judgement.stepToHold, 300);
    judgement.add(after);
    assert.equal(judgement.stepToHold, undefined);
  });

  test('has none without an evaluation of the beginning', async () => {
    const judgement = await Judgement.open(temporaryFolder(), people, undefined, silent);
    assert.equal(judgement.add(after), undefined);
  });

  test('goes on with what an earlier part of the run has measured', async () => {
    const folder = temporaryFolder();
    await mkdir(join(folder, 'evaluations'));
    await writeFile(join(folder, reportOfStep(0)), JSON.stringify(before));
    await writeFile(join(folder, reportOfStep(600)), JSON.stringify(after));
    // The first of a version that wrote no verdicts.
    for (const record of [recordWith({}), recordWith({ best: { step: 600, accuracy: 0.9, checkpoint: '' } })]) {
      const judgement = await Judgement.open(folder, people, record, silent);
      assert.equal(judgement.baseline?.mean, before.accuracy.mean);
      assert.equal(judgement.add({ ...after, model: { ...after.model, step: 700 } }), undefined);
      assert.equal(judgement.add({ ...further, model: { ...further.model, step: 800 } })?.step, 800);
    }
  });

  test('does without a damaged report, and says so', async () => {
    const folder = temporaryFolder();
    await mkdir(join(folder, 'evaluations'));
    await writeFile(join(folder, reportOfStep(0)), '{');
    const told: string[] = [];
    const judgement = await Judgement.open(folder, people, recordWith({}), (message) => told.push(message));
    assert.equal(judgement.add(after), undefined);
    assert.match(told.join(), /lfw-0\.json is not an LFW report/);
  });

  test('keeps a verdict with figures where the pairs have changed since', async () => {
    const judgement = await Judgement.open(temporaryFolder(), people, undefined, silent);
    judgement.add(before);
    judgement.add(after);
    assert.equal(judgement.add({ ...further, distances: further.distances.slice(1) }), undefined);
  });
});
