import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { nameAside } from '../../../src/files/asideName';
import { writeAside } from '../../../src/files/atomicFile';
import { clearStrayFiles } from '../../../src/files/strayFiles';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

/** The name that a process of this number would have chosen. */
const nameOf = (path: string, pid: number): string =>
  nameAside(path).name.replace(`.${process.pid}.`, `.${String(pid)}.`);

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}

test('what a process that has ended was writing goes; what others and this one write, and all else, stays', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'stat.h5');
  const dead = nameOf(path, await endedProcess());
  const mine = await writeAside(path, async (file) => file.writeFile('x'));
  const [writing] = await readdir(folder);
  // As a worker of a container finds it, whose predecessor had its number.
  const sameNumber = nameAside(path);
  sameNumber.release();
  const others = [nameOf(path, process.ppid), join(folder, '.mine.tmp'), join(folder, 'stat.h5.1234.tmp'), path];
  for (const name of [dead, sameNumber.name, ...others]) await writeFile(name, '');
  const removed = await clearStrayFiles(folder);
  assert.deepEqual(removed.map((name) => join(folder, name)).sort(), [dead, sameNumber.name].sort());
  assert.deepEqual(
    (await readdir(folder)).sort(),
    [writing, ...others.map((name) => name.slice(folder.length + 1))].sort(),
  );
  await mine.commit();
});

test('a file of another machine goes once nobody has written it for long', async () => {
  const folder = temporaryFolder();
  const foreign = ['old', 'new'].map((file) => `.${file}.00000000.1.aabbccdd.tmp`);
  for (const name of foreign) await writeFile(join(folder, name), '');
  const hourAgo = Date.now() / 1000 - 3600;
  await utimes(join(folder, foreign[0]!), hourAgo, hourAgo);
  assert.deepEqual(await clearStrayFiles(folder), [foreign[0]]);
  assert.deepEqual(await readdir(folder), [foreign[1]]);
});

test('a folder that is not there is no error', async () => {
  assert.deepEqual(await clearStrayFiles(join(temporaryFolder(), 'nowhere')), []);
});
