import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { UserError } from '../../../src/protocol/errors';
import { readHdf5, writeHdf5 } from '../../../src/files/hdf5';
import { Hdf5Thread } from '../../../src/files/hdf5Thread';
import { filterFileOfH5py } from '../../fixtures/filterFile';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();

test('what is written is read back, and the file before is replaced whole', async () => {
  const path = join(folder, 'stat.h5');
  await writeHdf5(path, { old: { shape: [1], data: Float32Array.of(1) } });
  const grid = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, NaN) };
  await writeHdf5(path, { loss: { shape: [2], data: Float32Array.of(0.25, 0) }, grid });
  const found = await readHdf5(path, ['loss', 'grid', 'old', 'none']);
  assert.deepEqual([...found.keys()], ['loss', 'grid']);
  assert.deepEqual(found.get('grid')!.shape, [2, 3]);
  assert.deepEqual(found.get('grid')!.values, grid.data);
  assert.deepEqual(await readdir(folder), ['stat.h5'], 'nothing is left beside it');
});

test('a file that makes the library abort or go round in circles is given up, and the next one is read', async () => {
  const good = filterFileOfH5py();
  const path = join(folder, 'hostile.h5');
  const thread = new Hdf5Thread(() => 300);
  const names = ['distance_to_center', 'label_list', 'image_list'];
  try {
    const refusal = async (damaged: Buffer): Promise<string> => {
      await writeFile(path, damaged);
      return thread.read(path, names).then(
        () => assert.fail('read'),
        (error: unknown) => (error instanceof UserError ? error.message : assert.fail(String(error))),
      );
    };
    // Where the texts of image_list lie: a size that is none, and then nothing but zeros.
    const size = Buffer.from(good);
    size.write('f8ffffffffffffff', 2144, 'hex');
    assert.match(await refusal(size), /hostile\.h5 is not an HDF5 file, or it is damaged \(Aborted/);
    assert.match(await refusal(Buffer.from(good).fill(0, 2346, 4000)), /\(it was still being read after 0\.3 s\)/);
    await writeFile(path, good);
    assert.deepEqual([...(await thread.read(path, names)).keys()], names);
  } finally {
    await thread.close();
  }
});

test('a dataset that states more than its file could hold is refused before it is read', async () => {
  const { File, ready } = await import('h5wasm/node');
  await ready;
  const path = join(folder, 'sparse.h5');
  const file = new File(path, 'w');
  file.create_dataset({ name: 'a', data: Float32Array.of(1), shape: [1], maxshape: [null], chunks: [1024] });
  (file.get('a') as { resize(shape: number[]): void }).resize([4e8]);
  file.close();
  await assert.rejects(readHdf5(path, ['a']), /sparse\.h5 .*\(a would take 1600000000 bytes\)/);
});

test('a file that is missing, is another kind or is cut off is told in one sentence', async () => {
  const told = (pattern: RegExp) => (error: unknown) => error instanceof UserError && pattern.test(error.sentence);
  await assert.rejects(readHdf5(join(folder, 'none.h5'), []), told(/There is no file/));
  const text = join(folder, 'text.h5');
  await writeFile(text, 'not HDF5');
  await assert.rejects(readHdf5(text, ['a']), told(/text\.h5 is not an HDF5 file/));
  const whole = join(folder, 'whole.h5');
  await writeHdf5(whole, { a: { shape: [5000], data: new Float32Array(5000) } });
  const cut = join(folder, 'cut.h5');
  await writeFile(cut, (await readFile(whole)).subarray(0, 3000));
  await assert.rejects(readHdf5(cut, ['a']), told(/cut\.h5 is not an HDF5 file, or it is damaged/));
});

test('texts, doubles and whole numbers are read again as they were written', async () => {
  const path = join(temporaryFolder(), 'mixed.h5');
  const texts = ['Žofie/a b.png', '', 'x'.repeat(300)];
  await writeHdf5(path, {
    texts: { data: texts },
    doubles: { shape: [2], data: Float64Array.of(1 / 3, NaN) },
    whole: { shape: [3], data: Int32Array.of(-1, 0, 2 ** 31 - 1) },
  });
  const found = await readHdf5(path, ['texts', 'doubles', 'whole']);
  assert.deepEqual(found.get('texts')!.values, texts);
  assert.deepEqual([...(found.get('doubles')!.values as ArrayLike<number> & Iterable<number>)], [1 / 3, NaN]);
  assert.deepEqual(Array.from(found.get('whole')!.values as ArrayLike<number>), [-1, 0, 2 ** 31 - 1]);
});
