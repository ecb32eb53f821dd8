import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, test } from 'node:test';
import { distFile } from '../../src/engine/installation';
import { openModel } from '../../src/checkpoint/model';
import type { RunEvent } from '../../src/protocol/events';
import { type TrainRequest, trainRequestSchema } from '../../src/protocol/job';
import { divergedAt } from '../../src/protocol/runRules';
import { type RunFolder, createRunFolder, openRunFolder, runsDirectory } from '../../src/run/runFolder';
import { within } from '../fixtures/deadlines.mjs';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { startWorkerAlone, temporaryWorkspace } from '../fixtures/runs';

type Config = TrainRequest['config'];

describe('a training whose numbers stop being finite', { timeout: within(200_000) }, () => {
  let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
  before(async () => {
    workspace = await temporaryWorkspace();
    await writeNoiseFaces(join(workspace.path, 'faces'), { people: 3, images: 8, size: 150 });
    const pairs = [1, 2].flatMap((fold) => [`person_0 ${fold} ${4 + fold}`, `person_1 ${fold} person_2 ${fold}`]);
    await writeFile(join(workspace.path, 'pairs.txt'), `2\t1\n${pairs.join('\n')}\n`);
  });
  after(() => workspace.dispose());

  const classifier = { name: 'classifier', trainableFrom: 'Logits', epochs: 8, learningRate: 1 };
  /** A rate with which the weights of the last block leave the range of float32 in a few steps; so do they with a tenth. */
  const lastBlock = { name: 'last block', trainableFrom: 'LastBlock', epochs: 6, learningRate: 0.6, optimizer: 'MOM' };
  const start = async (config: Partial<Record<keyof Config, unknown>>): Promise<RunFolder> => {
    const request = trainRequestSchema.parse({
      kind: 'train',
      config: {
        ...{ dataDir: join(workspace.path, 'faces'), pretrainedModel: 'starter', phases: [classifier, lastBlock] },
        ...{ batchSize: 8, validationSplitRatio: 0.2, validateEveryEpochs: 4, engine: 'wasm', ...config },
      },
    });
    return createRunFolder(runsDirectory(workspace.path), request, 'diverging');
  };
  const end = async (run: RunFolder, code: number): Promise<{ run: RunFolder; events: RunEvent[] }> => {
    assert.equal(await startWorkerAlone(run).exited, code, await readFile(run.log, 'utf8'));
    const ended = await openRunFolder(run.path);
    return { run: ended, events: await ended.readEvents() };
  };
  const tensorsOf = async ({ record }: RunFolder) => (await openModel(record.checkpoint!.prefix)).readAll();
  const of = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T) =>
    events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);

  test('ends before the step is applied, and goes on from the best one measured as one does that retries by itself', async () => {
    const lfw = { dir: join(workspace.path, 'faces'), pairs: join(workspace.path, 'pairs.txt'), folds: 2 };
    const evaluated = { lfw: { ...lfw, everyEpochs: 3 } };
    const { run: stopped, events } = await end(await start(evaluated), 1);
    const [alarm, ...others] = of(events, 'alarm');
    assert.deepEqual([alarm!.what, others], ['diverged', []]);
    assert.match(
      alarm!.message,
      /^Step \d+ \(epoch \d+, phase last block\) was not applied: its cross entropy is no finite number; .* stage \w+/,
    );
    assert.ok(of(events, 'step').every(({ loss }) => loss !== null));
    const step = divergedAt(stopped.record)!;
    assert.equal(step, alarm!.step);
    assert.equal(of(events, 'step').at(-1)!.step, step - 1, 'what was measured before is told');
    for (const [name, { data }] of await tensorsOf(stopped)) assert.ok(data.every(Number.isFinite), name);
    // The classifier leaves the embedding as it is: no checkpoint is better than what the run began with.
    const { best, request, verdict } = stopped.record;
    assert.equal(best, undefined);
    assert.ok(verdict !== undefined && request.kind === 'train' && verdict.step < step);

    // As the button of its tab does, until it comes to its end.
    const diverged = [step];
    let [run, code]: [RunFolder, number | string] = [stopped, 1];
    for (let at: number | undefined = step; at !== undefined && code === 1; at = divergedAt(run.record)) {
      if (at !== diverged.at(-1)) diverged.push(at);
      await run.update({ request: { ...request, resume: run.path, afterDivergence: at } });
      code = await startWorkerAlone(run).exited;
      run = await openRunFolder(run.path);
    }
    assert.equal(code, 0, await readFile(run.log, 'utf8'));
    assert.ok(diverged.length > 1, 'a tenth was not enough');
    const all = await run.readEvents();
    const recoveries = of(all, 'recovery');
    for (const list of [run.record.recovery!.attempts, recoveries])
      assert.deepEqual(
        list.map(({ cause, step: at }) => [cause, at]),
        diverged.map((at) => ['divergence', at]),
      );
    assert.match(
      recoveries[0]!.message,
      new RegExp(`goes back to step ${verdict.step}, the best checkpoint that was measured, with 0\\.1 of`),
    );
    const last = all.slice(all.indexOf(recoveries.at(-1)!));
    const rate = of(last, 'step').find(({ phase }) => phase === 'last block')!.learningRate;
    assert.ok(Math.abs(rate - lastBlock.learningRate / 10 ** diverged.length) < 1e-9, `${rate}`);
    const again = of(last, 'lfw').map(({ report }) => report.split('/')[1]!);
    const evaluations = await readdir(join(run.path, 'evaluations'));
    assert.ok(again.length > 1 && again.every((report) => evaluations.includes(report)));

    const { run: retried } = await end(await start({ ...evaluated, onDivergence: 'retry' }), 0);
    assert.deepEqual(
      retried.record.recovery!.attempts.map((attempt) => attempt.step),
      diverged,
    );
    const [expected, actual] = [await tensorsOf(run), await tensorsOf(retried)];
    assert.deepEqual([...actual.keys()].sort(), [...expected.keys()].sort());
    for (const [name, { data }] of expected) assert.deepEqual(actual.get(name)!.data, data, name);

    // A worker that is ended after it went back, and asked for the same once more, just goes on.
    await retried.update({ request: { ...request, resume: retried.path, afterDivergence: step } });
    const { run: asked } = await end(retried, 0);
    assert.equal(asked.record.recovery!.attempts.length, diverged.length);
  });

  test('does not go back twice for one step: at the first one the term is told, and that the rate is not the reason', async () => {
    const { run, events } = await end(await start({ prelogitsNormLossFactor: 3e38, onDivergence: 'retry' }), 1);
    assert.deepEqual(
      of(events, 'alarm').map(({ step }) => step),
      [1, 1],
    );
    assert.match(of(events, 'alarm')[0]!.message, /^Step 1 .* its prelogits norm is no finite number/);
    assert.match(of(events, 'recovery')[0]!.message, /the run begins again with 0\.1 of the configured rate/);
    assert.match(run.record.error!.message, /Step 1 has diverged before, .* the rate is not the reason/);
    assert.equal(run.record.recovery!.attempts.length, 1);
    assert.equal(divergedAt(run.record), undefined, 'going back is not offered again');
  });

  test('is noticed in the last step, and after it in what would be saved', async () => {
    const phaseOf = (rates: [number, number][]) => ({
      ...{ ...lastBlock, epochs: 4 },
      learningRate: rates.map(([epoch, rate]) => ({ epoch, rate })),
    });
    const short = { epochSize: 1, validationSplitRatio: 0 };
    const inStep = await end(
      await start({
        ...short,
        phases: [
          phaseOf([
            [0, 1e-3],
            [3, 1e15],
            [4, 1e-3],
          ]),
        ],
      }),
      1,
    );
    assert.equal(divergedAt(inStep.run.record), 4);
    // As in a terminal; a tenth of that rate is not enough.
    const flags = ['train-softmax', '--resume', inStep.run.path, '--on_divergence', 'retry'];
    const { stderr } = await promisify(execFile)(process.execPath, [distFile('cli.cjs'), ...flags]).catch(
      (error: { stderr: string }) => error,
    );
    // Before a step is made; on a slow machine the first one has been saved.
    assert.match(
      stderr,
      /^Warning: After it diverged at step 4, the run (begins again|goes back to step [123], its last checkpoint,) with 0\.1 of/,
    );
    assert.match(stderr, /Step 4 has diverged before/);
    const rates: [number, number][] = [
      [0, 1e-5],
      [4, 3e38],
    ];
    const afterStep = await end(await start({ ...short, weightDecay: 100, phases: [phaseOf(rates)] }), 1);
    assert.equal(divergedAt(afterStep.run.record), 4);
    assert.match(afterStep.run.record.error!.message, /After step 4 \S+ is no finite number; the step was not saved/);
  });
});
