import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { AttachedRunFolders } from '../../../extension/workspace/attachedFolders';
import { demoRequestSchema } from '../../../src/protocol/job';
import { AttachedFolders, runFolderMeant } from '../../../src/run/attachedRuns';
import { createRunFolder, runsDirectory } from '../../../src/run/runFolder';
import { RunList } from '../../../src/run/runList';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const root = temporaryFolder();
const place = (): string => mkdtempSync(join(root, 'place-'));
const request = demoRequestSchema.parse({ kind: 'demo', outputDir: '/elsewhere' });
const makeRun = async (directory: string): Promise<string> => (await createRunFolder(directory, request, 'Far')).path;
const ignore = (): void => undefined;

describe('the run folder that somebody means', () => {
  test('is the one that was chosen, the one around its checkpoints, or the only one inside', async () => {
    const workspace = place();
    const run = await makeRun(runsDirectory(workspace));
    mkdirSync(join(run, 'checkpoints'));
    for (const chosen of [run, join(run, 'checkpoints'), dirname(run), workspace])
      assert.equal(await runFolderMeant(chosen), run, chosen);
  });

  test('is not guessed among several, and is none where there is no run', async () => {
    const workspace = place();
    await assert.rejects(runFolderMeant(workspace), /is no run folder/);
    await assert.rejects(runFolderMeant(join(workspace, 'gone')), /is no run folder/);
    await makeRun(workspace);
    const second = await makeRun(workspace);
    await assert.rejects(runFolderMeant(workspace), {
      message: `${workspace} holds 2 runs.`,
      action: `Choose the folder of one, such as ${second}.`,
    });
  });
});

describe('folders that were attached', () => {
  test('are the same after a reload, each once, until they are detached', async () => {
    const kept = new Map<string, unknown>();
    const memento = {
      keys: () => [...kept.keys()],
      get: <T>(key: string): T | undefined => kept.get(key) as T | undefined,
      update: async (key: string, value: unknown) => void kept.set(key, JSON.parse(JSON.stringify(value))),
    };
    const before = new AttachedRunFolders(memento);
    for (const folder of ['/a', '/b', '/a']) await before.add(folder);
    const after = new AttachedRunFolders(memento);
    assert.deepEqual(after.folders, ['/a', '/b']);
    await after.remove('/a');
    assert.deepEqual([before.folders, before.has('/a')], [['/b'], false]);
  });

  test('tell what they hold, and that it has gone and come back', async () => {
    const run = await makeRun(place());
    const folders = new AttachedFolders(new RunList());
    const absence = async (): Promise<unknown> => {
      const [found] = await folders.look([run], ignore);
      return 'absence' in found! ? found.absence : found!.run.name;
    };
    assert.equal(await absence(), 'Far');
    const there = await folders.state([run]);
    renameSync(run, `${run}-away`);
    assert.equal(await absence(), 'gone');
    assert.notEqual(await folders.state([run]), there);
    renameSync(`${run}-away`, run);
    assert.equal(await absence(), 'Far');
    rmSync(join(run, 'run.json'));
    mkdirSync(join(run, 'run.json'));
    assert.equal(await absence(), 'gone', 'a folder in the place of the file');
  });

  test('on a disk that does not answer keep nobody waiting, and are not asked again meanwhile', async () => {
    const run = await makeRun(place());
    let asked = 0;
    let answer: () => void = ignore;
    const runAt = async (folder: string): ReturnType<RunList['runAt']> => {
      asked++;
      await new Promise<void>((resolve) => (answer = resolve));
      return new RunList().runAt(folder);
    };
    const folders = new AttachedFolders({ runAt }, 50);
    for (let look = 0; look < 2; look++)
      assert.deepEqual(await folders.look([run], ignore), [{ folder: run, absence: 'silent' }]);
    assert.equal(asked, 1);
    const late = folders.look([run], ignore);
    answer();
    assert.ok('run' in (await late)[0]!);
  });
});
