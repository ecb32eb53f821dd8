import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openModel } from '../../src/checkpoint/model';
import type { RunEvent } from '../../src/protocol/events';
import { type TrainRequest, trainRequestSchema } from '../../src/protocol/job';
import { type RunFolder, createRunFolder, openRunFolder, runsDirectory } from '../../src/run/runFolder';
import { within } from '../fixtures/deadlines.mjs';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { startWorkerAlone, temporaryWorkspace, until } from '../fixtures/runs';

type Config = TrainRequest['config'];

/** Memory of a process whose WebAssembly gets no more than so many bytes. */
function limitedTo(bytes: number): NodeJS.ProcessEnv {
  const program = `
    const { grow } = WebAssembly.Memory.prototype;
    WebAssembly.Memory.prototype.grow = function (pages) {
      if (this.buffer.byteLength + 65536 * pages > ${bytes}) throw new RangeError('no more is given');
      return grow.call(this, pages);
    };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(program)}` };
}

describe('a training in micro-batches', { timeout: within(200_000) }, () => {
  let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
  before(async () => {
    workspace = await temporaryWorkspace();
    await writeNoiseFaces(join(workspace.path, 'faces'), { people: 3, images: 4, size: 150 });
  });
  after(() => workspace.dispose());

  const start = async (title: string, config: Partial<Record<keyof Config, unknown>>): Promise<RunFolder> => {
    const request = trainRequestSchema.parse({
      kind: 'train',
      config: {
        ...{ dataDir: join(workspace.path, 'faces'), pretrainedModel: 'starter', batchSize: 12, engine: 'wasm' },
        ...{ optimizer: 'MOM', ...config },
      },
    });
    return createRunFolder(runsDirectory(workspace.path), request, title);
  };
  const finish = async (
    run: RunFolder,
    env: NodeJS.ProcessEnv = {},
  ): Promise<{ run: RunFolder; events: RunEvent[] }> => {
    assert.equal(await startWorkerAlone(run, env).exited, 0, await readFile(run.log, 'utf8'));
    const ended = await openRunFolder(run.path);
    return { run: ended, events: await ended.readEvents() };
  };
  const tensorsOf = async ({ record }: RunFolder) => (await openModel(record.checkpoint!.prefix)).readAll();

  test('memory that is exhausted halves what is taken at a time, and what is learned stays the same', async () => {
    // So many that their activations outweigh what the variables take.
    await writeNoiseFaces(join(workspace.path, 'more faces'), { people: 3, images: 16, size: 150 });
    const config = {
      ...{ dataDir: join(workspace.path, 'more faces'), batchSize: 48 },
      phases: [{ name: 'all', trainableFrom: 'All', epochs: 1, learningRate: 0.001 }],
    };
    const { run: whole, events: undisturbed } = await finish(await start('whole', config));
    assert.equal(
      undisturbed.some(({ type }) => type === 'recovery'),
      false,
    );
    const { run, events } = await finish(await start('limited', config), limitedTo(400e6));
    const recoveries = events.filter((event) => event.type === 'recovery');
    const { microBatch } = recoveries.at(-1)!;
    assert.ok(microBatch !== undefined && microBatch < 48 && 48 % microBatch === 0, `${microBatch}`);
    assert.match(
      recoveries[0]!.message,
      /^WebAssembly .* had too little free memory for 48 images at step 1\. From there on the run takes 24 at a time/,
    );
    const { recovery } = run.record;
    assert.equal(recovery!.microBatch, microBatch);
    assert.deepEqual(
      recovery!.attempts.map(({ cause, step }) => [cause, step]),
      recoveries.map(() => ['memory', 1]),
    );
    const learned = await tensorsOf(run);
    for (const [name, { data }] of await tensorsOf(whole)) {
      const other = learned.get(name)!.data;
      const scale = 1e-5 * data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      data.forEach((value, i) => assert.ok(Math.abs(value - other[i]!) <= scale, name));
    }

    const { request, checkpoint } = run.record;
    assert.ok(request.kind === 'train');
    const longer = { ...request.config, phases: [{ ...request.config.phases[0]!, epochs: 2 }] };
    await run.update({ request: { ...request, config: longer, resume: run.path } });
    const { run: resumed, events: all } = await finish(run, limitedTo(400e6));
    assert.equal(
      all.filter(({ type }) => type === 'recovery').length,
      recoveries.length,
      'it begins with what it came to',
    );
    assert.equal(resumed.record.checkpoint!.step, checkpoint!.step + 1);
  });

  test('one that is killed ends bit for bit where an uninterrupted one ends', async () => {
    const config = {
      phases: [
        { name: 'classifier', trainableFrom: 'Logits', epochs: 6, learningRate: 0.1 },
        { name: 'last block', trainableFrom: 'LastBlock', epochs: 8, learningRate: 0.001 },
      ],
      ...{ batchSize: 8, microBatch: 3, keepProbability: 0.8, randomFlip: true, centerLossFactor: 0.01 },
      ...{ optimizer: 'ADAM', validationSplitRatio: 0.25, validateEveryEpochs: 2 },
    };
    const { run: straight } = await finish(await start('straight', config));
    const killed = await start('killed', config);
    const first = startWorkerAlone(killed);
    await until('the second phase has saved a checkpoint', async () =>
      (await killed.readEvents()).some((event) => event.type === 'checkpoint' && event.step > 14),
    );
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const stopped = await openRunFolder(killed.path);
    const { request, checkpoint } = stopped.record;
    assert.ok(request.kind === 'train' && checkpoint!.step < straight.record.checkpoint!.step, 'it was killed in time');
    await stopped.update({ request: { ...request, resume: stopped.path } });
    const { run: resumed } = await finish(stopped);
    const actual = await tensorsOf(resumed);
    for (const [name, { data }] of await tensorsOf(straight)) assert.deepEqual(actual.get(name)!.data, data, name);
  });
});
