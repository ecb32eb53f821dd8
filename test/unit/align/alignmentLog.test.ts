import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { AlignmentLog, reviewAlignment } from '../../../src/align/alignmentLog';
import { writeAlignmentRecord } from '../../../src/align/alignmentRecord';
import { correctFace } from '../../../src/align/correctFace';
import { cropToSquare, marginRectangle } from '../../../src/align/cropFace';
import { doubtsOf } from '../../../src/align/doubts';
import { decodeImage } from '../../../src/image/decode';
import { encodePng } from '../../../src/image/encode';
import type { AlignmentEntry, BoxCorners } from '../../../src/protocol/alignmentLog';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const found = (image: string, doubts?: ('small' | 'several')[]): AlignmentEntry => ({
  outcome: 'aligned',
  image,
  size: [100, 80],
  faces: [{ file: image.replace('.jpg', '.png'), box: [1, 2, 30, 40], score: 0.99 }],
  ...(doubts && { doubts }),
});
const missed = (image: string): AlignmentEntry => ({ outcome: 'noFace', image, size: [100, 80] });

async function logged(folder: string, ...entries: AlignmentEntry[]): Promise<void> {
  const log = await AlignmentLog.open(folder);
  for (const entry of entries) await log.append(entry);
  await log.close();
}

describe('the log of an alignment', () => {
  const root = temporaryFolder();
  const folder = (name: string): string => {
    mkdirSync(join(root, name));
    return join(root, name);
  };

  test('keeps what is worth a look, the latest of each photograph', async () => {
    const at = folder('latest');
    await logged(at, found('A/1.jpg'), missed('A/2.jpg'), missed('A/"3".jpg'), found('B/1.jpg', ['small', 'several']));
    // A second run: one is found now, one is missed again.
    await logged(at, found('A/"3".jpg'), missed('A/2.jpg'), found('B/2.jpg'));
    const { entries, left, isLogged } = await reviewAlignment(at, 100);
    assert.deepEqual(
      entries.map(({ image, outcome }) => [image, outcome]),
      [
        ['A/2.jpg', 'noFace'],
        ['B/1.jpg', 'aligned'],
      ],
    );
    assert.deepEqual([left, isLogged], [0, true]);
    assert.equal((await reviewAlignment(at, 1)).left, 2);
  });

  test('passes over what a killed run has left half written', async () => {
    const at = folder('torn');
    await logged(at, missed('A/1.jpg'));
    appendFileSync(join(at, 'images.jsonl'), '{"outcome":"noFace","ima');
    await logged(at, missed('A/2.jpg'));
    const { entries } = await reviewAlignment(at, 100);
    assert.deepEqual(
      entries.map(({ image }) => image),
      ['A/1.jpg', 'A/2.jpg'],
    );
  });

  test('of a folder that has none is empty, and says so', async () => {
    assert.deepEqual(await reviewAlignment(folder('none'), 100), { entries: [], left: 0, isLogged: false });
  });

  test('doubts faces that are small, among several, or uncertain', () => {
    const landmarks = Array(5).fill({ x: 0, y: 0 }) as never;
    const face = (edge: number, score: number) => ({ x1: 0, y1: 0, x2: edge, y2: edge + 9, score, landmarks });
    const one = { found: 1, taken: 1, imageSize: 160 };
    assert.deepEqual(doubtsOf(face(80, 0.99), one, 'mtcnn'), []);
    assert.deepEqual(doubtsOf(face(79, 0.99), { ...one, found: 2 }, 'mtcnn'), ['small', 'several']);
    assert.deepEqual(doubtsOf(face(80, 0.9), { found: 2, taken: 2, imageSize: 160 }, 'mtcnn'), [
      'several',
      'uncertain',
    ]);
    assert.deepEqual(doubtsOf(face(80, 0.9), one, 'starter'), []);
  });
});

