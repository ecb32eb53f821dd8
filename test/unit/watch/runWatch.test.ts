import assert from 'node:assert/strict';
import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../src/protocol/errors';
import type { RunEvent } from '../../../src/protocol/events';
import type { ReportedEvent } from '../../../src/protocol/jobContext';
import { demoRequestSchema } from '../../../src/protocol/job';
import type { RunRecord } from '../../../src/protocol/run';
import { type RunFolder, createRunFolder, runsDirectory } from '../../../src/run/runFolder';
import { snapshotOf } from '../../../src/series/runSeries';
import { RunWatch } from '../../../src/watch/runWatch';
import type { SeriesUse } from '../../../src/watch/watchedLog';
import { until } from '../../fixtures/runs';
import { standInWorker } from '../../fixtures/standInWorker';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import { seriesOf } from '../../fixtures/webview/snapshots';

const workspace = temporaryFolder();
const request = demoRequestSchema.parse({ kind: 'demo', outputDir: 'out' });
const newRun = async (title: string): Promise<RunFolder> => createRunFolder(runsDirectory(workspace), request, title);

const step = (number: number): ReportedEvent => ({
  ...{ type: 'step', step: number, epoch: 1, phase: 'classifier', imagesPerSecond: 1, learningRate: 0.1 },
  ...{ loss: 1, crossEntropy: 1, regularization: 0, accuracy: 0 },
});

/** Ended with the test. */
async function watchOf(t: TestContext, run: RunFolder, problems: unknown[] = []): Promise<RunWatch> {
  const watch = await RunWatch.open(run.path, (error) => problems.push(error));
  t.after(() => watch.dispose());
  return watch;
}

/** Uses the series and keeps what is heard. */
function listen(watch: RunWatch): { use: SeriesUse; heard: RunEvent[]; restarts: () => number } {
  const heard: RunEvent[] = [];
  let restarts = 0;
  const use = watch.useSeries({
    appended: (events) => heard.push(...events),
    restarted: () => restarts++,
  });
  return { use, heard, restarts: () => restarts };
}

const stepsOf = (events: readonly RunEvent[]): number[] =>
  events.flatMap((event) => (event.type === 'step' ? [event.step] : []));

test('all who use the series hear each event once, read once for all of them, and share the series', async (t) => {
  const run = await newRun('shared');
  for (let number = 1; number <= 3; number++) run.append(step(number));
  const watch = await watchOf(t, run);
  const one = listen(watch);
  await one.use.caughtUp;
  assert.deepEqual(stepsOf(one.heard), [1, 2, 3]);
  const two = listen(watch);
  await two.use.caughtUp;
  assert.deepEqual(two.heard, [], 'what was there before is in the series');
  assert.equal(two.use.series, one.use.series);
  for (let number = 4; number <= 6; number++) run.append(step(number));
  await watch.look();
  assert.deepEqual(stepsOf(two.heard), [4, 5, 6]);
  for (const [index, event] of two.heard.entries()) assert.equal(event, one.heard[3 + index]);
  assert.deepEqual(snapshotOf(two.use.series), snapshotOf(seriesOf(await run.readEvents())));

  one.use.dispose();
  run.append(step(7));
  await watch.look();
  assert.deepEqual([stepsOf(one.heard).at(-1), stepsOf(two.heard).at(-1)], [6, 7]);
  two.use.dispose();
  const late = listen(watch);
  await late.use.caughtUp;
  assert.deepEqual(stepsOf(late.heard), [1, 2, 3, 4, 5, 6, 7], 'who comes after all have left has it read anew');
});

test('what is done is known without reading a long log, and does not go back while it is read', async (t) => {
  const run = await newRun('long');
  for (let number = 1; number <= 3; number++) run.append(step(number));
  const lines = readFileSync(run.metrics, 'utf8').split('\n').slice(0, 3);
  writeFileSync(run.metrics, Array.from({ length: 20_000 }, (_, index) => `${lines[index % 3]}\n`).join(''));
  run.append(step(42));
  const watch = await watchOf(t, run);
  const told: (number | undefined)[] = [];
  watch.onChange(() => told.push(watch.latest?.type === 'step' ? watch.latest.step : undefined));
  await watch.look();
  const { use, heard } = listen(watch);
  await use.caughtUp;
  assert.equal(heard.length, 20_001);
  run.append(step(43));
  run.append({ type: 'log', level: 'info', message: 'said' });
  await watch.look();
  run.append({ type: 'state', state: 'starting' });
  await watch.look();
  assert.deepEqual(
    told.filter((value, index) => value !== told[index - 1]),
    [42, 43, undefined],
    'a worker that starts has done nothing yet',
  );
});

test('a replaced log makes the series anew', async (t) => {
  const run = await newRun('replaced');
  for (let number = 1; number <= 3; number++) run.append(step(number));
  const watch = await watchOf(t, run);
  const { use, heard, restarts } = listen(watch);
  await use.caughtUp;
  writeFileSync(run.metrics, '');
  run.append(step(9));
  await watch.look();
  assert.deepEqual([restarts(), stepsOf(heard)], [1, [1, 2, 3, 9]]);
  assert.deepEqual([...use.series.steps.column('step')], [9]);
});

