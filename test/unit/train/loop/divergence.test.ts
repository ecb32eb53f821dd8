// Where a training that has diverged goes back to, what is left of its rate, and when it gives up.
import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { DivergedError, UserError } from '../../../../src/protocol/errors';
import { type TrainRequest, trainRequestSchema } from '../../../../src/protocol/job';
import type { ReportedEvent } from '../../../../src/protocol/jobContext';
import type { RunRecord } from '../../../../src/protocol/run';
import type { Verdict } from '../../../../src/protocol/verdict';
import { createRunFolder, openRunFolder, runsDirectory, type RunFolder } from '../../../../src/run/runFolder';
import { divergence, goBack, goBackOnce, rateFactorOf } from '../../../../src/train/loop/divergence';
import { planPhases } from '../../../../src/train/plan/phases';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const workspace = temporaryFolder();
const phase = { name: 'classifier', trainableFrom: 'Logits', epochs: 10, learningRate: 1 };
const request: TrainRequest = trainRequestSchema.parse({
  kind: 'train',
  config: { dataDir: workspace, phases: [phase], batchSize: 8 },
});
const verdictAt = (step: number): Verdict => ({ kind: 'incomparable', reason: 'pairs', step, differences: [] });

async function newRun(record: (folder: string) => Partial<RunRecord> = () => ({})): Promise<RunFolder> {
  const run = await createRunFolder(runsDirectory(workspace), request, 'diverging');
  await run.update(record(run.path));
  return run;
}

/** Goes back after `step`, as a training does or as a worker that was asked to; what was told, and the record after it. */
async function wentBack({ path }: RunFolder, step: number, asked = false) {
  const told: Extract<ReportedEvent, { message?: string }>[] = [];
  const context = {
    runFolder: path,
    update: async (patch: Partial<RunRecord>) => (await openRunFolder(path)).update(patch),
    report: (event: ReportedEvent) => void told.push(event as (typeof told)[number]),
  };
  if (asked) await goBackOnce(context, step);
  else await goBack(context, { step, message: `It diverged at step ${step}.` });
  return { record: (await openRunFolder(path)).record, told };
}

const last = (run: string) => ({ step: 40, prefix: join(run, 'ckpt-40') });
const best = (run: string) => ({ step: 20, accuracy: 0.9, checkpoint: join(run, 'best', 'ckpt-20') });

test('to the best checkpoint, from which on the rate is a tenth', async () => {
  const run = await newRun((folder) => ({ checkpoint: last(folder), best: best(folder) }));
  assert.equal(rateFactorOf(run.record), 1);
  const { record, told } = await wentBack(run, 50);
  assert.deepEqual(record.checkpoint, { step: 20, prefix: best(run.path).checkpoint });
  assert.deepEqual(
    record.recovery!.attempts.map(({ step, cause }) => [step, cause]),
    [[50, 'divergence']],
  );
  assert.equal(rateFactorOf(record), 0.1);
  assert.deepEqual(
    told.map(({ type }) => type),
    ['recovery'],
  );
  assert.match(
    told[0]!.message!,
    /^After it diverged at step 50, the run goes back to step 20, its best checkpoint, with 0\.1 of/,
  );
});

test('without one to what was measured, where it was kept; else to the last checkpoint, else to the beginning', async () => {
  const measured = await newRun((folder) => ({ checkpoint: last(folder), verdict: verdictAt(30) }));
  await writeFile(join(measured.path, 'ckpt-30.index'), '');
  const first = await wentBack(measured, 50);
  assert.deepEqual(first.record.checkpoint, { step: 30, prefix: join(measured.path, 'ckpt-30') });
  assert.match(first.told[0]!.message!, /goes back to step 30, the best checkpoint that was measured, with 0\.1 of/);
  const saved = await newRun((folder) => ({ checkpoint: last(folder), verdict: verdictAt(30) }));
  const second = await wentBack(saved, 50);
  assert.deepEqual(second.record.checkpoint, last(saved.path));
  assert.match(
    second.told[0]!.message!,
    /to step 40, its last checkpoint, with 0\.1 of the configured rate \(1 of 3 times/,
  );
  const third = await wentBack(await newRun(), 3);
  assert.equal(third.record.checkpoint, undefined);
  assert.match(third.told[0]!.message!, /the run begins again with 0\.1 of the configured rate/);
});

test('three times at most, and never twice for one step', async () => {
  const run = await newRun((folder) => ({ checkpoint: last(folder) }));
  for (const [index, step] of [50, 60, 70].entries())
    assert.equal(rateFactorOf((await wentBack(run, step)).record), 1 / 10 ** (index + 1));
  await assert.rejects(
    wentBack(run, 80),
    (error) =>
      error instanceof DivergedError && error.message.includes('It has gone back 3 times') && error.step === 80,
  );
  await assert.rejects(wentBack(run, 60), /Step 60 has diverged before, .* the rate is not the reason/);
  const { record } = await openRunFolder(run.path);
  assert.equal(record.recovery!.attempts.length, 3, 'what is given up is no attempt');
});

test('a worker that is asked for the same once more just goes on', async () => {
  const run = await newRun();
  await wentBack(run, 50, true);
  const { record, told } = await wentBack(run, 50, true);
  assert.deepEqual([record.recovery!.attempts.length, told], [1, []]);
});

test('evaluations of steps that come again are kept aside, and so is a verdict that is of none of them any more', async () => {
  const run = await newRun((folder) => ({ checkpoint: last(folder), best: best(folder), verdict: verdictAt(30) }));
  const evaluations = join(run.path, 'evaluations');
  await mkdir(evaluations, { recursive: true });
  for (const step of [0, 20, 30, 40]) await writeFile(join(evaluations, `lfw-${step}.json`), '{}');
  const { record } = await wentBack(run, 50);
  assert.equal(record.verdict, undefined);
  assert.deepEqual((await readdir(evaluations)).sort(), ['before-divergence-50', 'lfw-0.json', 'lfw-20.json']);
  assert.deepEqual((await readdir(join(evaluations, 'before-divergence-50'))).sort(), ['lfw-30.json', 'lfw-40.json']);
});

test('images that are no numbers are no matter of the rate: going back is not offered', () => {
  const stages = [{ name: 'First', build: () => undefined as never }];
  const [planned] = planPhases({ stages, lastBlock: 'First' }, [{ ...phase, batchNorm: 'frozen' }], 10);
  const damaged = divergence(7, planned!, { place: { kind: 'input' } });
  assert.ok(damaged instanceof UserError && !(damaged instanceof DivergedError));
  assert.match(damaged.sentence, /in its images, or in the activations of the frozen stages\. Look at the weights/);
  const diverged = divergence(7, planned!, { term: 'cross entropy' });
  assert.ok(diverged instanceof DivergedError && diverged.step === 7);
  assert.match(
    diverged.action!,
    /--resume RUN --on_divergence retry\), or lower the learning rate of phase classifier/,
  );
});
