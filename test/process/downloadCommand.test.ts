// The whole way of `facenet download` against a host on this machine.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { distFile } from '../../src/engine/installation';
import { sendFile, startFileHost, type FileHost } from '../fixtures/fileHost';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { modelArchive } from '../fixtures/zipArchive';

const name = '20180402-114759';
const folder = temporaryFolder();
let host: FileHost;
before(async () => {
  host = await startFileHost((request, response) => sendFile(request, response, modelArchive(name)));
});
after(() => host.close());

/** Not spawnSync: the host answers from this process. */
async function facenet(...argv: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const env = { ...process.env, FACENET_DOWNLOAD_URL: host.url, FACENET_ASSETS: folder };
  const child = spawn(process.execPath, [distFile('cli.cjs'), 'download', ...argv], { env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

test('a model is downloaded once, told with its SHA-256, and not again without --force', async () => {
  const first = await facenet(name, '--to', folder);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /^SHA-256 of the archive \(\d+ bytes\): [0-9a-f]{64}$/m);
  assert.ok(first.stdout.includes(`${name} is in ${join(folder, name)}`));
  assert.match(first.stderr, new RegExp(`^Downloading ${name} `, 'm'));
  assert.ok(existsSync(join(folder, name, `model-${name}.ckpt-275.index`)));

  const second = await facenet(name, '--to', folder);
  assert.equal(second.code, 1);
  assert.match(second.stderr, /^facenet: .* is there already\. .*--force\.$/m);
  assert.equal((await facenet(name, '--to', folder, '--force')).code, 0);
  assert.equal(host.asked.length, 2);
});

test('without a name the models are listed, with what is there', async () => {
  const { code, stdout } = await facenet('--to', folder);
  assert.equal(code, 0);
  assert.ok(stdout.includes(`trained on VGGFace2; is in ${join(folder, name)}`), stdout);
  assert.match(stdout, /^mtcnn +weights of MTCNN$/m);
});

test('a name that is no published model is wrong usage', async () => {
  assert.equal((await facenet('20990101-000000')).code, 2);
});
