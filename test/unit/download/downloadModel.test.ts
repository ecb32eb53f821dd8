import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { downloadModel, type DownloadModelOptions, type DownloadRecord } from '../../../src/download/downloadModel';
import { publishedModels } from '../../../src/download/publishedModels';
import { StoppedError, UserError } from '../../../src/protocol/errors';
import {
  quotaPage,
  sendFile,
  sendPage,
  startFileHost,
  warningPage,
  type Answer,
  type FileHost,
} from '../../fixtures/fileHost';
import { modelArchive, zipArchive } from '../../fixtures/zipArchive';

const model = publishedModels[0]!;
const archive = modelArchive(model.name);
const half = Math.floor(archive.length / 2);
const etag = '"v1"';

let root = '';
let folder = '';
let host: FileHost;
let count = 0;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'facenet-download-'));
});
after(() => rm(root, { recursive: true }));
afterEach(() => host.close());

async function serve(answer: Answer): Promise<void> {
  host = await startFileHost(answer);
  folder = join(root, String(++count));
}
const download = async (options: DownloadModelOptions = {}): ReturnType<typeof downloadModel> =>
  downloadModel(model, folder, { host: host.url, retryMilliseconds: 1, ...options });
const part = (): string => join(folder, `${model.name}.zip.part`);

const inTheMiddle = { after: half, taken: () => existsSync(part()) && statSync(part()).size >= half };

/** The model is whole, and nothing else is left. */
async function assertWhole(): Promise<void> {
  const data = await readFile(join(folder, model.name, `model-${model.name}.ckpt-275.data-00000-of-00001`));
  assert.equal(data.length, 50_000);
  assert.deepEqual(await readdir(folder), [model.name]);
}

async function failure(options?: DownloadModelOptions): Promise<UserError> {
  try {
    await download(options);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    assert.ok(!existsSync(join(folder, model.name)), 'no folder that looks like a model');
    return error;
  }
  return assert.fail('no error');
}

test('the model lies in a folder of its name, with the SHA-256 of its archive beside it', async () => {
  await serve((request, response) => sendFile(request, response, archive, { etag }));
  const seen: [number, number | undefined][] = [];
  const { path, record } = await download({ onProgress: (done, total) => seen.push([done, total]) });
  assert.equal(path, join(folder, model.name));
  await assertWhole();
  assert.equal(record.sha256, createHash('sha256').update(archive).digest('hex'));
  assert.deepEqual(JSON.parse(await readFile(join(path, 'download.json'), 'utf8')) as DownloadRecord, record);
  assert.equal(record.files.length, 3);
  assert.deepEqual(seen.at(-1), [archive.length, archive.length]);
  assert.equal(host.asked[0]!.url, `/uc?export=download&id=${model.fileId}`);
});

test('a cut connection goes on by itself where it ended', async () => {
  await serve((request, response, n) =>
    sendFile(request, response, archive, { etag, ...(n === 1 && { cut: inTheMiddle }) }),
  );
  const notices: string[] = [];
  await download({ onNotice: (message) => notices.push(message) });
  await assertWhole();
  assert.equal(host.asked.length, 2);
  assert.deepEqual([host.asked[1]!.range, host.asked[1]!.ifRange], [`bytes=${half}-`, etag]);
  assert.match(notices.join(), /going on in a moment/);
});

test('a stop keeps what is there, and the next download goes on from it', async () => {
  await serve((request, response, n) => {
    if (n > 1) return sendFile(request, response, archive, { etag });
    response.writeHead(200, { 'content-length': archive.length, etag });
    response.write(archive.subarray(0, half));
  });
  const stop = new AbortController();
  await assert.rejects(
    download({ signal: stop.signal, onProgress: (done) => done === half && stop.abort() }),
    (error: unknown) => error instanceof StoppedError && error.message.includes('what is downloaded is kept'),
  );
  assert.equal((await stat(part())).size, half);
  await download();
  await assertWhole();
  assert.equal(host.asked[1]!.range, `bytes=${half}-`);
});

test('a host without byte ranges sends everything again, and the file is still right', async () => {
  await serve((request, response, n) =>
    sendFile(request, response, archive, { ranges: false, ...(n === 1 && { cut: inTheMiddle }) }),
  );
  await download();
  await assertWhole();
});

test('a file that has changed in between begins anew', async () => {
  await serve((request, response, n) =>
    n === 1
      ? sendFile(request, response, Buffer.alloc(archive.length, 7), { etag: '"old"', cut: inTheMiddle })
      : sendFile(request, response, archive, { etag }),
  );
  await download();
  await assertWhole();
});

test('without an ETag the size tells that it is another file', async () => {
  await serve((request, response, n) =>
    n === 1
      ? sendFile(request, response, Buffer.alloc(archive.length + 9, 7), { cut: inTheMiddle })
      : sendFile(request, response, archive),
  );
  await download();
  await assertWhole();
  assert.deepEqual(
    host.asked.map(({ range }) => range),
    [undefined, `bytes=${half}-`, undefined],
  );
});

