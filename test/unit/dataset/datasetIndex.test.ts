import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { indexFile, indexFolderOf, indexFolderOfRun, openDataset } from '../../../src/dataset/datasetIndex';
import { PackedNames } from '../../../src/dataset/packedNames';
import { SavedIndex, writeIndex } from '../../../src/dataset/savedIndex';
import { scanDataset } from '../../../src/dataset/scan';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

/** Two people whose folders have not changed for long. */
async function people(): Promise<{ root: string; index: string }> {
  const [root, index] = [temporaryFolder(), join(temporaryFolder(), 'index')];
  for (const name of ['Ada', 'Ben']) {
    await mkdir(join(root, name));
    for (const image of ['1.png', '2.png', '.hidden', 'ünï.png']) await writeFile(join(root, name, image), '');
  }
  // Folders are trusted once their times lie two seconds back.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  return { root, index };
}

const imagesOf = (dataset: Awaited<ReturnType<typeof scanDataset>>): unknown => ({
  ...dataset,
  people: dataset.people.map(({ name, images }) => ({ name, images: [...images] })),
});

async function opened(root: string, index: string): Promise<string[]> {
  const { dataset, notes } = await openDataset(root, { index });
  assert.deepEqual(imagesOf(dataset), imagesOf(await scanDataset(root)));
  return notes;
}

test('an index gives what a scan does, lists what has changed and tells it; a damaged one is made anew', async () => {
  const { root, index } = await people();
  const file = indexFile(index, root, 'index');
  assert.deepEqual(await opened(root, index), []);
  const kept = await readFile(file);
  assert.deepEqual(await opened(root, index), []);
  assert.deepEqual(await readFile(file), kept, 'nothing changed, nothing is written');
  assert.deepEqual(await readdir(index), [file.slice(index.length + 1)], 'nothing is left beside it');

  // A folder that really was listed: an entry that the index alone knows would be given.
  await writeFile(join(root, 'Ben', '3.png'), '');
  await utimes(join(root, 'Ben'), new Date(2020, 1), new Date(2020, 1));
  assert.match((await opened(root, index)).join(), /1 of 2 folders in .* were listed again/);
  await mkdir(join(root, 'Cid'));
  assert.match((await opened(root, index)).join(), /folders in .* were listed again/);
  await rm(join(root, 'Ada'), { recursive: true });
  assert.match((await opened(root, index)).join(), /folders in .* were listed again/);

  for (const harm of [
    (bytes: Buffer) => bytes.subarray(0, bytes.length - 9),
    (bytes: Buffer) => Buffer.alloc(0).fill(bytes),
    (bytes: Buffer) => bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 1),
    // Of the last name: only the sum tells.
    (bytes: Buffer) => bytes.with(bytes.length - 5, bytes[bytes.length - 5]! ^ 1),
  ]) {
    await writeFile(file, harm(await readFile(file)));
    assert.match((await opened(root, index)).join(), /is damaged or of another version\. The images of .* anew/);
  }
});

test('folders are not listed again where their times are those of the index', async () => {
  const { root, index } = await people();
  await opened(root, index);
  const file = indexFile(index, root, 'index');
  const saved = await SavedIndex.open(file, root);
  const other = PackedNames.pack(['known.png']);
  await writeIndex(file, root, [{ name: 'Ada', images: other, ...saved.about(saved.personOf('Ada')!) }]);
  await saved.close();
  const { dataset } = await openDataset(root, { index });
  // Of Ada what the index says, of Ben, whom it does not know, what is there.
  assert.deepEqual(
    dataset.people.map(({ images }) => Array.from(images, (path) => path.slice(root.length + 1))),
    [['Ada/known.png'], ['Ben/1.png', 'Ben/2.png', 'Ben/ünï.png']],
  );
});

test('an index that cannot be written is said and keeps nobody from the images', async () => {
  const { root } = await people();
  const blocked = join(temporaryFolder(), 'file');
  await writeFile(blocked, '');
  const { dataset, notes } = await openDataset(root, { index: join(blocked, 'index') });
  assert.equal(dataset.people.length, 2);
  assert.match(notes.join(), /cannot be (read|kept)/);
});

test('indexes lie in the .facenet of a run, else beside it, never in the dataset', () => {
  const at = (...parts: string[]): string => join('/w', ...parts);
  assert.equal(indexFolderOfRun(at('.facenet', 'runs', 'one'), '/faces'), at('.facenet', 'index'));
  assert.equal(indexFolderOfRun(at('elsewhere', 'one'), '/faces'), at('elsewhere', '.facenet', 'index'));
  assert.equal(indexFolderOf(at('.facenet'), '/w'), undefined);
});
