// A training whose process hangs, crashes or is killed goes on by itself, and ends where an uninterrupted one ends.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { distFile } from '../../src/engine/installation';
import { UserError } from '../../src/protocol/errors';
import type { RunEvent } from '../../src/protocol/events';
import { type TrainRequest, trainRequestSchema } from '../../src/protocol/job';
import { isResumable } from '../../src/protocol/runRules';
import { isProcessAlive, isWorkerAlive } from '../../src/run/liveness';
import { createRunFolder, openRunFolder, runsDirectory, type RunFolder } from '../../src/run/runFolder';
import { listRuns } from '../../src/run/runList';
import { RunWatch } from '../../src/watch/runWatch';
import { keepJob, type KeepOptions } from '../../src/worker/keepJob';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { drawingRun, startWorkerAlone, temporaryWorkspace, until, untilWorking } from '../fixtures/runs';
import { within } from '../fixtures/deadlines.mjs';

const posix = process.platform === 'win32' && 'Windows has no signals to send';
/** Looks often, so that it is known which step is the last, and waits briefly where nothing comes. */
const impatience = { look: 0.05, first: 60, least: 2, times: 3, busyTimes: 2 };
/** Makes the main thread of a process go round in circles when it gets SIGUSR2. */
const loopSource = `
  const { isMainThread } = require('node:worker_threads');
  function goRoundInCircles() { for (;;); }
  if (isMainThread) process.on('SIGUSR2', goRoundInCircles);`;

