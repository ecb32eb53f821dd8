import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder } from '../../../src/files/makeFolder';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

test('a folder is made in one that is there, and never the one above it, which may be on a disk that is away', async () => {
  const workspace = temporaryFolder();
  const drive = join(workspace, 'drive');
  await assert.rejects(makeFolder(join(drive, 'checkpoints')), { code: 'ENOENT' });
  assert.deepEqual(await readdir(workspace), [], 'nothing is made in its place');
  await mkdir(drive);
  await makeFolder(join(drive, 'checkpoints'));
  await writeFile(join(drive, 'checkpoints', 'kept'), '');
  await makeFolder(join(drive, 'checkpoints'));
  assert.deepEqual(await readdir(join(drive, 'checkpoints')), ['kept'], 'one that is there stays as it is');
});
