// A stop ends within ten seconds with everything saved, whatever the worker is in the middle of, and leaves no process.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { link, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { distFile } from '../../src/engine/installation';
import { alignRequestSchema, trainRequestSchema, type JobRequest } from '../../src/protocol/job';
import type { RunRecord } from '../../src/protocol/run';
import type { TrainConfig } from '../../src/protocol/trainConfig';
import { livenessOf } from '../../src/run/liveness';
import { createRunFolder, openRunFolder, runsDirectory, type RunFolder } from '../../src/run/runFolder';
import { attach } from '../../src/control/client';
import type { RunEvent } from '../../src/protocol/events';
import { RunWatch } from '../../src/watch/runWatch';
import { launchWorker } from '../../src/worker/launch';
import { stopRun } from '../../src/worker/stopRun';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { killWorker, startWorkerAlone, temporaryWorkspace, until } from '../fixtures/runs';
import { promised, within } from '../fixtures/deadlines.mjs';
import { noTensorflow } from '../fixtures/tensorflowDevice';

const noProcesses = process.platform !== 'linux' && 'processes are counted in /proc';

/** Numbers of the processes of a group that still run. */
function processesOf(group: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const status = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [state, , member] = status.slice(status.lastIndexOf(')') + 2).split(' ');
      return Number(member) === group && state !== 'Z' ? [Number(name)] : [];
    } catch {
      return []; // It has ended meanwhile.
    }
  });
}

