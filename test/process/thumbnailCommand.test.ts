import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import sharp from 'sharp';
import { distFile } from '../../src/engine/installation';
import { parseThumbnailLine } from '../../src/protocol/thumbnail';
import { temporaryFolder } from '../fixtures/temporaryFolder';

const folder = temporaryFolder();

function thumbnail(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [distFile('cli.cjs'), 'thumbnail', ...argv], { cwd: folder, encoding: 'utf8' });
}

before(async () => {
  for (const [name, width] of [
    ['a.jpg', 900],
    ['b b.jpg', 90],
  ] as const) {
    await sharp({ create: { width, height: 90, channels: 3, background: 'red' } }).toFile(join(folder, name));
  }
  writeFileSync(join(folder, 'notes.txt'), 'not an image');
});

test('facenet thumbnail prints a line for each picture, and one that is broken does not keep the others', () => {
  const { status, stdout, stderr } = thumbnail('a.jpg', 'notes.txt', join(folder, 'b b.jpg'), 'gone.jpg');
  assert.equal(status, 0, stderr);
  const lines = stdout.trim().split('\n').map(parseThumbnailLine);
  assert.deepEqual(lines.map((line) => line?.path).sort(), [join(folder, 'b b.jpg'), 'a.jpg', 'gone.jpg', 'notes.txt']);
  for (const line of lines) {
    const broken = ['gone.jpg', 'notes.txt'].includes(line!.path);
    assert.equal('problem' in line!, broken, line!.path);
    if ('problem' in line!) assert.match(line.problem, /^\S.*(is not an image|cannot be read).*\.$/);
  }
});

test('--size is the longest side, and a size that makes no sense is one sentence', async () => {
  const line = parseThumbnailLine(thumbnail('a.jpg', '--size', '100').stdout.trim());
  assert.ok(line !== undefined && 'data' in line);
  const { width, height } = await sharp(Buffer.from(line.data.split(',')[1]!, 'base64')).metadata();
  assert.deepEqual([width, height], [100, 10]);
  for (const size of ['0', '100000']) {
    const wrong = thumbnail('a.jpg', '--size', size);
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /^facenet: --size \d+ is no size of a thumbnail\. Give 16 to 512 pixels\.\n$/);
  }
  assert.equal(thumbnail().status, 2);
});
