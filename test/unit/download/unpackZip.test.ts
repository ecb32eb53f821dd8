import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { unpackZip } from '../../../src/download/unpackZip';
import { StoppedError, UserError } from '../../../src/protocol/errors';
import { modelArchive, zipArchive, type ZipEntry } from '../../fixtures/zipArchive';

let folder = '';
let count = 0;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facenet-unpack-'));
});
after(() => rm(folder, { recursive: true }));

async function unpack(bytes: Uint8Array, options?: Parameters<typeof unpackZip>[2]): Promise<[string[], string]> {
  const archive = join(folder, `${++count}.zip`);
  await writeFile(archive, bytes);
  const into = join(folder, `${count}`, 'into');
  return [await unpackZip(archive, into, options), into];
}

test('files lie where the archive says, in their folders', async () => {
  const [files, into] = await unpack(modelArchive('20180402-114759'));
  assert.equal(files.length, 3);
  for (const file of files) assert.ok(existsSync(join(into, file)), file);
  assert.equal(await readFile(join(into, '20180402-114759', 'model-20180402-114759.meta'), 'utf8'), 'meta');
});

const hostile: readonly [string, ZipEntry, RegExp][] = [
  ['a path out of the folder', { name: '../evil', data: Buffer.from('x') }, /invalid relative path/],
  ['the same with backslashes', { name: '..\\evil', data: Buffer.from('x') }, /invalid relative path/],
  ['an absolute path', { name: '/evil' }, /absolute path/],
  ['a drive', { name: 'C:/evil' }, /absolute path/],
  ['a link', { name: 'evil', data: Buffer.from('/etc/passwd'), mode: 0o120777 }, /link or another special file/],
  ['a device', { name: 'evil', mode: 0o020666 }, /link or another special file/],
  ['a stream of another file', { name: 'evil:stream' }, /unusable name/],
  ['an encrypted file', { name: 'evil', data: Buffer.alloc(12), claimedBytes: 0, encrypted: true }, /encrypted/],
  ['a file that is larger than it says', { name: 'evil', data: Buffer.from('xxxx'), claimedBytes: 1 }, /damaged/],
];
for (const [what, entry, said] of hostile) {
  test(`${what} is refused, and nothing lies outside`, async () => {
    await assert.rejects(unpack(zipArchive([entry])), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, said);
      return true;
    });
    assert.ok(!existsSync(join(folder, 'evil')));
    assert.ok(!existsSync(join(folder, `${count}`, 'evil')));
  });
}

test('more bytes or more files than a model can have are refused', async () => {
  const two = zipArchive(['a', 'b'].map((name) => ({ name, data: Buffer.alloc(60) })));
  await assert.rejects(unpack(two, { maximumBytes: 100 }), /unpacks to more than 100 bytes/);
  const many = zipArchive(Array.from({ length: 1001 }, (_, i) => ({ name: `${i}` })));
  await assert.rejects(unpack(many), /holds 1001 files/);
});

test('two files of one name do not overwrite each other', async () => {
  await assert.rejects(unpack(zipArchive([{ name: 'a' }, { name: 'a' }])), /damaged: EEXIST/);
});

test('what is no archive, and one that ends early, is damaged', async () => {
  await assert.rejects(unpack(Buffer.from('nothing of the kind')), /is damaged.*end of central directory/i);
  const whole = modelArchive('x', 100);
  await assert.rejects(unpack(whole.subarray(0, whole.length - 40)), /is damaged/);
});

test('bytes changed anywhere give files or a UserError, never another error', async () => {
  const whole = modelArchive('x', 20);
  const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of changes) bytes[at] = value;
      await unpack(bytes).catch((error: unknown) => assert.ok(error instanceof UserError, String(error)));
    }),
    { numRuns: 60 },
  );
});

test('a stop is a stop', async () => {
  const stop = new AbortController();
  await assert.rejects(unpack(modelArchive('x'), { signal: stop.signal, onFile: () => stop.abort() }), StoppedError);
  assert.ok((await readdir(folder)).length > 0);
});
