import assert from 'node:assert/strict';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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

/** Bytes of the heap and of buffers, after garbage collections. */
async function held(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let times = 0; times < 3; times++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Writes an index of so many people with such names, all with these images; gives the size of its file. */
async function craft(file: string, count: number, name: (person: number) => string, images: string[]): Promise<number> {
  const stamp = { mtimeMs: 1, ctimeMs: 2, ino: 3 };
  const person = { images: PackedNames.pack(images), stamp, listedAt: 4, ignored: 0 };
  const people = Array.from({ length: count }, (_, number) => ({ name: name(number), ...person }));
  await writeIndex(file, '/faces', people);
  return (await stat(file)).size;
}

test('an index whose names are much longer than the file takes no more than twice its size', async () => {
  const file = join(temporaryFolder(), 'crafted');
  const name = (person: number): string => 'p'.repeat(900) + String(person).padStart(6, '0');
  const images = Array.from({ length: 2000 }, (_, image) => 'x'.repeat(1000) + String(image).padStart(4, '0'));
  for (const [count, some] of [
    [10_000, []],
    [100, images],
  ] as const) {
    const size = await craft(file, count, name, [...some]);
    const before = await held();
    const index = await SavedIndex.open(file, '/faces');
    const names = await index.allNames();
    const person = index.personOf(name(count - 2));
    const taken = (await held()) - before;
    await index.close();
    assert.equal(person, count - 2);
    assert.equal(names(person).length, some.length);
    assert.ok(taken <= 2 * size, `${taken} bytes for a file of ${size}`);
  }
});
