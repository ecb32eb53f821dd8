// A training whose process hangs, crashes or is killed goes on by itself, and ends where an uninterrupted one ends.
import assert from 'node:assert/strict';
import { ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test, type TestContext } from 'node:test';
import { distFile, installationRoot } from '../../src/engine/installation';
import { UserError } from '../../src/protocol/errors';
import type { RunEvent } from '../../src/protocol/events';
import { type TrainRequest, trainRequestSchema } from '../../src/protocol/job';
import { isResumable } from '../../src/protocol/runRules';
import { isProcessAlive, isWorkerAlive } from '../../src/run/liveness';
import { createRunFolder, openRunFolder, runsDirectory, type RunFolder } from '../../src/run/runFolder';
import { listRuns } from '../../src/run/runList';
import { RunWatch } from '../../src/watch/runWatch';
import { keepJob, type KeepOptions } from '../../src/worker/keepJob';
import { usualPatience } from '../../src/worker/watchdog';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { drawingRun, startWorkerAlone, temporaryWorkspace, until, untilWorking } from '../fixtures/runs';
import { within } from '../fixtures/deadlines.mjs';

const posix = process.platform === 'win32' && 'Windows has no signals to send';
/** Looks often, so that it is known which step is the last, and waits briefly where nothing comes. */
const impatience = { look: 0.05, first: 60, least: 2, times: 3, busyTimes: 2, alone: 60, killed: 1 };
/**
 * Makes the thread that does the job go round in circles when its process gets SIGUSR2. One that trains hears no signals
 * and shares the environment; it knows itself by what it was given.
 */
const loopSource = `
  const { isMainThread, workerData } = require('node:worker_threads');
  function goRoundInCircles() { for (;;); }
  if (workerData?.request !== undefined) {
    process.env.CIRCLES = 'not yet';
    setInterval(() => { if (process.env.CIRCLES === 'now') goRoundInCircles(); }, 1).unref();
  } else if (isMainThread)
    process.on('SIGUSR2', () => {
      if (process.env.CIRCLES === undefined) goRoundInCircles();
      process.env.CIRCLES = 'now';
    });`;
/** Has a native library, the file in CRASHES, end the job when it is called for the first time, where the file in CRASHED is not there yet. */
const crashSource = `
  const { writeFileSync } = require('node:fs');
  const crashOnce = () => {
    try {
      writeFileSync(process.env.CRASHED, '', { flag: 'wx' });
    } catch {
      return;
    }
    // What is at work is told once a second.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000);
    process.kill(process.pid, 'SIGABRT');
  };
  const before = (owner, name) => {
    const call = owner[name];
    owner[name] = function (...given) {
      crashOnce();
      return call.apply(this, given);
    };
  };
  if (require('node:worker_threads').workerData?.request !== undefined) {
    const library = require(process.env.CRASHES);
    if (library.InferenceSession === undefined) before(library.prototype, 'toBuffer');
    else {
      const { create } = library.InferenceSession;
      library.InferenceSession.create = async (...given) => {
        const session = await create.apply(library.InferenceSession, given);
        before(session, 'run');
        return session;
      };
    }
  }`;

