import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { AppendedFile } from '../../../src/files/appendedFile';
import { DiskAwayError } from '../../../src/files/patience';
import { withFailingDisk, type DiskFault } from '../../fixtures/failingDisk';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();
afterEach(() => delete process.env['FACENET_DISK_PATIENCE']);
const content = (path: string): string => readFileSync(path, 'utf8');

test('a torn line is ended, and only it is lost', () => {
  const path = join(folder, 'lines');
  const file = new AppendedFile(path, 'lines');
  for (const line of ['one\n', 'two\n']) file.append(line);
  truncateSync(path, 6);
  file.append('three\n');
  assert.equal(content(path), 'one\ntw\nthree\n');
});

test('what comes while the disk is away waits, in its order; of records nothing torn is left', async () => {
  for (const kind of ['lines', 'records'] as const) {
    const path = join(folder, `away-${kind}`);
    const file = new AppendedFile(path, kind);
    file.append('one\n');
    const faults: DiskFault[] = [{ code: 'EIO', at: (name) => name === path }];
    await withFailingDisk(faults, async () => {
      for (const piece of ['two\n', 'three\n']) file.append(piece);
      assert.equal(file.waits, true);
      faults.splice(0);
      file.append('four\n');
    });
    assert.equal(file.waits, false);
    const whole = content(path)
      .split('\n')
      .filter((line) => line.length > 2);
    assert.deepEqual(whole, ['one', 'two', 'three', 'four']);
    if (kind === 'records') assert.equal(content(path), 'one\ntwo\nthree\nfour\n');
  }
});

test('a record that another process has cut, or that was cut with its process, does not hide those that follow', () => {
  const path = join(folder, 'records');
  const file = new AppendedFile(path, 'records');
  file.append('whole.');
  appendFileSync(path, 'tor');
  file.append('next.');
  assert.equal(content(path), 'whole.next.');
});

test('a full disk is said at once, with the file, and leaves no half record', async () => {
  const path = join(folder, 'full');
  writeFileSync(path, '');
  const file = new AppendedFile(path, 'records');
  await withFailingDisk([{ code: 'ENOSPC', at: (name) => name === path }], async () => {
    assert.throws(() => file.append('a record'), { code: 'ENOSPC', path });
  });
  assert.equal(content(path), '');
  process.env['FACENET_DISK_PATIENCE'] = '0';
  await withFailingDisk([{ code: 'EIO', at: (name) => name === path }], async () => {
    assert.throws(() => file.append('a record'), DiskAwayError);
  });
});
