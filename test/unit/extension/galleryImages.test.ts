import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { type GalleryReading, largestShownWhole, loadGallery } from '../../../extension/gallery/galleryImages';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const dataset = temporaryFolder();
const people = 200;
const whole: GalleryReading = { signal: new AbortController().signal };

before(() => {
  for (let index = 0; index < people; index++) {
    const person = join(dataset, `p${String(index).padStart(3, '0')}`);
    mkdirSync(person);
    for (const name of ['a.jpg', 'b.png']) writeFileSync(join(person, name), 'x');
  }
  writeFileSync(join(dataset, 'p000', 'large.JPG'), Buffer.alloc(largestShownWhole + 1));
  writeFileSync(join(dataset, 'p000', 'scan.tif'), 'x');
});

describe('reading a gallery', () => {
  test('large files and foreign formats need thumbnails, all others do not', async () => {
    const { images, needThumbnails, people: found, ...left } = await loadGallery({ kind: 'gallery', dataset }, whole);
    assert.equal(images.length, 2 * people + 2);
    assert.equal(images[0], join(dataset, 'p000', 'a.jpg'));
    assert.equal(found.length, people);
    assert.deepEqual(
      [...needThumbnails].sort(),
      ['large.JPG', 'scan.tif'].map((name) => join(dataset, 'p000', name)),
    );
    assert.deepEqual(left, { peopleLeft: 0, imagesLeft: 0 });
    const one = await loadGallery({ kind: 'gallery', dataset, person: 'p001' }, whole);
    assert.deepEqual([one.images.length, one.people.length], [2, 0]);
  });

  test('given up on the way it is what was read so far, and tells how many people are missing', async () => {
    const stop = new AbortController();
    const told: number[] = [];
    const onProgress: GalleryReading['onProgress'] = (images, read, all) => {
      told.push(images, read, all);
      stop.abort();
    };
    const { images, peopleLeft } = await loadGallery({ kind: 'gallery', dataset }, { signal: stop.signal, onProgress });
    assert.deepEqual(told, [130, 64, people]);
    assert.deepEqual([images.length, peopleLeft], [130, people - 64]);
  });

  test('given up before there is an image it is nothing; what cannot be read is a sentence', async () => {
    const signal = AbortSignal.abort();
    await assert.rejects(loadGallery({ kind: 'gallery', dataset }, { signal }), { name: 'StoppedError' });
    await assert.rejects(loadGallery({ kind: 'gallery', dataset: join(dataset, 'no') }, whole), /There is no folder/);
    await assert.rejects(loadGallery({ kind: 'gallery', dataset, person: 'no' }, whole), /There is no folder/);
  });
});
