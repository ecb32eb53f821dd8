// What a killed process was writing aside, in whatever folder of a run, goes when the run goes on.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { indexFolderOfRun } from '../../../src/dataset/datasetIndex';
import { nameAside } from '../../../src/files/asideName';
import { StoppedError } from '../../../src/protocol/errors';
import { openRunFolder } from '../../../src/run/runFolder';
import { within } from '../../fixtures/deadlines.mjs';
import { filesNamed, newTraining, smallTraining, train, writeSmallDataset } from '../../fixtures/smallTraining';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}

/** A folder and all below it. */
async function foldersOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return [
    folder,
    ...entries.filter((entry) => entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name)),
  ];
}

describe('files that a killed process was writing', { timeout: within(120_000) }, () => {
  const workspace = temporaryFolder();
  before(async () => writeSmallDataset(workspace));

  test('go from every folder of a run that goes on, and what is somebody’s stays', async () => {
    const { path } = await newTraining(workspace, smallTraining(workspace));
    const stop = new AbortController();
    const stopped = await train(path, {
      signal: stop.signal,
      onEvent: ({ type }) => void (type === 'checkpoint' && stop.abort()),
    });
    assert.ok(stopped instanceof StoppedError, String(stopped));
    const { directories } = (await openRunFolder(path)).record;
    await mkdir(join(directories!.models, 'best'), { recursive: true });
    const index = indexFolderOfRun(path, join(workspace, 'faces'))!;
    // Nothing is written into the one that holds the caches.
    const folders = [...(await foldersOf(path)), index].filter((folder) => basename(folder) !== 'cache');
    for (const expected of [path, join(path, 'evaluations'), directories!.models, directories!.logs, index])
      assert.ok(folders.includes(expected), `${expected} in ${folders.join()}`);
    assert.ok(folders.some((folder) => basename(dirname(folder)) === 'cache'));
    const pid = await endedProcess();
    const nameOf = (file: string): string => nameAside(file).name.replace(`.${process.pid}.`, `.${pid}.`);
    for (const folder of folders) {
      await writeFile(nameOf(join(folder, 'stat.h5')), '');
      await writeFile(join(folder, '.of-somebody.tmp'), '');
    }
    assert.equal(await train(path), undefined);
    const left = await filesNamed(join(workspace, '.facenet'), /\.tmp$/);
    assert.deepEqual(
      left.filter((file) => !file.endsWith('.of-somebody.tmp')),
      [],
    );
    assert.equal(left.length, folders.length);
  });
});