describe('a box that a person has drawn', () => {
  const root = temporaryFolder();
  const [photographs, faces] = [join(root, 'photos'), join(root, 'faces')];
  const image = 'Ada/one.png';

  async function prepare(
    alignment: 'box' | 'landmarks',
    imageSize: number,
    detectMultipleFaces = false,
  ): Promise<void> {
    mkdirSync(join(photographs, 'Ada'), { recursive: true });
    mkdirSync(faces, { recursive: true });
    const data = new Uint8Array(120 * 90 * 3).map((_, index) => (index * 37 + (index >> 7) * 11) % 256);
    writeFileSync(join(photographs, image), await encodePng({ width: 120, height: 90, data }, 0));
    await writeAlignmentRecord(faces, {
      ...{ version: 1, detector: 'starter', alignment, imageSize, margin: 20 },
      ...{ detectMultipleFaces, upright: true, source: photographs, createdAt: '2026-01-01T00:00:00Z' },
    });
  }

  test('is cut out with the margin and size of the alignment, and logged', async () => {
    await prepare('box', 64);
    const { entry } = await correctFace({ folder: faces, image, box: [30, 20, 70, 75], face: 0 });
    const crop = await decodeImage(readFileSync(join(faces, 'Ada', 'one.png')));
    const photograph = await decodeImage(readFileSync(join(photographs, image)));
    const rectangle = marginRectangle({ x1: 30, y1: 20, x2: 70, y2: 75 }, 20, 120, 90);
    assert.deepEqual(Buffer.from(crop.data), Buffer.from(cropToSquare(photograph, rectangle, 64).data));
    const { entries } = await reviewAlignment(faces, 10);
    assert.deepEqual(entries, [entry]);
    assert.deepEqual([entry.outcome, entry.image], ['corrected', image]);
  });

  test('for landmark chips is looked into by the network of the workbench', async () => {
    await prepare('landmarks', 150);
    await correctFace({ folder: faces, image, box: [30, 20, 70, 75], face: 0 });
    const crop = await decodeImage(readFileSync(join(faces, 'Ada', 'one.png')));
    assert.deepEqual([crop.width, crop.height], [150, 150]);
  });

  test('of several faces takes the place of that one, and the others stay as they were found', async () => {
    await prepare('box', 64, true);
    const found = [0, 1, 2].map((number) => ({
      ...{ file: `Ada/one_${number}.png`, score: 0.9 },
      ...{ box: [40 * number, 10, 40 * number + 30, 50] as BoxCorners },
    }));
    for (const { file } of found) writeFileSync(join(faces, file), 'as it was');
    const log = await AlignmentLog.open(faces);
    await log.append({ outcome: 'aligned', image, size: [120, 90], faces: found, doubts: ['several'] });
    await log.close();
    const box: BoxCorners = [35, 15, 75, 60];
    const second = await correctFace({ folder: faces, image, box, face: 1 });
    assert.equal(second.file, 'Ada/one_1.png');
    assert.deepEqual('faces' in second.entry && second.entry.faces, [
      found[0],
      { file: 'Ada/one_1.png', box },
      found[2],
    ]);
    const isOld = (number: number): boolean =>
      readFileSync(join(faces, found[number]!.file)).equals(Buffer.from('as it was'));
    assert.deepEqual([isOld(0), isOld(1), isOld(2)], [true, false, true]);

    // What was corrected before stays corrected, and a face that was missed is added under the next number.
    const fourth = await correctFace({ folder: faces, image, box: [80, 50, 110, 85], face: 3 });
    const boxes = 'faces' in fourth.entry ? fourth.entry.faces.map((face) => face.box) : [];
    assert.deepEqual(boxes, [found[0]!.box, box, found[2]!.box, [80, 50, 110, 85]]);
    assert.ok(existsSync(join(faces, 'Ada', 'one_3.png')));
    assert.deepEqual((await reviewAlignment(faces, 10)).entries, [fourth.entry]);
    await assert.rejects(correctFace({ folder: faces, image, box, face: 5 }), /one\.png has 4 faces, not a face 5\.$/);
    assert.ok(!existsSync(join(faces, 'Ada', 'one_5.png')));
  });

  test('of a face that an older folder has no record of counts its files; where one face is cut out there is one', async () => {
    await prepare('box', 64, true);
    rmSync(join(faces, 'images.jsonl'));
    const box: BoxCorners = [35, 15, 75, 60];
    const { entry } = await correctFace({ folder: faces, image, box, face: 2 });
    assert.deepEqual('faces' in entry && entry.faces, [{ file: 'Ada/one_2.png', box }]);
    await prepare('box', 64);
    await assert.rejects(
      correctFace({ folder: faces, image, box, face: 1 }),
      /has one face in this folder, not a face 1/,
    );
  });

  test('outside of the photograph, and of a photograph outside of the folder, is refused', async () => {
    await prepare('box', 64);
    const outside = correctFace({ folder: faces, image, box: [130, 20, 170, 75], face: 0 });
    await assert.rejects(outside, /holds nothing of the photograph, which has 120×90 pixels\.$/);
    const elsewhere = correctFace({ folder: faces, image: '../secret.png', box: [0, 0, 9, 9], face: 0 });
    await assert.rejects(elsewhere, /is not a photograph below/);
    await assert.rejects(correctFace({ folder: root, image, box: [0, 0, 9, 9], face: 0 }), /has no alignment\.json/);
  });
});