describe('a training whose process ends before its time', { timeout: within(300_000), skip: posix }, () => {
  let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
  let request: TrainRequest;
  let expected: Buffer;
  let vigil: NodeJS.Timeout;
  before(async () => {
    vigil = setInterval(() => undefined, 1000);
    workspace = await temporaryWorkspace();
    await writeFile(join(workspace.path, 'loop.cjs'), loopSource);
    await writeFile(join(workspace.path, 'crash.cjs'), crashSource);
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

  const newRun = async (title: string, place = workspace.path): Promise<RunFolder> =>
    createRunFolder(runsDirectory(place), request, title);
  const bytesOf = async (run: RunFolder): Promise<Buffer> => {
    const { checkpoint } = await run.reload();
    return readFile(`${checkpoint!.prefix}.data-00000-of-00001`);
  };
  const options = (more: Partial<KeepOptions> = {}): KeepOptions => ({
    signal: new AbortController().signal,
    patience: impatience,
    ...more,
  });
  /** Has every process that is started until the end of a test load a file of the workspace first. */
  const loading = (t: TestContext, file: string, env: NodeJS.ProcessEnv = {}): void => {
    const changed: NodeJS.ProcessEnv = { NODE_OPTIONS: `--require ${join(workspace.path, file)}`, ...env };
    const before = Object.fromEntries(Object.keys(changed).map((name) => [name, process.env[name]]));
    Object.assign(process.env, changed);
    t.after(() => {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    });
  };
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
    const [, from] = /from step (\d+)\.$/.exec(event!.message)!;
    const next = events.slice(events.indexOf(event!)).find(({ type }) => type === 'step');
    assert.ok(next?.type === 'step' && next.step === Number(from) + 1, 'what was saved is not made again');
    assert.deepEqual(await bytesOf(run), expected);
  });

  for (const [library, suspect] of [
    ['sharp', /before its first step \(SIGABRT; .*the decoder of images \(sharp\) was at work\)/],
    ['onnxruntime-node', /before its first step \(SIGABRT; ONNX Runtime.* was at work\)/],
  ] as const) {
    test(`a crash of ${library} itself, while images are looked at: the run begins again and ends as ever`, async (t) => {
      const path = createRequire(join(installationRoot(), 'package.json')).resolve(library);
      loading(t, 'crash.cjs', { CRASHES: path, CRASHED: join(workspace.path, `${library}-crashed`) });
      // Beside other runs it would take their activations, and look at no image.
      const run = await newRun(library, join(workspace.path, `apart-${library}`));
      // As the worker of a window keeps it: nobody listens to its events, and they are in its log all the same.
      await keepJob(request, run, options({ patience: usualPatience }));
      const { state, recovery } = await run.reload();
      assert.equal(state, 'done');
      assert.deepEqual(
        recovery!.attempts.map(({ cause, step }) => [cause, step]),
        [['crash', 0]],
      );
      const [event] = recoveriesOf(await run.readEvents());
      assert.match(event!.message, suspect);
      assert.match(event!.message, /It goes on from its beginning, as nothing was saved\.$/);
      assert.deepEqual(await bytesOf(run), expected);
    });
  }

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
    loading(t, 'loop.cjs');
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
      /The worker hung .*: nothing came of it for \d+ s, with \d\.\d cores at work\. It goes on/,
    );
    assert.ok(events.some((said) => said.type === 'log' && /unusually long.*is left to it/.test(said.message)));
    assert.match(
      await readFile(run.log, 'utf8'),
      /The thread that trains runs JavaScript:\n\s+at goRoundInCircles \(.*loop\.cjs:3/,
    );
    assert.deepEqual(await bytesOf(run), expected);
  });

  test('one that cannot be ended, inside the system, is said to be that; when it is gone the run goes on', async (t) => {
    loading(t, 'loop.cjs');
    const kill: ChildProcess['kill'] = Reflect.get(ChildProcess.prototype, 'kill');
    let vain = 0;
    t.mock.method(ChildProcess.prototype, 'kill', function (this: ChildProcess, signal?: NodeJS.Signals) {
      if (signal !== 'SIGKILL' || vain++ > 0) return kill.call(this, signal);
      return true;
    });
    let pid = 0;
    let harming = false;
    const run = await newRun('inside the system');
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'step' && event.phase === 'last block' && !harming) {
        harming = true;
        void jobOf(run).then((job) => process.kill((pid = job), 'SIGUSR2'));
      }
      if (event.type === 'log' && event.message.includes('cannot be ended')) process.kill(pid, 'SIGKILL');
    };
    await keepJob(request, run, options({ onEvent }));
    assert.ok(vain > 0);
    const events = await run.readEvents();
    const said = events.flatMap((event) => (event.type === 'log' ? [event.message] : []));
    assert.ok(said.some((message) => /hangs inside the system and cannot be ended: .* network drive/.test(message)));
    assert.deepEqual(
      recoveriesOf(events).map(({ cause }) => cause),
      ['hang'],
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

  test('a job that is no training and hangs is not ended for that: it is said, with where it does', async (t) => {
    loading(t, 'loop.cjs');
    const run = await drawingRun(workspace.path);
    const end = new AbortController();
    const said: string[] = [];
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'log') said.push(event.message);
    };
    const kept = keepJob(run.record.request, run, options({ onEvent, force: end.signal }));
    kept.catch(() => undefined);
    await untilWorking(run);
    const pid = await jobOf(run);
    process.kill(pid, 'SIGUSR2');
    const hangs = /^A batch of images seems to hang: .* Where it does is in worker\.log; stop the job/;
    await until('it is said', async () => said.some((message) => hangs.test(message)), 30);
    // Kept alive: whoever started it decides.
    await sleep(1000 * impatience.least);
    process.kill(pid, 0);
    assert.match(await readFile(run.log, 'utf8'), /at goRoundInCircles \(.*loop\.cjs:3/);
    end.abort();
    await assert.rejects(kept);
    assert.equal((await run.reload()).state, 'failed');
  });
});