describe('stopping', { timeout: within(300_000) }, () => {
  let workspace: Awaited<ReturnType<typeof temporaryWorkspace>>;
  const at = (...parts: string[]): string => join(workspace.path, ...parts);
  let vigil: NodeJS.Timeout;
  before(async () => {
    vigil = setInterval(() => undefined, 1000);
    workspace = await temporaryWorkspace();
    await writeNoiseFaces(at('faces'), { people: 3, images: 8, size: 150 });
    await manyNames(at('faces', 'person_0', 'person_0_0001.png'), at('lfw', 'person_0'), 4000);
    const lines = Array.from({ length: 1999 }, (_, pair) => `person_0 ${2 * pair + 1} ${2 * pair + 2}`);
    const other = at('lfw', 'person_1');
    await manyNames(at('faces', 'person_1', 'person_1_0001.png'), other, 1);
    await writeFile(at('pairs.txt'), `1\t1999\n${lines.join('\n')}\nperson_0 1 person_1 1\n`);
  });
  after(async () => {
    clearInterval(vigil);
    await workspace.dispose();
  });

  /** One image under many names, numbered as LFW does it. */
  async function manyNames(image: string, person: string, count: number): Promise<void> {
    await mkdir(person, { recursive: true });
    const name = person.split(/[\\/]/).at(-1)!;
    for (let index = 1; index <= count; index++)
      await link(image, join(person, `${name}_${String(index).padStart(4, '0')}.png`));
  }

  const start = async (request: JobRequest): Promise<{ run: RunFolder; pid: number }> => {
    const run = await createRunFolder(runsDirectory(workspace.path), request, 'stopped');
    const { pid } = await launchWorker({ runFolder: run.path });
    return { run, pid };
  };
  const training = (config: object): JobRequest =>
    trainRequestSchema.parse({
      kind: 'train',
      config: {
        dataDir: at('faces'),
        pretrainedModel: 'starter',
        phases: [{ name: 'classifier', trainableFrom: 'Logits', epochs: 100_000, learningRate: 0.01 }],
        batchSize: 8,
        engine: 'wasm',
        ...config,
      } satisfies object as TrainConfig,
    });
  const doing = async (run: RunFolder, activity: string | RegExp): Promise<void> =>
    until(`it is ${String(activity)}`, async () =>
      (await run.readEvents()).some(
        (event) => event.type === 'progress' && event.activity.match(activity) !== null && event.done > 0,
      ),
    );
  /** What the run has told since the stop was asked for, with the milliseconds until then. */
  const lastWords = async (run: RunFolder, since: number): Promise<string> => {
    const told = (await run.readEvents()).filter(({ time }) => time >= since);
    return told.map((event) => `${event.time - since} ${JSON.stringify({ ...event, time: undefined })}`).join('\n');
  };
  /** Stops the run as a window does, and holds it to the promise. */
  const stopInTime = async (run: RunFolder, pid: number): Promise<RunRecord> => {
    const began = Date.now();
    const record = await stopRun(run.path, { graceSeconds: 60 });
    const took = Date.now() - began;
    assert.equal(record.state, 'stopped', JSON.stringify(record.error));
    assert.ok(took < promised(10_000), `it took ${took} ms: ${await lastWords(run, began)}`);
    if (process.platform === 'linux') assert.deepEqual(processesOf(pid), []);
    return record;
  };
  const checkpointOf = (record: RunRecord): number => {
    const { prefix, step } = record.checkpoint!;
    assert.ok(existsSync(`${prefix}.index`) && existsSync(`${prefix}.data-00000-of-00001`), prefix);
    return step;
  };

  test('while steps are made: at a checkpoint of the last of them', async () => {
    const { run, pid } = await start(training({}));
    await doing(run, /^Training/);
    const step = checkpointOf(await stopInTime(run, pid));
    const steps = (await run.readEvents()).flatMap((event) => (event.type === 'step' ? [event.step] : []));
    assert.equal(step, steps.at(-1));
  });

  test('while a step of one call is made: that one is the last', { skip: noTensorflow }, async () => {
    const phases = [{ name: 'all', trainableFrom: 'Stem', epochs: 1000, learningRate: 0.001 }];
    const { run, pid } = await start(training({ engine: 'cpu', phases, batchSize: 96 }));
    const steps = async (): Promise<RunEvent[]> => (await run.readEvents()).filter(({ type }) => type === 'step');
    await until('a step is made', async () => (await steps()).length > 0);
    const asked = Date.now();
    await stopInTime(run, pid);
    const after = (await steps()).filter(({ time }) => time >= asked);
    assert.equal(after.length, 1, await lastWords(run, asked));
  });

  test('while the activation cache is computed: what is computed stays, and the run goes on from there', async () => {
    const { run, pid } = await start(training({ randomFlip: true, randomRotate: true, cropsPerImage: 500 }));
    await doing(run, 'Computing frozen activations');
    assert.equal(checkpointOf(await stopInTime(run, pid)), 0);
    const computed = (await readdir(join(run.path, 'cache'))).length;
    assert.ok(computed > 0);

    const stopped = await openRunFolder(run.path);
    const { request } = stopped.record;
    assert.ok(request.kind === 'train');
    const seen = (await stopped.readEvents()).length;
    await stopped.update({ request: { ...request, resume: run.path }, state: 'starting', worker: undefined });
    const again = await launchWorker({ runFolder: run.path });
    await until('the resumed run goes on', async () =>
      (await run.readEvents()).slice(seen).some((event) => event.type === 'progress' && event.done > 0),
    );
    const said = (await run.readEvents()).slice(seen).flatMap((event) => (event.type === 'log' ? [event.message] : []));
    assert.ok(
      said.some((message) => message.startsWith('Resuming at step 0')),
      said.join('\n'),
    );
    await stopInTime(run, again.pid);
  });

  test('in the middle of an LFW evaluation', async () => {
    const lfw = { dir: at('lfw'), pairs: at('pairs.txt'), folds: 2 };
    // All of the network is trained, so that the evaluation computes every image anew.
    const phases = [{ name: 'all', trainableFrom: 'Stem', epochs: 10, learningRate: 0.001 }];
    const { run, pid } = await start(training({ lfw, phases }));
    await doing(run, 'Evaluating on LFW');
    assert.equal(checkpointOf(await stopInTime(run, pid)), 0);
    assert.deepEqual(
      (await run.readEvents()).filter(({ type }) => type === 'lfw'),
      [],
    );
  });

  test('in an alignment with its pool of workers: every face that is there is whole', async () => {
    await writeNoiseFaces(at('photographs'), { people: 1, images: 1, size: 1200 });
    await manyNames(at('photographs', 'person_0', 'person_0_0001.png'), at('photographs', 'many'), 600);
    const request = alignRequestSchema.parse({
      kind: 'align',
      inputDir: at('photographs'),
      outputDir: at('aligned'),
      detector: 'starter',
      jobs: 2,
    });
    const { run, pid } = await start(request);
    await doing(run, /.*/);
    await stopInTime(run, pid);
    const left = (await readdir(at('aligned'), { recursive: true })).filter((name) => name.endsWith('.tmp'));
    assert.deepEqual(left, []);
    const { faces, noFace, unreadable } = (await run.reload()).result as Record<string, number>;
    assert.equal(unreadable, 0);
    assert.ok(faces! + noFace! > 0 && faces! + noFace! < 601, `${faces} + ${noFace}`);
  });

  /** A TensorFlow package that never answers. */
  const hangingEngine = async (): Promise<string> => {
    const folder = at('engine', 'node_modules', '@tensorflow', 'tfjs-node');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{ "name": "@tensorflow/tfjs-node", "main": "index.js" }');
    await writeFile(join(folder, 'index.js'), 'for (;;);');
    return folder;
  };
  /** A training whose worker waits for a process that it has started. */
  const probing = async (): Promise<{ run: RunFolder; pid: number; exited: Promise<unknown> }> => {
    const run = await createRunFolder(runsDirectory(workspace.path), training({ engine: 'auto' }), 'probing');
    const { pid, exited } = startWorkerAlone(run, { FACENET_ENGINE: await hangingEngine() });
    await until('it has started a process', async () => processesOf(pid).length > 2);
    return { run, pid, exited };
  };

  test('while an engine is being looked for: that process is ended as well', { skip: noProcesses }, async () => {
    const { run, pid } = await probing();
    await until('it runs', async () => (await run.reload()).state === 'running');
    await stopInTime(run, pid);
  });

  test('a worker that is killed leaves no grandchild, although nobody watches it', { skip: noProcesses }, async () => {
    const { run, pid, exited } = await probing();
    await until('it runs', async () => (await run.reload()).state === 'running');
    await killWorker(run);
    await exited;
    const began = Date.now();
    await until('its processes have ended', async () => processesOf(pid).length === 0);
    assert.ok(Date.now() - began < promised(10_000));
    assert.equal(await livenessOf(await run.reload(), run.path), 'lost');
  });

  test('the worker outlives a host that is killed, and two others follow it and stop it', async () => {
    const run = await createRunFolder(runsDirectory(workspace.path), training({}), 'outliving');
    const host = spawn(process.execPath, ['-e', hostSource(run)], { stdio: 'ignore' });
    const gone = new Promise((resolve) => host.once('exit', resolve));
    await doing(run, /^Training/);
    host.kill('SIGKILL');
    await gone;
    const record = await run.reload();
    const [one, two] = await Promise.all([attach(record), attach(record)]);
    const hosts = await Promise.all([RunWatch.open(run.path), RunWatch.open(run.path)]);
    const heard = hosts.map((watch) => {
      const steps: number[] = [];
      const appended = (events: readonly RunEvent[]): void => {
        for (const event of events) if (event.type === 'step') steps.push(event.step);
      };
      watch.useSeries({ appended, restarted: () => assert.fail('the log is never replaced') });
      return steps;
    });
    await until('both hear steps', async () => heard.every((steps) => steps.length > 20));
    const closed = Promise.all([one, two].map((window) => new Promise<void>((resolve) => window.onClose(resolve))));
    const began = Date.now();
    await two.stop();
    await closed;
    assert.ok(Date.now() - began < promised(10_000));
    await until('both hear the end', async () => hosts.every((watch) => watch.record.state === 'stopped'), 10);
    for (const watch of hosts) watch.dispose();
    const logged = (await run.readEvents()).flatMap((event) => (event.type === 'step' ? [event.step] : []));
    for (const steps of heard) assert.deepEqual(steps, logged, 'each step once, to the last one');
    const { state } = await run.reload();
    assert.equal(state, 'stopped');
    checkpointOf(await run.reload());
    if (process.platform === 'linux')
      await until('no process is left', async () => processesOf(record.worker!.pid).length === 0, 10);
  });

  /** A program that starts the worker as the extension host does, and then lives on. */
  function hostSource(run: RunFolder): string {
    return `
      const { spawn } = require('node:child_process');
      const log = require('node:fs').openSync(${JSON.stringify(run.log)}, 'a');
      spawn(process.execPath, ${JSON.stringify([distFile('worker.cjs'), run.path])}, {
        detached: true, stdio: ['ignore', log, log] }).unref();
      setInterval(() => undefined, 1000);`;
  }
});
