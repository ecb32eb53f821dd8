// What ends a worker from below: the kernel, where memory runs out, and TensorFlow itself.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { RunEvent } from '../../src/protocol/events';
import { openRunFolder } from '../../src/run/runFolder';
import { keepJob } from '../../src/worker/keepJob';
import { within } from '../fixtures/deadlines.mjs';
import { memoryLimit } from '../fixtures/memoryLimit';
import { temporaryWorkspace } from '../fixtures/runs';
import { newTraining, smallTraining, writeSmallDataset } from '../fixtures/smallTraining';

const phases = [
  { name: 'classifier', trainableFrom: 'Logits', epochs: 6, learningRate: 0.1, batchNorm: 'frozen' as const },
  { name: 'last block', trainableFrom: 'LastBlock', epochs: 6, learningRate: 0.001, batchNorm: 'frozen' as const },
];
const patience = { look: 0.05, first: 60, least: 2, times: 3, busyTimes: 2, alone: 60, killed: 1 };

/** Ends the job in the second run of a graph of its TensorFlow, the first step, once: where CRASHED is not there yet. */
const crashInTensorFlow = `
  const { writeFileSync } = require('node:fs');
  const { isMainThread } = require('node:worker_threads');
  const { dlopen } = process;
  let calls = 0;
  process.dlopen = function (module, file, ...rest) {
    dlopen.call(this, module, file, ...rest);
    // Not where it is only looked at: in the thread that trains.
    if (isMainThread || !file.endsWith('tfjs_binding.node')) return;
    const { runSavedModel } = module.exports;
    const crashing = (...given) => {
      if (++calls === 2) {
        try {
          writeFileSync(process.env.CRASHED, '', { flag: 'wx' });
          process.kill(process.pid, 'SIGABRT');
        } catch {}
      }
      return runSavedModel(...given);
    };
    // Its own functions cannot be replaced.
    module.exports = Object.create(module.exports, { runSavedModel: { value: crashing } });
  };`;

describe('a worker that is ended from below', { timeout: within(120_000) }, () => {
  let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
  let vigil: NodeJS.Timeout;
  before(async () => {
    vigil = setInterval(() => undefined, 1000);
    workspace = await temporaryWorkspace();
    await writeSmallDataset(workspace.path);
  });
  after(async () => {
    clearInterval(vigil);
    await workspace.dispose();
  });

  const recoveriesOf = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'recovery');

  test('by the kernel for want of memory: it goes on with half the images at a time', async (t) => {
    const limit = memoryLimit(1e6);
    if (limit === undefined) return t.skip('this user may make no control groups');
    const request = smallTraining(workspace.path, { phases });
    const run = await newTraining(workspace.path, request, 'memory');
    let harming: Promise<void> | undefined;
    const onEvent = (event: RunEvent): void => {
      if (event.type !== 'step' || event.phase !== 'last block') return;
      harming ??= openRunFolder(run.path).then(({ record }) => limit.add(record.worker!.job!.pid));
    };
    await keepJob(request, run, { signal: new AbortController().signal, patience, onEvent });
    limit.dispose();
    const { state, recovery } = await run.reload();
    assert.equal(state, 'done');
    const [told, ...others] = recoveriesOf(await run.readEvents());
    assert.deepEqual(others, []);
    assert.deepEqual([told!.cause, told!.microBatch, recovery!.microBatch], ['memory', 2, 2]);
    assert.match(told!.message, /because memory ran out \(the system counts one more kill for want of memory\)/);
  });

  test('by TensorFlow: it is named, and the training goes on', async (t) => {
    if (!process.env.FACENET_ENGINE) return t.skip('needs FACENET_ENGINE, a folder with a built @tensorflow/tfjs-node');
    const crash = join(workspace.path, 'crash.cjs');
    await writeFile(crash, crashInTensorFlow);
    const env = { NODE_OPTIONS: `--require ${crash}`, CRASHED: join(workspace.path, 'crashed') };
    Object.assign(process.env, env);
    t.after(() => Object.keys(env).forEach((name) => delete process.env[name]));
    const request = smallTraining(workspace.path, { phases, engine: 'cpu' });
    const run = await newTraining(workspace.path, request, 'tensorflow');
    await keepJob(request, run, { signal: new AbortController().signal });
    const { state } = await run.reload();
    assert.equal(state, 'done');
    const [told, ...others] = recoveriesOf(await run.readEvents());
    assert.deepEqual(others, []);
    assert.equal(told!.cause, 'crash');
    assert.match(told!.message, /A native library crashed in the worker .*\(SIGABRT; .*TensorFlow.* was at work\)/);
  });
});
