import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import sharp from 'sharp';
import { writeCheckpoint } from '../../src/checkpoint/writeCheckpoint';
import { developPhotograph } from '../../src/demo/develop';
import { drawPerson } from '../../src/demo/person';
import { drawPhotograph } from '../../src/demo/photograph';
import { distFile } from '../../src/engine/installation';
import { readHdf5 } from '../../src/files/hdf5';
import { describe } from '../../src/network/describe';
import { networkByName } from '../../src/network/registry';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { regenerableWeights } from '../fixtures/regenerableWeights';
import { temporaryFolder } from '../fixtures/temporaryFolder';

const folder = temporaryFolder();

function facenet(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, FACENET_ASSETS: join(folder, 'none') };
  return spawnSync(process.execPath, [distFile('cli.cjs'), ...argv], { cwd: folder, encoding: 'utf8', env });
}

before(async () => {
  const network = networkByName('squeezenet', { embeddingSize: 16 });
  await writeCheckpoint(join(folder, 'model', 'model-c.ckpt-5'), regenerableWeights(describe(network, {}).variables));
  await writeNoiseFaces(join(folder, 'people'), { people: 2, images: 3, size: 160 });
  mkdirSync(join(folder, 'photos'));
  for (const [person, photograph] of [
    [0, 0],
    [0, 1],
    [1, 0],
  ] as const) {
    const picture = await developPhotograph(drawPerson(3, person, 'x'), drawPhotograph(3, person, photograph));
    writeFileSync(join(folder, 'photos', `p${person}_${photograph}.jpg`), picture);
  }
  writeFileSync(join(folder, 'photos', 'notes.jpg'), 'no image');
});

test('cluster.py as it is pasted: its lines, the pictures, and a table that leads back to the photographs', () => {
  const argv = [
    'python',
    'contributed/cluster.py',
    'starter',
    'photos',
    'out',
    '--cluster_threshold',
    '2',
    '--min_cluster_size',
    '1',
  ];
  const done = facenet(...argv);
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stderr, /It is left out: .*notes\.jpg is not an image/);
  assert.match(
    done.stderr,
    /^All faces are in one cluster, and no two are further apart than \d\.\d\d: .*--cluster_threshold\.$/m,
  );
  assert.match(done.stdout, /^Distance matrix\n {8}0 {9}1 {5}\n0 {4}0\.0000 /);
  assert.match(done.stdout, /^No of clusters: 1\nCluster 0: \[0, 1\]\nSaving all clusters$/m);
  assert.deepEqual(readdirSync(join(folder, 'out', '0')).sort(), ['1.png', '2.png']);
  const rows = readFileSync(join(folder, 'out', 'faces.csv'), 'utf8')
    .trim()
    .split('\n');
  assert.equal(rows[0], 'file,cluster,source,left,top,right,bottom,score');
  assert.match(rows[1]!, /^0.1\.png,0,.*p0_0\.jpg,\d+\.\d,\d+\.\d,\d+\.\d,\d+\.\d,[01]\.\d{4}$/);
  assert.match(facenet(...argv).stderr, /out is not empty\. Name a new or empty output folder\./);
  // Of the third photograph the detector is not sure enough.
  const largest = facenet(
    'cluster',
    'starter',
    'photos',
    'largest',
    '--cluster_threshold',
    '2',
    '--largest_cluster_only',
  );
  assert.match(largest.stdout, /^Saving largest cluster \(Cluster: 0\)$/m);
  assert.deepEqual(readdirSync(join(folder, 'largest')).sort(), ['1.png', '2.png', 'faces.csv']);
});

test('clustering.py as it is pasted sorts aligned faces, and touches none of them', () => {
  const input = join('people', 'person_0');
  const argv = [
    'python',
    'contributed/clustering.py',
    '--model_dir',
    'model',
    '--batch_size',
    '30',
    '--input',
    input,
    '--output',
    'groups',
  ];
  const done = facenet(...argv);
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stderr, /^All faces are in one cluster: .*raise --threshold\.$/m);
  assert.match(done.stdout, /^Clusters: 1, of 3 faces; 0 faces are like no other and are in none\.$/m);
  const [name] = readdirSync(join(folder, input));
  assert.deepEqual(readFileSync(join(folder, 'groups', '0', name!)), readFileSync(join(folder, input, name!)));
  mkdirSync(join(folder, 'single'));
  writeFileSync(join(folder, 'single', name!), readFileSync(join(folder, input, name!)));
  const single = facenet('clustering', '--model_dir', 'model', '--input', 'single', '--output', 'none');
  assert.match(single.stderr, /facenet: .*single has one face only: there is nothing to sort/);
  assert.equal(existsSync(join(folder, 'none')), false);
});

test('calculate_filtering_metrics.py as it is pasted writes what a training filters by', async () => {
  const argv = ['python', 'src/calculate_filtering_metrics.py', 'people', 'model', 'metrics.h5'];
  const done = facenet(...argv);
  assert.equal(done.status, 0, done.stderr);
  assert.match(
    done.stdout,
    /^Batch 0 in \d+\.\d{3} seconds\nBatch 1 in .* seconds\nWriting filtering data to .*metrics\.h5\n$/,
  );
  const found = await readHdf5(join(folder, 'metrics.h5'), [
    'class_names',
    'image_list',
    'label_list',
    'distance_to_center',
  ]);
  assert.deepEqual(found.get('class_names')!.values, ['person_0', 'person_1']);
  assert.deepEqual(Array.from(found.get('label_list')!.values as ArrayLike<number>), [0, 0, 0, 1, 1, 1]);
  assert.match((found.get('image_list')!.values as string[])[3]!, /person_1.person_1_0001\.png$/);
  const distances = Array.from(found.get('distance_to_center')!.values as ArrayLike<number>);
  assert.ok(distances.length === 6 && distances.every((value) => value > 0 && value < 2));
  assert.match(facenet(...argv).stderr, /metrics\.h5 exists already/);
});

test('decode_msceleb_dataset.py as it is pasted writes the images and keeps those that are there', async () => {
  const picture = await sharp({ create: { width: 20, height: 12, channels: 3, background: '#a33' } })
    .jpeg()
    .toBuffer();
  const lines = [
    `m.1\tAnn\t1\tu\tFaceId-0\t${picture.toString('base64')}`,
    'broken',
    `m.1\tBob\t2\tu\tFaceId-1\t${Buffer.from('x').toString('base64')}`,
  ];
  writeFileSync(join(folder, 'm.tsv'), `${lines.join('\n')}\n`);
  const argv = ['python', 'src/decode_msceleb_dataset.py', 'celebs', 'm.tsv', '--size', '8'];
  const done = facenet(...argv);
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stdout, /^ {7}1: .*celebs.m\.1.Ann-FaceId-0\.png\n$/);
  assert.match(done.stderr, /^Line 2 of .*m\.tsv is left out: 1 columns, not 6\.$/m);
  assert.match(done.stderr, /^It is left out: image 2 of /m);
  const { width, height, format } = await sharp(join(folder, 'celebs', 'm.1', 'Ann-FaceId-0.png')).metadata();
  assert.deepEqual([width, height, format], [8, 8, 'png']);
  assert.match(facenet(...argv).stderr, /^1 images were there already and are kept as they are\.$/m);
});
