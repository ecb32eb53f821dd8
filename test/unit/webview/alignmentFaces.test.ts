import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AlignmentEntry, BoxCorners } from '../../../src/protocol/alignmentLog';
import { faceAt, facesOf, nextNumber } from '../../../webview/alignment/faces';

const entryOf = (...files: string[]): AlignmentEntry => ({
  outcome: 'aligned',
  image: 'Ada/one.jpg',
  size: [100, 100],
  faces: files.map((file, index): { file: string; box: BoxCorners } => ({
    file,
    box: [10 * index, 10 * index, 60 + 10 * index, 40],
  })),
});

describe('the faces of a photograph', () => {
  test('have the numbers of their files where all of them are cut out', () => {
    const faces = facesOf(entryOf('Ada/one_0.png', 'Ada/one_2.png', 'Ada/one_10.png'), true);
    assert.deepEqual(
      faces.map(({ number }) => number),
      [0, 2, 10],
    );
    assert.equal(nextNumber(faces), 11);
    assert.equal(nextNumber([]), 0);
  });

  test('are one where one is cut out, whatever number its photograph has in its name', () => {
    assert.deepEqual(facesOf(entryOf('Ada/Ada_0007.png'), false), [{ number: 0, box: [0, 0, 60, 40] }]);
    assert.deepEqual(facesOf({ outcome: 'noFace', image: 'Ada/one.jpg', size: [100, 100] }, true), []);
  });

  test('are meant by a click within their box, the smallest of several', () => {
    const faces = facesOf(entryOf('one_0.png', 'one_1.png'), true);
    assert.equal(faceAt(faces, 5, 5)?.number, 0);
    assert.equal(faceAt(faces, 30, 30)?.number, 1);
    assert.equal(faceAt(faces, 90, 90), undefined);
  });
});
