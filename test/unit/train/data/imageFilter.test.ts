import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Dataset } from '../../../../src/dataset/scan';
import { UserError } from '../../../../src/protocol/errors';
import { writeHdf5 } from '../../../../src/files/hdf5';
import { distanceThreshold, filterDataset } from '../../../../src/train/data/imageFilter';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const folder = temporaryFolder();

/** A new HDF5 file, written with the library itself: ours writes float32 alone. */
async function hdf5File(path: string) {
  const { File, ready } = await import('h5wasm/node');
  await ready;
  return new File(path, 'w');
}

const told = (pattern: RegExp) => (error: unknown) => error instanceof UserError && pattern.test(error.sentence);

/** `images` of each of the people, at `root`. */
function datasetOf(people: Record<string, number>, root = join(folder, 'faces')): Dataset {
  const list = Object.entries(people).map(([name, count]) => ({
    name,
    images: Array.from({ length: count }, (_, i) => join(root, name, `${name}_${i}.png`)),
  }));
  return { root, people: list, ignored: 0 };
}

async function writeDistances(
  name: string,
  rows: readonly { label: number; path: string; distance: number }[],
): Promise<string> {
  const path = join(folder, name);
  const file = await hdf5File(path);
  file.create_dataset({ name: 'distance_to_center', data: Float64Array.from(rows, ({ distance }) => distance) });
  file.create_dataset({ name: 'label_list', data: BigInt64Array.from(rows, ({ label }) => BigInt(label)) });
  file.create_dataset({ name: 'image_list', data: rows.map((row) => row.path) });
  file.close();
  return path;
}

test('thresholds are those of NumPy histograms', () => {
  const distances = Float64Array.from({ length: 1000 }, (_, i) => 1 + Math.sin(i * 1.7) * Math.cos(i * 0.31));
  const above = (percentile: number): number => {
    const threshold = distanceThreshold(distances, percentile);
    return distances.filter((distance) => distance >= threshold).length;
  };
  assert.deepEqual([0, 25, 50, 90, 99.9, 100].map(above), [997, 755, 519, 106, 5, 5]);
  const thresholds = [0, 50, 100].map((percentile) => distanceThreshold(distances, percentile));
  [0.010557740774818754, 0.9884347651013536, 1.9899407881569684].forEach((value, i) =>
    assert.ok(Math.abs(thresholds[i]! - value) < 1e-12, `${thresholds[i]}`),
  );
});

test('at 100 the upper half of the last bin goes, at 0 all but the lower half of the first', () => {
  // 1000 distances, one alone at each end as in a bell: 1 and 11 of 1000 lie beyond the centres of the outer bins.
  const middle = Array.from({ length: 988 }, (_, i) => 2 + (96 * i) / 987);
  const distances = [...Array.from({ length: 11 }, (_, i) => i / 25), ...middle, 100];
  const threshold = (percentile: number): number => distanceThreshold(distances, percentile);
  assert.equal(distances.filter((distance) => distance >= threshold(100)).length, 1);
  assert.equal(distances.filter((distance) => !(distance >= threshold(0))).length, 11);
});

test('distances that are all the same, none, or not numbers', () => {
  assert.ok(distanceThreshold([3, 3, 3], 100) > 3);
  assert.equal(distanceThreshold([], 50), Infinity);
  assert.equal(distanceThreshold([NaN, 1, 2], 100), distanceThreshold([1, 2], 100));
});

test('far images go, and people that lose images and have too few left', async () => {
  const dataset = datasetOf({ ann: 4, bob: 2, cid: 1 });
  // The file was made where the faces lay elsewhere.
  const rows = datasetOf({ ann: 4, bob: 2, cid: 1 }, '/elsewhere').people.flatMap(({ images }, label) =>
    [...images].map((path, index) => ({ label, path, distance: label === 2 ? 0.1 : index === 0 ? 10 : 1 })),
  );
  const file = await writeDistances('ok.h5', rows);
  const options = { file, percentile: 90, minImagesPerClass: 2 };
  const { dataset: left, removedImages, removedPeople } = await filterDataset(dataset, options);
  assert.equal(removedImages, 2);
  assert.deepEqual(removedPeople, ['bob'], 'cid has one image but lost none: it is not counted');
  assert.deepEqual(
    left.people.map(({ name, images }) => [name, images.length]),
    [
      ['ann', 3],
      ['cid', 1],
    ],
  );
  assert.ok(![...left.people[0]!.images].some((path) => path.endsWith('ann_0.png')));
  const all = await filterDataset(dataset, { ...options, minImagesPerClass: 0 });
  assert.deepEqual(all.removedPeople, []);
});

test('labels of other people, datasets that are missing or of other lengths are told', async () => {
  const dataset = datasetOf({ ann: 1, bob: 1 });
  const filter = async (file: string) => filterDataset(dataset, { file, percentile: 50, minImagesPerClass: 0 });
  const swapped = await writeDistances('swapped.h5', [{ label: 0, path: '/x/bob/bob_0.png', distance: 1 }]);
  await assert.rejects(
    filter(swapped),
    told(/labels of .*swapped\.h5 do not fit .*bob_0\.png has label 0, which is ann/),
  );
  const beyond = await writeDistances('beyond.h5', [{ label: 7, path: '/x/bob/bob_0.png', distance: 1 }]);
  await assert.rejects(filter(beyond), told(/which is nobody there/));
  const lacking = join(folder, 'lacking.h5');
  await writeHdf5(lacking, { distance_to_center: { shape: [1], data: Float32Array.of(1) } });
  await assert.rejects(filter(lacking), told(/holds no dataset label_list of numbers/));
  const odd = join(folder, 'odd.h5');
  const file = await hdf5File(odd);
  file.create_dataset({ name: 'distance_to_center', data: Float64Array.of(1, 2) });
  file.create_dataset({ name: 'label_list', data: Int32Array.of(0) });
  file.create_dataset({ name: 'image_list', data: ['a/b'] });
  file.close();
  await assert.rejects(filter(odd), told(/2 distances, 1 labels and 1 images/));
});
