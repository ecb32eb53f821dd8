import assert from 'node:assert/strict';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { UserError } from '../../../src/protocol/errors';
import { DiskAwayError, diskPatience, onDiskWait, patiently } from '../../../src/files/patience';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

beforeEach(() => void (process.env['FACENET_DISK_PATIENCE'] = '5'));
afterEach(() => delete process.env['FACENET_DISK_PATIENCE']);
const failure = (code: string): Error => Object.assign(new Error(code), { code });

test('what says that a disk is away is tried again, also as the cause of another error; anything else is not', async () => {
  const folder = temporaryFolder();
  let waits = 0;
  const forget = onDiskWait(() => void waits++);
  const away = [failure('EIO'), failure('ESTALE'), new UserError('unread', 'do', { cause: failure('ENOTCONN') })];
  const result = await patiently(folder, async () => {
    const error = away.shift();
    if (error !== undefined) throw error;
    return 7;
  });
  assert.deepEqual([result, waits], [7, 3]);
  for (const error of [failure('ENOSPC'), failure('ENOENT'), failure('EACCES'), new Error('of ours')])
    await assert.rejects(
      patiently(folder, async () => Promise.reject(error)),
      error,
    );
  forget();
  assert.equal(waits, 3);
});

test('work is not begun while its folder is not there', async () => {
  const folder = join(temporaryFolder(), 'drive');
  await mkdir(folder);
  await rename(folder, `${folder}.away`);
  setTimeout(() => void rename(`${folder}.away`, folder), 700);
  let begun = 0;
  await patiently(folder, async () => void begun++);
  assert.equal(begun, 1);
});

test('patience ends, after a stop soon, and its length is an environment variable', async () => {
  const folder = temporaryFolder();
  process.env['FACENET_DISK_PATIENCE'] = '0';
  await assert.rejects(
    patiently(folder, async () => Promise.reject(failure('EIO'))),
    (error: unknown) => error instanceof DiskAwayError && error.sentence.includes('has gone (EIO)'),
  );
  assert.equal(diskPatience({}), 300_000);
  assert.equal(diskPatience({ FACENET_DISK_PATIENCE: '20' }), 20_000);
  assert.equal(diskPatience({ FACENET_DISK_PATIENCE: 'long' }), 300_000);
});