describe('a training whose process ends before its time', { timeout: within(300_000), skip: posix }, () => {
  let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
  let request: TrainRequest;
  let expected: Buffer;
  let vigil: NodeJS.Timeout;
  before(async () => {
    vigil = setInterval(() => undefined, 1000);
    workspace = await temporaryWorkspace();
    await writeFile(join(workspace.path, 'loop.cjs'), loopSource);
    await writeNoiseFaces(join(workspace.path, 'faces'), { people: 3, images: 8, size: 150 });
    request = trainRequestSchema.parse({
      kind: 'train',
      config: {
        dataDir: join(workspace.path, 'faces'),
        pretrainedModel: 'starter',
        phases: [
          { name: 'classifier', trainableFrom: 'Logits', epochs: 30, learningRate: 1 },
          { name: 'last block', trainableFrom: 'LastBlock', epochs: 12, learningRate: 0.001 },
        ],
        batchSize: 8,
        randomFlip: true,
        keepProbability: 0.8,
        engine: 'wasm',
      },
    });
    const straight = await newRun('straight');
    await keepJob(request, straight, options());
    expected = await bytesOf(straight);
  });
  after(async () => {
    clearInterval(vigil);
    await workspace.dispose();
  });

  const newRun = async (title: string): Promise<RunFolder> =>
    createRunFolder(runsDirectory(workspace.path), request, title);
  const bytesOf = async (run: RunFolder): Promise<Buffer> => {
    const { checkpoint } = await run.reload();
    return readFile(`${checkpoint!.prefix}.data-00000-of-00001`);
  };
  const options = (more: Partial<KeepOptions> = {}): KeepOptions => ({
    signal: new AbortController().signal,
    patience: impatience,
    ...more,
  });
  const jobOf = async (run: RunFolder): Promise<number> => (await openRunFolder(run.path)).record.worker!.job!.pid;
  const recoveriesOf = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'recovery');

  /** Keeps a training, and does `harm` to its first process when it has told a step of the last phase. */
  const harmed = async (
    title: string,
    harm: (pid: number) => void,
    more: Partial<KeepOptions> = {},
  ): Promise<{ run: RunFolder; events: RunEvent[] }> => {
    const run = await newRun(title);
    let harming: Promise<void> | undefined;
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'step' && event.phase === 'last block') harming ??= jobOf(run).then(harm);
    };
    const states = new Set<string>();
    const steps: number[] = [];
    const watch = await RunWatch.open(run.path);
    watch.onChange(() => states.add(watch.record.state));
    const appended = (heard: readonly RunEvent[]): void => {
      for (const event of heard) if (event.type === 'step') steps.push(event.step);
    };
    watch.useSeries({ appended, restarted: () => assert.fail('the log is never replaced') });
    await keepJob(request, run, options({ onEvent, ...more }));
    await until('a window that looks on has heard the end', async () => watch.record.state === 'done', 10);
    watch.dispose();
    assert.ok(!states.has('lost') && !states.has('failed'), [...states].join(', '));
    const events = await run.readEvents();
    const logged = events.flatMap((event) => (event.type === 'step' ? [event.step] : []));
    assert.deepEqual(steps, logged, 'each step once, of both processes');
    return { run, events };
  };

  test('a native crash: it goes on from the last checkpoint and ends bit for bit where an uninterrupted one ends', async () => {
    const { run, events } = await harmed('crash', (pid) => process.kill(pid, 'SIGSEGV'));
    const { state, recovery, error } = await run.reload();
    assert.deepEqual([state, error], ['done', undefined]);
    const [event, ...others] = recoveriesOf(events);
    assert.deepEqual(others, []);
    assert.equal(event!.cause, 'crash');
    assert.match(
      event!.message,
      /crashed in the worker in step \d+ \(SIGSEGV; .*WebAssembly.*\)\. It goes on from step \d+\.$/,
    );
    assert.deepEqual(
      recovery!.attempts.map(({ cause, step }) => [cause, step]),
      [['crash', event!.step]],
    );
    assert.ok(event!.step > 90 && event!.step <= 126, String(event!.step));
    assert.ok((await readFile(run.log, 'utf8')).includes(event!.message));
    assert.deepEqual(await bytesOf(run), expected);
  });

  test('killed for want of memory: half the images at a time, while the batch stays', async () => {
    const witness = () => ({ look: () => undefined, evidence: () => 'the test says so' });
    const { run, events } = await harmed('memory', (pid) => process.kill(pid, 'SIGKILL'), { witness });
    const { state, recovery, checkpoint } = await run.reload();
    assert.equal(state, 'done');
    assert.equal(checkpoint!.step, 126);
    const [told, ...others] = recoveriesOf(events);
    assert.deepEqual(others, []);
    assert.deepEqual([told!.cause, told!.microBatch], ['memory', 4]);
    assert.match(told!.message, /because memory ran out \(the test says so\)\. .* with 4 images at a time; the batch/);
    assert.equal(recovery!.microBatch, 4);
    assert.deepEqual(
      recovery!.attempts.map(({ cause, step, microBatch }) => [cause, step, microBatch]),
      [['memory', told!.step, 4]],
    );
  });

  test('never twice for the same step: it gives up with a sentence that says what crashed and what to do', async () => {
    let first: number | undefined;
    const run = await newRun('again');
    // Before the second process has told a step it is no farther than the first one was.
    const onEvent = (event: RunEvent): void => {
      const reached = event.type === 'step' && event.phase === 'last block';
      const resumed = first !== undefined && event.type === 'log' && event.message.startsWith('Resuming at step');
      if (!reached && !resumed) return;
      void jobOf(run).then((pid) => {
        if (pid === first) return;
        first ??= pid;
        process.kill(pid, 'SIGBUS');
      });
    };
    await assert.rejects(
      keepJob(request, run, options({ onEvent })),
      (error) =>
        error instanceof UserError &&
        /crashed in the worker.*\(SIGBUS.*came no farther/.test(error.message) &&
        /facenet doctor.*--engine wasm.*then resume from step \d+\.$/.test(error.action!),
    );
    const record = await run.reload();
    assert.ok(record.state === 'failed' && isResumable(record));
    assert.equal(record.recovery!.attempts.length, 1);
    assert.ok(record.error!.logTail!.length > 0);
  });

  test('stopped from outside (SIGSTOP) it is waited for; going round in circles it is ended, and where is written down', async (t) => {
    const before = process.env['NODE_OPTIONS'];
    process.env['NODE_OPTIONS'] = `--require ${join(workspace.path, 'loop.cjs')}`;
    t.after(() => {
      if (before === undefined) delete process.env['NODE_OPTIONS'];
      else process.env['NODE_OPTIONS'] = before;
    });
    let woken = false;
    const stopAndLoop = (pid: number): void => {
      process.kill(pid, 'SIGSTOP');
      void sleep(1000 * (impatience.least + 0.5)).then(() => {
        woken = true;
        process.kill(pid, 'SIGUSR2');
        process.kill(pid, 'SIGCONT');
      });
    };
    const { run, events } = await harmed('hang', stopAndLoop);
    assert.ok(woken);
    const [event, ...others] = recoveriesOf(events);
    assert.deepEqual(others, []);
    assert.equal(event!.cause, 'hang');
    assert.match(
      event!.message,
      /The worker hung .*: nothing came of it for [45] s, with [01]\.\d cores at work\. It goes on/,
    );
    assert.ok(events.some((said) => said.type === 'log' && /unusually long.*is left to it/.test(said.message)));
    assert.match(
      await readFile(run.log, 'utf8'),
      /The main thread runs JavaScript:\n\s+at goRoundInCircles \(.*loop\.cjs:3/,
    );
    assert.deepEqual(await bytesOf(run), expected);
  });

  test('killed by a person, nobody watching: failed, with the reason, and it can be resumed', async () => {
    const run = await newRun('killed');
    const worker = startWorkerAlone(run);
    await until('it trains', async () => (await run.readEvents()).some((event) => event.type === 'checkpoint'));
    process.kill(await jobOf(run), 'SIGKILL');
    assert.equal(await worker.exited, 1);
    const record = await run.reload();
    assert.ok(record.state === 'failed' && isResumable(record));
    assert.match(
      record.error!.message,
      /^The worker was killed from outside .*, and nothing shows that memory ran out\.$/,
    );
    assert.match(record.error!.action!, /then resume from step \d+\.$/);
    assert.equal(record.recovery, undefined);
  });

  test('whose keeper is killed saves and ends itself', async () => {
    const run = await newRun('kept no more');
    const worker = startWorkerAlone(run);
    await until('it trains', async () => (await run.readEvents()).some((event) => event.type === 'step'));
    const { worker: processes } = await run.reload();
    process.kill(worker.pid, 'SIGKILL');
    await worker.exited;
    assert.ok(await isWorkerAlive(processes!), 'it lives as long as it saves');
    await until('it has ended', async () => !(await isWorkerAlive(processes!)), 10);
    const { state, checkpoint } = await run.reload();
    assert.equal(state, 'stopped');
    const events = await run.readEvents();
    assert.equal(checkpoint!.step, events.findLast((event) => event.type === 'step')!.step);
    assert.ok(events.some((event) => event.type === 'log' && event.message.includes('was ended from outside')));
  });

  test('in a terminal: it is said there, and the command ends well', async () => {
    const { dataDir } = request.config;
    const flags = ['--data_dir', dataDir, '--pretrained_model', 'starter', '--engine', 'wasm', '--batch_size', '8'];
    const child = spawn(
      process.execPath,
      [distFile('cli.cjs'), 'train-softmax', ...flags, '--max_nrof_epochs', '15', '--learning_rate', '0.01'],
      { cwd: join(workspace.path, 'faces'), stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const printed = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
    const ended = new Promise<number | string>((resolve) =>
      child.once('close', (code, signal) => resolve(code ?? signal!)),
    );
    const runs = join(workspace.path, 'faces');
    await until('it trains', async () => {
      const [listed] = await listRuns(runs);
      const events = listed === undefined ? [] : await (await openRunFolder(listed.folder)).readEvents();
      return events.some((event) => event.type === 'checkpoint');
    });
    const [listed] = await listRuns(runs);
    const { job, pid } = listed!.record.worker!;
    assert.equal(pid, child.pid);
    process.kill(job!.pid, 'SIGABRT');
    assert.equal(await ended, 0, printed.stderr);
    assert.match(
      printed.stderr,
      /^Warning: A native library crashed in the worker .*\(SIGABRT.* It goes on from step \d+\.$/m,
    );
    assert.match(printed.stdout, /^Last checkpoint: .*ckpt-\d+$/m);
    assert.equal(await isProcessAlive(job!.pid, job!.startTime), false);
  });

  test('a job that is no training is not started again: its crash is a sentence', async () => {
    const run = await drawingRun(workspace.path);
    const worker = startWorkerAlone(run);
    await untilWorking(run);
    process.kill(await jobOf(run), 'SIGSEGV');
    assert.equal(await worker.exited, 1);
    const { state, error } = await run.reload();
    assert.equal(state, 'failed');
    assert.match(error!.message, /crashed in the worker .*Only a training is started again by itself\.$/);
  });
});
