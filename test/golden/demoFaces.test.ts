import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDetector } from '../../src/align/createDetector';
import type { FaceDetector } from '../../src/align/face';
import { developPhotograph } from '../../src/demo/develop';
import { nameOf } from '../../src/demo/names';
import { drawPerson } from '../../src/demo/person';
import { drawPhotograph } from '../../src/demo/photograph';
import { decodeImage } from '../../src/image/decode';
import { sharedPath, skipWithoutShared } from '../fixtures/shared';

/** Photographs of the demo that `facenet demo` draws, one of each of its people. */
async function notFound(detector: FaceDetector, people: number): Promise<string[]> {
  const missed: string[] = [];
  for (let person = 0; person < people; person++) {
    const photograph = drawPhotograph(666, person, person % 8);
    const jpeg = await developPhotograph(drawPerson(666, person, nameOf(person)), photograph);
    const faces = await detector.detect(await decodeImage(jpeg));
    const { x, y } = photograph.pose.centre;
    // The point between the eyes lies inside the box of a face that was really found.
    if (!faces.some(({ x1, y1, x2, y2 }) => x1 < x && x < x2 && y1 < y && y < y2)) missed.push(nameOf(person));
  }
  await detector.dispose();
  return missed;
}

test('MTCNN finds the drawn faces', { skip: skipWithoutShared('data', 'mtcnn') }, async () => {
  const detector = await openDetector({ name: 'mtcnn', folder: sharedPath('data', 'mtcnn') });
  assert.deepEqual(await notFound(detector, 24), []);
});

test('the starter detector finds the drawn faces', async () => {
  assert.deepEqual(await notFound(await openDetector({ name: 'starter' }), 12), []);
});
