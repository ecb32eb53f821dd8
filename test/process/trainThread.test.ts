// A training computes in a thread of its own: its process hears everybody meanwhile, and nothing of either is lost.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { attach } from '../../src/control/client';
import { openRunFolder, type RunFolder } from '../../src/run/runFolder';
import { within } from '../fixtures/deadlines.mjs';
import { startWorkerAlone, temporaryWorkspace, until } from '../fixtures/runs';
import { newTraining, smallTraining, writeSmallDataset } from '../fixtures/smallTraining';

/** What such a program begins with: whether this thread trains, or owns the run. */
const threads = `
  const { isMainThread, workerData } = require('node:worker_threads');
  const fs = require('node:fs');
  const trains = workerData?.request !== undefined;
  const owns = isMainThread && process.argv[1]?.endsWith('job.cjs');`;

/** Holds the thread that trains, as a step of a large network does, from when a file is there until it is there no more. */
const held = (file: string): string => `
  if (trains) setInterval(() => {
    if (!fs.existsSync(${JSON.stringify(file)})) return;
    fs.writeFileSync(${JSON.stringify(`${file}.held`)}, '');
    while (fs.existsSync(${JSON.stringify(file)})) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }, 1).unref();`;

describe('the thread that trains', { timeout: within(120_000) }, () => {
  let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
  before(async () => {
    workspace = await temporaryWorkspace();
    await writeSmallDataset(workspace.path);
  });
  after(() => workspace.dispose());

  /** Starts a worker, in each of whose threads `program` runs first. */
  const start = async (
    name: string,
    program: string,
    epochs: number,
    options = '',
  ): Promise<{ run: RunFolder; exited: Promise<unknown> }> => {
    const phases = [{ name: 'classifier', trainableFrom: 'Logits', epochs, learningRate: 0.1 }];
    const request = smallTraining(workspace.path, { phases, validateEveryEpochs: 1000 } as object);
    const run = await newTraining(workspace.path, request, name);
    const file = join(workspace.path, `${name}.cjs`);
    await writeFile(file, threads + program);
    const { exited } = startWorkerAlone(run, { NODE_OPTIONS: `--require ${file} ${options}` });
    return { run, exited };
  };

  test('while it computes, its process answers and writes down that it stops; it is stopped after the step', async () => {
    const hold = join(workspace.path, 'hold');
    const { run, exited } = await start('asked', held(hold), 20_000);
    await until('it trains', async () => (await run.readEvents()).some(({ type }) => type === 'step'));
    await writeFile(hold, '');
    await until('it is held', async () => existsSync(`${hold}.held`));
    const window = await attach(await run.reload());
    assert.equal((await window.status()).state, 'running');
    await window.stop();
    await until('it is written down', async () => (await run.reload()).state === 'stopping', 10);
    await rm(hold);
    await exited;
    const { state, checkpoint, error } = await run.reload();
    assert.equal(state, 'stopped', error?.message);
    const steps = (await run.readEvents()).flatMap((event) => (event.type === 'step' ? [event.step] : []));
    assert.equal(checkpoint!.step, steps.at(-1), 'each step that was made is told and saved');
    window.dispose();
  });

  test('what it tells and its process cannot write ends it with a sentence', async () => {
    // As on a real disk there is room again when the run gives back what it has reserved.
    const full = `
      if (owns) {
        const { writeSync } = fs;
        fs.writeSync = (file, data, ...rest) => {
          const isFull = Buffer.from(data).includes('"type":"step"') && fs.existsSync(process.argv[2] + '/.reserve');
          if (isFull) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
          return writeSync(file, data, ...rest);
        };
      }`;
    const { run, exited } = await start('full', full, 20_000);
    assert.equal(await exited, 1);
    const { state, error } = await run.reload();
    assert.equal(state, 'failed');
    assert.match(error!.message, /^The disk is full: .*metrics\.jsonl could not be written\.$/);
    assert.match(error!.action!, /Free some space/);
  });

  test('a disk that it waits for is told by its process, and is no hang', async () => {
    const away = `
      if (trains) {
        const { open } = fs.promises;
        const back = Date.now() + 8000;
        fs.promises.open = async (path, ...rest) => {
          if (String(path).includes('ckpt-') && Date.now() < back) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO', path });
          return open(path, ...rest);
        };
      }`;
    const { run, exited } = await start('away', away, 4);
    assert.equal(await exited, 0, await readFile(run.log, 'utf8'));
    const said = (await run.readEvents()).flatMap((event) => (event.type === 'log' ? [event.message] : []));
    assert.ok(
      said.some((message) => message.includes('cannot be reached at the moment (EIO')),
      said.join('\n'),
    );
  });

  test('a heap that is full there is an end for want of memory: it goes on with half the images', async () => {
    const greedy = join(workspace.path, 'greedy');
    const program = `
      if (trains) setInterval(() => {
        if (!fs.existsSync(${JSON.stringify(greedy)})) return;
        fs.rmSync(${JSON.stringify(greedy)});
        const held = [];
        for (;;) held.push(Array.from({ length: 1000 }, Math.random));
      }, 1).unref();`;
    const { run, exited } = await start('greedy', program, 400, '--max-old-space-size=150');
    await until('it saves', async () => (await run.readEvents()).some(({ type }) => type === 'checkpoint'));
    await writeFile(greedy, '');
    assert.equal(await exited, 0, await readFile(run.log, 'utf8'));
    const { record } = await openRunFolder(run.path);
    assert.equal(record.state, 'done');
    assert.deepEqual(
      record.recovery!.attempts.map(({ cause, microBatch }) => [cause, microBatch]),
      [['memory', 2]],
    );
  });
});
