import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { UserError } from '../../../src/protocol/errors';
import { demoRequestSchema } from '../../../src/protocol/job';
import { createRunFolder, openRunFolder, runsDirectory } from '../../../src/run/runFolder';
import { findRunFolder, listRuns } from '../../../src/run/runList';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const workspace = temporaryFolder();
const request = demoRequestSchema.parse({ kind: 'demo', outputDir: 'out' });

test('a run folder is named by its time and title, and two at once differ', async () => {
  const runs = await Promise.all(
    ['Größe & Maß: 1', 'Größe & Maß: 1', '☃'].map(async (title) =>
      createRunFolder(runsDirectory(workspace), request, title),
    ),
  );
  const names = runs.map(({ path }) => basename(path));
  assert.equal(new Set(names).size, 3);
  assert.match(names[0]!, /^\d{8}-\d{6}-grosse-mass-1(-2)?$/);
  assert.match(names[2]!, /^\d{8}-\d{6}-run$/);
  assert.equal((await openRunFolder(runs[0]!.path)).record.title, 'Größe & Maß: 1');
});

test('updates are merged in order, undefined removes, and fields of a newer version are kept', async () => {
  const folder = await createRunFolder(runsDirectory(workspace), request, 'updates');
  const raw = JSON.parse(await readFile(folder.recordFile, 'utf8')) as Record<string, unknown>;
  // Older versions did not say where it lies.
  await writeFile(folder.recordFile, JSON.stringify({ ...raw, folder: undefined, fromTheFuture: 7 }));
  const opened = await openRunFolder(folder.path);
  await Promise.all([
    opened.update({ state: 'running', error: { message: 'x' } }),
    opened.update({ labels: ['a', 'b'] }),
    opened.update({ error: undefined, state: 'done' }),
  ]);
  const record = (await openRunFolder(folder.path)).record;
  assert.equal(record.state, 'done');
  assert.equal(record.folder, folder.path);
  assert.deepEqual(record.labels, ['a', 'b']);
  assert.equal(record.error, undefined);
  assert.equal(record['fromTheFuture'], 7);
});

test('an update that cannot be written is reported and does not stop later ones', async () => {
  const folder = await createRunFolder(runsDirectory(workspace), request, 'invalid');
  // @ts-expect-error a state that does not exist
  await assert.rejects(folder.update({ state: 'dancing' }));
  await folder.update({ state: 'running' });
  assert.equal((await openRunFolder(folder.path)).record.state, 'running');
});

test('the list is newest first, tells broken ones, and calls a run without its worker lost', async () => {
  const root = join(workspace, 'listed');
  const directory = runsDirectory(root);
  const gone = await createRunFolder(directory, request, 'gone');
  await gone.update({
    state: 'running',
    worker: { pid: process.pid, startTime: 'another one', hostname: (await import('node:os')).hostname(), node: 'v20' },
  });
  await mkdir(join(directory, '20990101-000000-broken'));
  await writeFile(join(directory, '20990101-000000-broken', 'run.json'), '{ "version": 1, ');
  const fresh = await createRunFolder(directory, request, 'zz fresh');
  const problems: UserError[] = [];
  const runs = await listRuns(root, (problem) => problems.push(problem));
  assert.deepEqual(
    runs.map(({ folder, record }) => [folder, record.state]),
    [
      [fresh.path, 'starting'],
      [gone.path, 'lost'],
    ],
  );
  assert.equal((await openRunFolder(gone.path)).record.state, 'running', 'listing changes nothing');
  assert.equal(problems.length, 1);
  assert.match(problems[0]!.message, /broken.run\.json is damaged/);
  assert.deepEqual(await listRuns(join(workspace, 'no such folder')), []);
});

test('a run is found by path, by a file inside, by name and by the end of its name', async () => {
  const root = join(workspace, 'found');
  const run = await createRunFolder(runsDirectory(root), request, 'only one');
  for (const typed of [run.path, run.recordFile, basename(run.path), 'only-one']) {
    assert.equal((await findRunFolder(root, typed)).path, run.path);
  }
  await createRunFolder(runsDirectory(root), request, 'another only one');
  await assert.rejects(findRunFolder(root, 'only-one'), /may mean/);
  await assert.rejects(findRunFolder(root, 'nothing'), /There is no run "nothing"/);
});

test('a folder that is no run is refused in one sentence', async () => {
  await assert.rejects(openRunFolder(workspace), (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.match(error.sentence, /is not a run folder/);
    return true;
  });
});
