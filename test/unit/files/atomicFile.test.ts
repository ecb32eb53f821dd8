import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeAside, writeFileAtomic } from '../../../src/files/atomicFile';
import { withFailingDisk } from '../../fixtures/failingDisk';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();

test('a file is replaced as a whole and nothing is left beside it', async () => {
  const path = join(folder, 'run.json');
  await writeFile(path, 'old, and longer than the new one');
  await writeFileAtomic(path, 'new');
  assert.equal(await readFile(path, 'utf8'), 'new');
  assert.deepEqual(await readdir(folder), ['run.json']);
});

test('a failed write leaves the old file and no temporary one', async () => {
  const inner = join(folder, 'failed');
  await mkdir(inner);
  const path = join(inner, 'data');
  await writeFile(path, 'old');
  const failing = writeAside(path, async (file) => {
    await file.writeFile('half');
    throw new Error('disk full');
  });
  await assert.rejects(failing, /disk full/);
  assert.equal(await readFile(path, 'utf8'), 'old');
  assert.deepEqual(await readdir(inner), ['data']);
});

test('what was written aside is not there until it is committed', async () => {
  const path = join(folder, 'later');
  const aside = await writeAside(path, async (file) => file.writeFile('x'));
  await assert.rejects(readFile(path), /ENOENT/);
  await aside.commit();
  assert.equal(await readFile(path, 'utf8'), 'x');
});

test('writers at the same time do not mix', async () => {
  const path = join(folder, 'raced');
  const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(50_000));
  await Promise.all(texts.map(async (text) => writeFileAtomic(path, text)));
  assert.ok(texts.includes(await readFile(path, 'utf8')));
});

test('on a full disk the old file stays, nothing is left beside it, and the error names the file', async () => {
  const inner = join(folder, 'full');
  await mkdir(inner);
  const path = join(inner, 'report.html');
  await writeFile(path, 'old');
  await withFailingDisk([{ code: 'ENOSPC', at: (name) => name === path }], async () => {
    await assert.rejects(writeFileAtomic(path, 'new'), { code: 'ENOSPC', path });
  });
  assert.equal(await readFile(path, 'utf8'), 'old');
  assert.deepEqual(await readdir(inner), ['report.html']);
});
