import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isPassword, pipeOf, pipePassword } from '../../../src/control/pipePassword';
import { UserError } from '../../../src/protocol/errors';

describe('the password of a pipe', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'facenet-key-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('the key is made once, for its user only, also by two at the same time', async () => {
    const own = join(folder, 'new', '.facenet');
    const passwords = await Promise.all(Array.from({ length: 8 }, async () => pipePassword('pipe', own)));
    assert.equal(new Set(passwords).size, 1);
    assert.deepEqual(await readdir(own), ['control.key']);
    if (process.platform !== 'win32') assert.equal((await stat(join(own, 'control.key'))).mode & 0o777, 0o600);
    assert.match(await readFile(join(own, 'control.key'), 'utf8'), /^[0-9a-f]{64}\n$/);
  });

  test('a run has the same pipe each time, another one another, and another user another', async () => {
    const [one, again, other] = [
      await pipeOf('C:\\run', folder),
      await pipeOf('C:\\run', folder),
      await pipeOf('C:\\run2', folder),
    ];
    assert.match(one, /^\\\\\.\\pipe\\facenet-[0-9a-f]{32}$/);
    assert.equal(one, again);
    assert.notEqual(one, other);
    assert.notEqual(one, await pipeOf('C:\\run', join(folder, 'other')));
    assert.notEqual(await pipePassword(one, folder), await pipePassword(other, folder));
  });

  test('only the password is the password', () => {
    assert.ok(isPassword('abc', 'abc'));
    for (const said of ['', 'ab', 'abd', 'abcd', undefined, null, 7, ['abc'], { toString: () => 'abc' }]) {
      assert.ok(!isPassword(said, 'abc'), String(said));
    }
    assert.ok(!isPassword(undefined, 'undefined'));
  });

  test('a damaged key is a sentence', async () => {
    const own = join(folder, 'damaged');
    await pipePassword('x', own);
    await writeFile(join(own, 'control.key'), 'short');
    await assert.rejects(
      pipePassword('x', own),
      (error) => error instanceof UserError && error.sentence.includes('Delete it'),
    );
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(pipePassword('x', join(folder, 'file')), UserError);
  });
});
