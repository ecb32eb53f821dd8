import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { demoRequestSchema } from '../../../src/protocol/job';
import { type RunFolder, createRunFolder, runsDirectory } from '../../../src/run/runFolder';
import type { RunWatch } from '../../../src/watch/runWatch';
import { RunWatches } from '../../../src/watch/runWatches';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const workspace = temporaryFolder();
const request = demoRequestSchema.parse({ kind: 'demo', outputDir: 'out' });
const newRun = async (title: string) => createRunFolder(runsDirectory(workspace), request, title);

/** How many appended events a watch hears. */
async function hears(run: RunFolder, watch: RunWatch): Promise<number> {
  let heard = 0;
  const use = watch.useSeries({ appended: (events) => (heard += events.length), restarted: () => undefined });
  run.append({ type: 'log', level: 'info', message: 'said' });
  await watch.look();
  use.dispose();
  return heard;
}

test('all who look at a run share one watch, which ends with the last of them', async () => {
  const watches = new RunWatches();
  const run = await newRun('shared');
  const { path } = run;
  const [one, two] = await Promise.all([watches.acquire(path), watches.acquire(join(path, 'checkpoints', '..'))]);
  assert.equal(one.watch, two.watch);
  assert.deepEqual(watches.folders, [path]);
  one.dispose();
  one.dispose();
  assert.deepEqual(watches.folders, [path], 'who leaves twice counts once');
  assert.equal(await hears(run, two.watch), 1);
  two.dispose();
  assert.deepEqual(watches.folders, []);
  await Promise.resolve();
  assert.equal(await hears(run, two.watch), 0);
  const anew = await watches.acquire(path);
  assert.notEqual(anew.watch, one.watch);
  anew.dispose();
});

test('different runs have different watches, and all of them end with the registry', async () => {
  const watches = new RunWatches();
  const [a, b] = [await newRun('a'), await newRun('b')];
  const leases = [await watches.acquire(a.path), await watches.acquire(b.path)];
  assert.deepEqual(watches.folders, [a.path, b.path]);
  watches.dispose();
  assert.deepEqual(watches.folders, []);
  await Promise.resolve();
  assert.equal(await hears(a, leases[0]!.watch), 0);
  for (const lease of leases) lease.dispose();
});

test('a folder without a run is refused to everyone who asks, and is not kept', async () => {
  const watches = new RunWatches();
  const asked = await Promise.allSettled([watches.acquire(workspace), watches.acquire(workspace)]);
  assert.deepEqual(
    asked.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.deepEqual(watches.folders, []);
});

test('who leaves while the run is being opened leaves nothing behind', async () => {
  const watches = new RunWatches();
  const run = await newRun('hasty');
  const [one, two] = [watches.acquire(run.path), watches.acquire(run.path)];
  (await one).dispose();
  assert.deepEqual(watches.folders, [run.path]);
  (await two).dispose();
  assert.deepEqual(watches.folders, []);
});
