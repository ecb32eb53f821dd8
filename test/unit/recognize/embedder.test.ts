import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readNpy } from '../../../src/checkpoint/npy';
import { scanDataset } from '../../../src/dataset/scan';
import { describe } from '../../../src/network/describe';
import { networkByName } from '../../../src/network/registry';
import { StoppedError, UserError } from '../../../src/protocol/errors';
import { alignmentMismatches, recipeDifferences } from '../../../src/input/alignmentCheck';
import { createEmbedder } from '../../../src/recognize/embedder';
import { exportEmbeddings } from '../../../src/recognize/exportEmbeddings';
import { forEachBatch } from '../../../src/input/forwardPass';
import { embedPairs } from '../../../src/recognize/pairEmbeddings';
import { plainVariant, prepareImage } from '../../../src/input/prepareImage';
import { encodePng } from '../../../src/image/encode';
import { writeNoiseFaces } from '../../fixtures/noiseFaces';
import { readNpyStrings } from '../../fixtures/npyStrings';
import { regenerableWeights } from '../../fixtures/regenerableWeights';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const network = networkByName('squeezenet');
const recipe = { imageSize: 64, standardization: 'fixed' } as const;
const open = () => createEmbedder({ network, recipe, weights: regenerableWeights(describe(network).variables) });

async function facePaths(): Promise<string[]> {
  const folder = temporaryFolder();
  await writeNoiseFaces(folder, { people: 2, images: 3, size: 64 });
  const { people } = await scanDataset(folder);
  return people.flatMap(({ images }) => [...images]);
}

test('embeddings have length 1, the order of their images, and do not depend on the batch', async () => {
  const paths = await facePaths();
  const embedder = await open();
  const whole = await embedder.embed(paths);
  const inBatches = await embedder.embed([...paths].reverse(), { batchSize: 2 });
  const { dimension } = embedder;
  for (let row = 0; row < paths.length; row++) {
    const one = whole.subarray(row * dimension, (row + 1) * dimension);
    const other = inBatches.subarray((paths.length - 1 - row) * dimension, (paths.length - row) * dimension);
    assert.ok(Math.abs(one.reduce((sum, x) => sum + x * x, 0) - 1) < 1e-5);
    assert.ok(one.every((value, i) => Math.abs(value - other[i]!) < 1e-5));
  }
  await embedder.dispose();
});

test('pairs: each image is embedded once; flips follow in the same row', async () => {
  const paths = await facePaths();
  const embedder = await open();
  const pairs = [
    { a: paths[0]!, b: paths[1]! },
    { a: paths[1]!, b: paths[0]! },
  ];
  const progress: string[] = [];
  const { dimension, data } = await embedPairs(embedder, pairs, {
    useFlippedImages: true,
    onProgress: (done, total) => progress.push(`${done}/${total}`),
  });
  assert.equal(dimension, 2 * embedder.dimension);
  assert.deepEqual(progress, ['2/4', '4/4'], 'two images, plain and mirrored');
  const row = (index: number) => [...data.subarray(index * dimension, (index + 1) * dimension)];
  assert.deepEqual([row(0), row(1)], [row(3), row(2)]);
  const flipped = await embedder.embed([paths[0]!], { flipped: true });
  assert.ok(flipped.every((value, i) => Math.abs(value - row(0)[embedder.dimension + i]!) < 1e-6));
  assert.ok(
    flipped.some((value, i) => Math.abs(value - row(0)[i]!) > 1e-4),
    'a mirrored image is another image',
  );
  await embedder.dispose();
});

test('a file that is no image is named, and a stop is heard', async () => {
  const paths = await facePaths();
  const folder = temporaryFolder();
  const text = join(folder, 'notes.png');
  await writeFile(text, 'no image');
  const embedder = await open();
  await assert.rejects(
    embedder.embed([...paths, text]),
    (error: unknown) => error instanceof UserError && error.message.includes(text),
  );
  await assert.rejects(embedder.embed(paths, { signal: AbortSignal.abort() }), StoppedError);
  await embedder.dispose();
});

test('the export has sorted rows and the files of the reference', async () => {
  const folder = temporaryFolder();
  await writeNoiseFaces(folder, { people: 2, images: 2, size: 64 });
  const out = join(folder, '.out');
  await mkdir(out);
  const embedder = await open();
  const names = { embeddings: 'e', labels: 'l.npy', labelStrings: 's.npy' };
  const files = await exportEmbeddings(embedder, await scanDataset(folder), out, names);
  assert.deepEqual((await readdir(out)).sort(), ['e.npy', 'l.npy', 's.npy']);
  const embeddings = await readNpy(files.embeddings);
  assert.deepEqual(embeddings.shape, [4, 128]);
  assert.ok(embeddings.data instanceof Float64Array);
  const labels = await readNpy(files.labels);
  assert.deepEqual(labels.data, BigInt64Array.of(0n, 0n, 1n, 1n));
  assert.deepEqual(await readNpyStrings(files.labelStrings!), ['person_0', 'person_0', 'person_1', 'person_1']);
  await embedder.dispose();
});

