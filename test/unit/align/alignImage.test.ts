import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FaceDetector, Landmarks } from '../../../src/align/face';
import { alignImage } from '../../../src/align/pool/alignImage';
import { withFailingDisk } from '../../fixtures/failingDisk';
import { writeNoiseFaces } from '../../fixtures/noiseFaces';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const settings = {
  ...{ alignment: 'box' as const, imageSize: 64, margin: 0 },
  ...{ detectMultipleFaces: false, upright: false },
};
const landmarks: Landmarks = [
  { x: 30, y: 30 },
  { x: 60, y: 30 },
  { x: 45, y: 45 },
  { x: 35, y: 60 },
  { x: 55, y: 60 },
];
/** Sees one face in every photograph. */
const detector: FaceDetector = {
  name: 'starter',
  detect: async () => [{ x1: 10, y1: 10, x2: 80, y2: 80, score: 1, landmarks }],
  dispose: async () => undefined,
};

test('a crop that the disk has no room for is absent, and said with what to do; a photograph that has vanished is named', async () => {
  const folder = temporaryFolder();
  await writeNoiseFaces(join(folder, 'photographs'), { people: 1, images: 1, size: 100 });
  const source = join(folder, 'photographs', 'person_0', 'person_0_0001.png');
  const task = { id: 0, source, targetStem: join(folder, 'face') };
  const full = { code: 'ENOSPC', at: (path: string) => path === join(folder, 'face.png') };
  const outcome = await withFailingDisk([full], () => alignImage(task, detector, settings));
  assert.ok(outcome.kind === 'unwritable', JSON.stringify(outcome));
  assert.match(outcome.message, /^The disk is full: .*face\.png cannot be written\.$/);
  assert.match(outcome.action, /run the same command again; it continues where it stopped/);
  assert.deepEqual(await readdir(folder), ['photographs']);

  assert.equal((await alignImage(task, detector, settings)).kind, 'aligned');
  const gone = await alignImage(
    { ...task, source: `${source}.gone`, targetStem: join(folder, 'x') },
    detector,
    settings,
  );
  assert.ok(gone.kind === 'unreadable' && gone.message.includes(`${source}.gone cannot be read (ENOENT`));
});