test('while the worker tells, its word counts and run.json is not read; then the file again', async (t) => {
  const run = await newRun('told');
  const worker = await standInWorker(run);
  const watch = await watchOf(t, run);
  const titles: string[] = [];
  watch.onChange(() => titles.push(watch.record.title));
  await until('the worker tells', async () => {
    await worker.update({ title: 'told' });
    return titles.includes('told');
  });
  const written = JSON.parse(readFileSync(run.recordFile, 'utf8')) as RunRecord;
  writeFileSync(run.recordFile, JSON.stringify({ ...written, title: 'from the file' }));
  await sleep(1500);
  assert.equal(watch.record.title, 'told');
  await worker.kill();
  await until('the file tells', async () => watch.record.title === 'from the file');
});

test('what is logged is heard at once, the final state after all events before it', async (t) => {
  const run = await newRun('live');
  const worker = await standInWorker(run);
  const watch = await watchOf(t, run);
  const { use, heard } = listen(watch);
  await use.caughtUp;
  let atTheEnd: number[] | undefined;
  watch.onChange(() => {
    if (watch.record.state === 'done') atTheEnd ??= stepsOf(heard);
  });
  const latencies: number[] = [];
  for (let number = 1; number <= 5; number++) {
    const logged = performance.now();
    worker.log(step(number));
    await until('it is heard', async () => heard.length === number);
    latencies.push(performance.now() - logged);
  }
  assert.ok(Math.min(...latencies) < 250, latencies.join());
  worker.log(step(6));
  await worker.update({ state: 'done' });
  await worker.end();
  await until('the end is heard', async () => atTheEnd !== undefined);
  assert.deepEqual(atTheEnd, [1, 2, 3, 4, 5, 6]);
});

test('a worker that is killed leaves the run lost, and one that resumes it is followed', async (t) => {
  const run = await newRun('killed');
  const first = await standInWorker(run);
  const watch = await watchOf(t, run);
  await until('it is seen to run', async () => watch.record.state === 'running');
  await first.kill();
  await until('it is lost', async () => watch.record.state === 'lost');
  assert.equal(run.record.state, 'running', 'nothing is written');

  const states: string[] = [];
  watch.onChange(() => states.push(watch.record.state));
  await run.update({ state: 'starting', worker: undefined });
  await until('it is seen to start', async () => watch.record.state === 'starting');
  const second = await standInWorker(run);
  await until('it runs again', async () => watch.record.state === 'running');
  await second.update({ state: 'stopped' });
  await second.end();
  await until('it is stopped', async () => watch.record.state === 'stopped');
  assert.ok(!states.includes('lost'), states.join());
});

test('a worker on another machine is followed by its files, and believed while it writes', async (t) => {
  const run = await newRun('elsewhere');
  const worker = { pid: process.pid, startTime: 'x', hostname: `not-${hostname()}`, node: 'v20', endpoint: '/nowhere' };
  await run.update({ state: 'running', worker });
  const watch = await watchOf(t, run);
  const { heard } = listen(watch);
  run.append(step(1));
  await run.update({ title: 'over there' });
  await until('its files tell', async () => heard.length === 1 && watch.record.title === 'over there');
  assert.equal(watch.record.state, 'running');
  const longAgo = new Date(Date.now() - 3_600_000);
  for (const name of ['metrics.jsonl', 'run.json']) utimesSync(join(run.path, name), longAgo, longAgo);
  await until('it is lost', async () => watch.record.state === 'lost');
  run.append(step(2));
  await until('it is believed again', async () => watch.record.state === 'running');
});

test('a run that is removed stays as it was last seen, and its worker is missed', async (t) => {
  const run = await newRun('removed');
  const worker = await standInWorker(run);
  const problems: unknown[] = [];
  const watch = await watchOf(t, run, problems);
  await worker.kill();
  rmSync(run.path, { recursive: true });
  await until('it is lost', async () => watch.record.state === 'lost');
  await sleep(1500);
  assert.equal(watch.record.title, 'removed');
  assert.equal(problems.length, 1);
  assert.ok(problems[0] instanceof UserError);
});

test('a record that cannot be understood is told once, and read again when it has changed', async (t) => {
  const run = await newRun('damaged');
  await run.update({ state: 'done' });
  const whole = readFileSync(run.recordFile, 'utf8');
  const problems: unknown[] = [];
  const watch = await watchOf(t, run, problems);
  writeFileSync(run.recordFile, '{ "version": 1, ');
  await until('it is told', async () => problems.length > 0);
  await watch.look();
  assert.equal(problems.length, 1);
  assert.match(String(problems[0]), /run\.json is damaged/);
  writeFileSync(run.recordFile, whole.replace('"damaged"', '"mended"'));
  await until('it is read again', async () => watch.record.title === 'mended');
});

test('after its disposal nothing is heard, and a folder without a run is refused', async () => {
  const run = await newRun('left');
  const watch = await RunWatch.open(run.path);
  const { heard } = listen(watch);
  let changes = 0;
  watch.onChange(() => changes++);
  watch.dispose();
  run.append(step(1));
  await run.update({ title: 'changed' });
  await sleep(500);
  assert.deepEqual([heard.length, changes], [0, 0]);
  await assert.rejects(RunWatch.open(workspace), /is not a run folder/);
});
