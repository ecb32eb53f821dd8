import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assetsFolder, downloadMtcnn, findMtcnn, mtcnnFiles } from '../../../src/align/assets';
import { locateDetector } from '../../../src/align/createDetector';
import { StoppedError, UserError } from '../../../src/protocol/errors';
import { sharedPath, skipWithoutShared } from '../../fixtures/shared';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facenet-assets-'));
});
after(() => rm(folder, { recursive: true }));

const answer =
  (body: string, status = 200): typeof fetch =>
  () =>
    Promise.resolve(new Response(body, { status }));

test('FACENET_ASSETS comes before the folder in the home directory', () => {
  assert.equal(assetsFolder({ FACENET_ASSETS: '/somewhere' }), '/somewhere');
  assert.match(assetsFolder({}), /\.facenet[\\/]assets$/);
  assert.match(assetsFolder({ FACENET_ASSETS: '' }), /\.facenet[\\/]assets$/);
});

test('the weights are found in the folder itself and in `mtcnn` in it, but only all three', async () => {
  const nested = join(folder, 'nested');
  await mkdir(join(nested, 'mtcnn'), { recursive: true });
  await writeFile(join(nested, 'mtcnn', 'det1.npy'), '');
  await writeFile(join(nested, 'mtcnn', 'det2.npy'), '');
  assert.equal(findMtcnn(nested), undefined);
  await writeFile(join(nested, 'mtcnn', 'det3.npy'), '');
  assert.equal(findMtcnn(nested), join(nested, 'mtcnn'));
  assert.equal(findMtcnn(join(nested, 'mtcnn')), join(nested, 'mtcnn'));
});

test('a file with another checksum is refused and not kept', async () => {
  const target = join(folder, 'wrong');
  await assert.rejects(downloadMtcnn(target, { fetch: answer('<html>') }), (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /det1\.npy is not the file that is expected/);
    return true;
  });
  assert.equal(existsSync(join(target, 'mtcnn')), false);
});

test('without a network one sentence says what to do', async () => {
  const offline = (() =>
    Promise.reject(new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') }))) as typeof fetch;
  await assert.rejects(downloadMtcnn(join(folder, 'offline'), { fetch: offline }), (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.match(error.sentence, /cannot be downloaded from https:.*getaddrinfo ENOTFOUND.*--detector starter/);
    return true;
  });
  await assert.rejects(downloadMtcnn(join(folder, 'gone'), { fetch: answer('', 404) }), /answered 404/);
});

test('a stop during the download is a stop', async () => {
  const stop = new AbortController();
  stop.abort();
  const aborted = (() => Promise.reject(new Error('aborted'))) as typeof fetch;
  await assert.rejects(downloadMtcnn(folder, { fetch: aborted, signal: stop.signal }), StoppedError);
});

test(
  'the real files pass and lie where they are looked for',
  { skip: skipWithoutShared('data', 'mtcnn') },
  async () => {
    const target = join(folder, 'real');
    const notices: string[] = [];
    const server = (async (url: string) =>
      new Response(await readFile(sharedPath('data', 'mtcnn', url.split('/').at(-1)!)))) as typeof fetch;
    const found = await downloadMtcnn(target, { fetch: server, onNotice: (message) => notices.push(message) });
    assert.equal(findMtcnn(target), found);
    assert.equal(notices.length, 1);
    for (const [name, sha256] of Object.entries(mtcnnFiles)) {
      assert.equal(
        createHash('sha256')
          .update(await readFile(join(found, name)))
          .digest('hex'),
        sha256,
      );
    }
  },
);

test('auto takes the starter detector where MTCNN is not, and says so', async () => {
  const kept = process.env['FACENET_ASSETS'];
  process.env['FACENET_ASSETS'] = join(folder, 'nothing');
  try {
    const chosen = await locateDetector('auto');
    assert.deepEqual(chosen.source, { name: 'starter' });
    assert.match(chosen.note!, /starter detector/);
  } finally {
    if (kept === undefined) delete process.env['FACENET_ASSETS'];
    else process.env['FACENET_ASSETS'] = kept;
  }
});
