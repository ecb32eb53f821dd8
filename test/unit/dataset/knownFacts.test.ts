import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOf, digestWords } from '../../../src/dataset/digestTable';
import { FactsReader, FactsWriter, rowWords } from '../../../src/dataset/factsFile';
import { KnownFacts } from '../../../src/dataset/knownFacts';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const imagesEach = 20;

/** Image `image` of folder `folder` has a key and a content that tell which one it is. */
const keyOf = (folder: number, image: number): number[] => [1, 2, folder, image];
const contentOf = (folder: number, image: number): number[] => [3, 4, folder, image];
const pathOf = (folder: number): string => join('/faces', `person_${folder}`);

async function openFacts(folders: number): Promise<KnownFacts> {
  const path = join(temporaryFolder(), 'some.facts');
  const file = await open(path, 'w');
  const writer = new FactsWriter(file);
  for (let folder = 0; folder < folders; folder++) {
    const words = new Uint32Array(imagesEach * rowWords);
    for (let image = 0; image < imagesEach; image++)
      words.set([...keyOf(folder, image), ...contentOf(folder, image)], image * rowWords);
    await writer.add(digestOf(pathOf(folder)), words);
  }
  await writer.finish();
  await file.close();
  return new KnownFacts(await FactsReader.open(path), () => assert.fail('nothing is damaged'));
}

/** Contents that are found of an image of each of some folders, asked for together. */
async function find(known: KnownFacts, folders: readonly number[], image: number): Promise<(number[] | undefined)[]> {
  const found: (number[] | undefined)[] = [];
  const paths = folders.map((folder) => join(pathOf(folder), `${image}.png`));
  const keys = Uint32Array.from(folders.flatMap((folder) => keyOf(folder, image)));
  assert.equal(keys.length, digestWords * folders.length);
  await known.findAll(paths, { keys, settled: new Uint8Array(folders.length).fill(1) }, false, (seen, index) => {
    found[index] = seen && [...seen.content];
  });
  return found;
}

// Of the larger file not all folders are held.
for (const folders of [50, 4000]) {
  test(`images of ${folders} folders are known in any order, some of them asked for at once`, async () => {
    const known = await openFacts(folders);
    const orders = [
      Array.from({ length: folders }, (_, index) => index),
      Array.from({ length: folders }, (_, index) => (index * 37) % folders),
      Array.from({ length: folders }, (_, index) => folders - 1 - index),
    ];
    const found = await Promise.all(orders.map(async (order, image) => find(known, order, image)));
    for (const [image, order] of orders.entries())
      assert.deepEqual(
        found[image],
        order.map((folder) => contentOf(folder, image)),
      );
    assert.deepEqual(await find(known, [folders, 0, folders + 1], 0), [undefined, contentOf(0, 0), undefined]);
    await known.close();
  });
}
