import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { chooseFace } from '../../src/align/chooseFace';
import { intersectionOverUnion } from '../../src/align/starter/anchors';
import { StarterDetector } from '../../src/align/starter/starterDetector';
import { decodeImage } from '../../src/image/decode';
import { sharedPath, skipWithoutShared } from '../fixtures/shared';

test(
  'the starter detector finds the faces of LFW where MTCNN does',
  { skip: skipWithoutShared('golden', 'mtcnn') },
  async () => {
    const detector = await StarterDetector.open();
    const lines = readFileSync(sharedPath('golden', 'mtcnn', 'lfw.jsonl'), 'utf8')
      .trim()
      .split('\n');
    let [photographs, found] = [0, 0];
    for (let index = 0; index < lines.length; index += 166) {
      const { file, boxes, points } = JSON.parse(lines[index]!) as {
        file: string;
        boxes: number[][];
        points: number[][];
      };
      const image = await decodeImage(sharedPath('data', 'lfw', 'images', file));
      const golden = boxes.map(([x1 = 0, y1 = 0, x2 = 0, y2 = 0], face) => ({ x1, y1, x2, y2, points: points[face]! }));
      const wanted = chooseFace(golden, image.width, image.height)!;
      const face = chooseFace(await detector.detect(image), image.width, image.height);
      photographs++;
      if (face === undefined || intersectionOverUnion(face, wanted) <= 0.5) continue;
      const eyes = Math.hypot(wanted.points[1]! - wanted.points[0]!, wanted.points[6]! - wanted.points[5]!);
      const distances = face.landmarks.map(({ x, y }, i) =>
        Math.hypot(x - wanted.points[i]!, y - wanted.points[i + 5]!),
      );
      if (distances.every((distance) => distance < eyes / 3)) found++;
    }
    await detector.dispose();
    assert.ok(photographs >= 20);
    assert.ok(found >= photographs - 1, `${found} of ${photographs} faces found`);
  },
);