test('an absolute name of an exported file is an absolute name', async () => {
  const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
  await writeNoiseFaces(folder, { people: 1, images: 1, size: 64 });
  const embedder = await open();
  const names = { embeddings: join(elsewhere, 'e.npy'), labels: 'l', labelStrings: join('deep', 's') };
  const files = await exportEmbeddings(embedder, await scanDataset(folder), join(folder, '.out'), names);
  assert.deepEqual(files, {
    embeddings: join(elsewhere, 'e.npy'),
    labels: join(folder, '.out', 'l.npy'),
    labelStrings: join(folder, '.out', 'deep', 's.npy'),
  });
  assert.deepEqual(await readdir(elsewhere), ['e.npy']);
  await embedder.dispose();
});

test('an image is cropped in the middle or padded, at random places inside, and mirrored', async () => {
  const size = 4;
  const ramp = (edge: number) =>
    encodePng({
      width: edge,
      height: edge,
      data: Uint8Array.from({ length: edge * edge * 3 }, (_, i) => Math.floor(i / 3) % edge),
    });
  const inputOf = async (edge: number, variant: Partial<typeof plainVariant> | object) => {
    const { data } = await prepareImage(await ramp(edge), { imageSize: size }, { ...plainVariant, ...variant });
    return [0, 1, 2, 3].map((x) => data[3 * x]!);
  };
  assert.deepEqual(await inputOf(7, {}), [1, 2, 3, 4]);
  assert.deepEqual(await inputOf(4, { crop: { x: 0.9, y: 0.9 } }), [0, 1, 2, 3]);
  assert.deepEqual(await inputOf(7, { crop: { x: 0.999, y: 0 } }), [3, 4, 5, 6]);
  assert.deepEqual(await inputOf(7, { flip: true }), [4, 3, 2, 1]);
  assert.deepEqual(
    await inputOf(3, { crop: { x: 0.5, y: 0.5 } }),
    [0, 1, 2, 0],
    'smaller images are padded, not cropped',
  );
});

test('batches overlap but are computed in order, one at a time', async () => {
  const events: string[] = [];
  await forEachBatch(
    {
      rowLength: 1,
      async read(indices, out) {
        events.push(`prepare ${indices[0]}`);
        out.fill(indices[0]!, 0, indices.length);
      },
    },
    5,
    async (input, start, count) => {
      events.push(`compute ${start}+${count}=${input[0]}`);
    },
    { batchSize: 2 },
  );
  assert.deepEqual(events, ['prepare 0', 'prepare 2', 'compute 0+2=0', 'prepare 4', 'compute 2+2=2', 'compute 4+1=4']);
});

test('faces that were cut out in another way than the model needs are told', async () => {
  const folder = temporaryFolder();
  const needs = { alignment: 'landmarks', imageSize: 150, standardization: 'dlib' } as const;
  assert.match((await alignmentMismatches(folder, needs)).join(), /does not say how its faces were aligned/);
  const record = {
    version: 1,
    detector: 'mtcnn',
    alignment: 'box',
    imageSize: 182,
    margin: 44,
    detectMultipleFaces: false,
    source: '/x',
    createdAt: '',
  };
  await writeFile(join(folder, 'alignment.json'), JSON.stringify(record));
  const notes = await alignmentMismatches(folder, needs);
  assert.equal(notes.length, 2);
  assert.match(notes[0]!, /by its box.*by its landmarks/);
  assert.match(notes[1]!, /182×182.*150×150: they are cropped/);
  const chips = { ...record, alignment: 'landmarks', imageSize: 150 };
  for (const [cut, wanted, pattern] of [
    [undefined, 'mean-face', /with the nose's tip where its base belongs.*Align the photographs with --chip mean-face/],
    ['mean-face', undefined, /where the mean face has them.*Align the photographs with --chip tip-at-base/],
    ['tip-at-base', undefined, /^$/],
    ['mean-face', 'mean-face', /^$/],
  ] as const) {
    await writeFile(join(folder, 'alignment.json'), JSON.stringify({ ...chips, chip: cut }));
    const model = { ...needs, ...(wanted !== undefined && { chip: wanted }) };
    assert.match((await alignmentMismatches(folder, model)).join(), pattern);
  }
  await writeFile(join(folder, 'alignment.json'), JSON.stringify(record));
  const fits = { alignment: 'box', imageSize: 160, standardization: 'fixed' } as const;
  assert.deepEqual(await alignmentMismatches(folder, fits, { mayBeLarger: true }), []);
  assert.equal((await alignmentMismatches(folder, fits)).length, 1);
  assert.deepEqual(recipeDifferences(fits, fits), []);
  assert.equal(recipeDifferences(fits, { ...fits, standardization: 'per_image', imageSize: 182 }).length, 2);
});
