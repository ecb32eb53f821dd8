import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { throwAway } from '../../../src/files/trash';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

async function folderWith(parent: string, text: string): Promise<string> {
  const folder = join(parent, 'Ada Lovelace, é');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'a.txt'), text);
  return folder;
}

const notLinux = process.platform !== 'linux' && "needs Linux: the trash of freedesktop.org is that system's";

describe('the trash of a Linux desktop', { skip: notLinux }, () => {
  const before_ = process.env.XDG_DATA_HOME;
  const data = temporaryFolder();
  before(() => (process.env.XDG_DATA_HOME = data));
  after(() => {
    if (before_ === undefined) delete process.env.XDG_DATA_HOME;
    else process.env.XDG_DATA_HOME = before_;
  });

  test('takes folders of one name, each with where and when it was', async () => {
    const root = temporaryFolder();
    const otherwise = join(root, 'unused');
    const first = await throwAway(await folderWith(root, 'one'), { otherwise });
    const second = await throwAway(await folderWith(root, 'two'), { otherwise });
    const files = join(data, 'Trash', 'files');
    assert.deepEqual(
      [first, second].map(({ to, trash }) => [to, trash]),
      [
        [join(files, 'Ada Lovelace, é'), true],
        [join(files, 'Ada Lovelace, é (2)'), true],
      ],
    );
    assert.equal(await readFile(join(first.to, 'a.txt'), 'utf8'), 'one');
    assert.equal(await readFile(join(second.to, 'a.txt'), 'utf8'), 'two');
    assert.equal(existsSync(otherwise), false);
    const about = await readFile(join(data, 'Trash', 'info', 'Ada Lovelace, é (2).trashinfo'), 'utf8');
    const [head, path, date] = about.split('\n');
    assert.equal(head, '[Trash Info]');
    assert.equal(decodeURIComponent(path!.slice('Path='.length)), join(root, 'Ada Lovelace, é'));
    assert.doesNotMatch(path!, /é| /, 'written as in an address');
    const age = Date.now() - new Date(date!.slice('DeletionDate='.length)).getTime();
    assert.ok(age >= 0 && age < 600_000, `in local time: ${date}`);
  });

  test('where it cannot be, a folder is taken and nothing there is overwritten', async () => {
    const root = temporaryFolder();
    const otherwise = join(root, 'away');
    // A file stands where the trash of the home would be; that of the disk may be there or not.
    process.env.XDG_DATA_HOME = join(root, 'file');
    await writeFile(join(root, 'file'), '');
    await mkdir(join(otherwise, 'Ada Lovelace, é'), { recursive: true });
    const { to, trash } = await throwAway(await folderWith(root, 'one'), { otherwise, onlyFolder: true });
    assert.deepEqual([to, trash], [join(otherwise, 'Ada Lovelace, é (2)'), false]);
    assert.deepEqual(await readdir(join(otherwise, 'Ada Lovelace, é')), []);
    process.env.XDG_DATA_HOME = data;
  });
});

test('what can be moved nowhere stays, and that is said', async () => {
  const root = temporaryFolder();
  const folder = await folderWith(root, 'one');
  await writeFile(join(root, 'file'), '');
  await assert.rejects(
    throwAway(folder, { otherwise: join(root, 'file'), onlyFolder: true }),
    /could not be moved to .*file/,
  );
  assert.equal(await readFile(join(folder, 'a.txt'), 'utf8'), 'one');
});