test('more on the disk than the host has begins anew', async () => {
  await serve((request, response) => sendFile(request, response, archive));
  await mkdir(folder, { recursive: true });
  await writeFile(part(), Buffer.alloc(archive.length + 5));
  const url = `${host.url}?export=download&id=${model.fileId}`;
  await writeFile(`${part()}.json`, JSON.stringify({ url }));
  await download();
  await assertWhole();
});

test('a part that nothing is remembered about is not gone on with', async () => {
  await serve((request, response) => sendFile(request, response, archive, { etag }));
  await mkdir(folder, { recursive: true });
  await writeFile(part(), Buffer.alloc(100));
  await writeFile(`${part()}.json`, '{ half');
  await download();
  await assertWhole();
  assert.equal(host.asked[0]!.range, undefined);
});

test('the warning page is followed to the file, a cut connection behind it too', async () => {
  await serve((request, response, n) => {
    if (request.url!.startsWith('/uc')) return sendPage(response, warningPage);
    sendFile(request, response, archive, { etag, ...(n === 2 && { cut: inTheMiddle }) });
  });
  await download();
  await assertWhole();
  assert.equal(host.asked[1]!.url, '/download?authuser=0&id=abc%26def&confirm=t&uuid=0-1');
  assert.equal(host.asked[3]!.range, `bytes=${half}-`);
});

test('a confirmation that is asked for again and again is not given for ever', async () => {
  await serve((_, response) => sendPage(response, warningPage));
  assert.match((await failure()).sentence, /again and again.*in a browser.*Add Pretrained Model/);
  assert.equal(host.asked.length, 3);
});

test('quota, login, another page and 404 are told in one sentence with what to do', async () => {
  const cases: [Answer, RegExp][] = [
    [(_, response) => sendPage(response, quotaPage), /too often lately.*Try again in a day.*in a browser/],
    [(_, response) => sendPage(response, quotaPage, 403), /too often lately/],
    [(_, response) => sendPage(response, '<title>Sign in</title>'), /asks for a login.*in a browser/],
    [(_, response) => sendPage(response, '<title>Hotel</title>'), /sent a web page \("Hotel"\).*in a browser/],
    [(_, response) => sendPage(response, '<title>Not Found</title>', 404), /answered 404 Not Found.*in a browser/],
    [(_, response) => response.writeHead(404).end(), /answered 404 Not Found.*in a browser/],
  ];
  for (const [answer, said] of cases) {
    await serve(answer);
    const { sentence } = await failure();
    assert.match(sentence, said);
    assert.ok(!sentence.includes('\n'));
    assert.equal(host.asked.length, 1);
    await host.close();
  }
});

test('a host in trouble is asked three times', async () => {
  await serve((_, response) => response.writeHead(503).end());
  assert.match((await failure()).sentence, /answered 503/);
  assert.equal(host.asked.length, 3);
});

test('nobody listening is told', async () => {
  await serve((_, response) => response.end());
  await host.close();
  assert.match((await failure()).sentence, /cannot be downloaded from http:.*ECONNREFUSED.*in a browser/);
});

test('a damaged archive, a hostile one and one without a model leave nothing behind', async () => {
  const damaged = Buffer.from(archive);
  damaged.fill(0, archive.length - 300);
  const cases: [Buffer, RegExp][] = [
    [damaged, /is damaged.*Download it again/],
    [Buffer.from('no archive at all, whatever the host calls it'), /is damaged/],
    [zipArchive([{ name: `${model.name}/a.index` }, { name: '../evil.index' }]), /invalid relative path/],
    [zipArchive([{ name: 'kittens.jpg' }]), /holds no model \(kittens\.jpg\)/],
    [zipArchive([{ name: 'model.index' }]), /holds no model/],
  ];
  for (const [bytes, said] of cases) {
    await serve((request, response) => sendFile(request, response, bytes, { etag }));
    assert.match((await failure()).sentence, said);
    assert.deepEqual(await readdir(folder), []);
    assert.ok(!existsSync(join(root, 'evil.index')));
    await host.close();
  }
});

test('nothing that is there is touched without force; with it files that are not of the archive stay', async () => {
  await serve((request, response) => sendFile(request, response, archive, { etag }));
  const own = join(folder, model.name, 'notes.txt');
  const meta = join(folder, model.name, `model-${model.name}.meta`);
  await mkdir(join(folder, model.name), { recursive: true });
  await writeFile(own, 'mine');
  await writeFile(meta, 'old');
  await assert.rejects(download(), /is there already\.$/);
  assert.equal(host.asked.length, 0);
  assert.equal(await readFile(meta, 'utf8'), 'old');
  await download({ force: true });
  assert.equal(await readFile(meta, 'utf8'), 'meta');
  assert.equal(await readFile(own, 'utf8'), 'mine');
  await assertWhole();
});
