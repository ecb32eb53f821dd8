import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { indexFile, openDataset } from '../../../src/dataset/datasetIndex';
import { PackedNames } from '../../../src/dataset/packedNames';
import { SavedIndex, writeIndex } from '../../../src/dataset/savedIndex';
import { SavedListings } from '../../../src/dataset/savedListings';
import { listImages } from '../../../src/dataset/scan';
import { UserError } from '../../../src/protocol/errors';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

test('single people come from the index where it is right, else from their folders; nothing is written', async () => {
  const [root, index] = [temporaryFolder(), join(temporaryFolder(), 'index')];
  for (const name of ['Ada', 'Ben', 'Cid']) {
    await mkdir(join(root, name));
    for (const image of ['1.png', '2.png']) await writeFile(join(root, name, image), '');
  }
  // Folders are trusted once their times lie two seconds back.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  await openDataset(root, { index });
  // Other names than there are, so that it shows whether they come from the index.
  const file = indexFile(index, root, 'index');
  const saved = await SavedIndex.open(file, root);
  const images = PackedNames.pack(['known.png']);
  const people = ['Ada', 'Ben', 'Cid'].map((name) => ({ name, images, ...saved.about(saved.personOf(name)!) }));
  await saved.close();
  await writeIndex(file, root, people);
  await writeFile(join(root, 'Ben', '3.png'), '');
  await rm(join(root, 'Cid'), { recursive: true });
  const before = await readFile(file);

  const listings = await SavedListings.open(root, index);
  assert.deepEqual(await listings.images('Ada'), [join(root, 'Ada', 'known.png')]);
  assert.equal(await listings.count('Ada'), 1);
  assert.deepEqual(await listings.images('Ben'), await listImages(root, 'Ben'));
  assert.equal(await listings.count('Ben'), 3);
  await assert.rejects(listings.count('Cid'), UserError);
  await assert.rejects(listings.images('Ada', AbortSignal.abort()), { name: 'AbortError' });
  await listings.close();

  // Damage to the names shows only where they are read; then the folder is.
  const damaged = Buffer.from(before);
  damaged[damaged.length - people.length * images.bytes.length]! ^= 1;
  await writeFile(file, damaged);
  for (const folder of [index, join(root, 'nowhere'), undefined]) {
    const others = await SavedListings.open(root, folder);
    assert.deepEqual(await others.images('Ada'), await listImages(root, 'Ada'));
    await others.close();
  }
  assert.deepEqual(await readFile(file), damaged);
});
