import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { AlignmentLog } from '../../../src/align/alignmentLog';
import { writeAlignmentRecord } from '../../../src/align/alignmentRecord';
import { indexFile, openDataset } from '../../../src/dataset/datasetIndex';
import { digestOf, digestText } from '../../../src/dataset/digestTable';
import { FactsReader } from '../../../src/dataset/factsFile';
import { ImageFacts } from '../../../src/dataset/imageFacts';
import { SavedIndex } from '../../../src/dataset/savedIndex';
import { planErasure } from '../../../src/erase/erasure';
import { readGallery, writeGallery } from '../../../src/identify/gallery';
import { encodePng } from '../../../src/image/encode';
import { alignRequestSchema, trainRequestSchema } from '../../../src/protocol/job';
import { createRunFolder, runsDirectory } from '../../../src/run/runFolder';
import { ActivationStore } from '../../../src/train/data/activationStore';
import { cacheFolder, filledFolder } from '../../../src/train/data/cacheFolder';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const people = ['Ada_Lovelace', 'Ada_Lovelace_II', 'Grace_Hopper'];
const rowLength = 5;

/** A picture that no other one is like. */
async function picture(path: string, colour: number): Promise<Buffer> {
  const bytes = await encodePng({ width: 8, height: 8, data: new Uint8Array(192).fill(colour) });
  await writeFile(path, bytes);
  return Buffer.from(bytes);
}

/** Photographs of three people, their faces, a training on these with its cache, index, facts and check. */
async function workspace() {
  const root = temporaryFolder();
  const [photos, faces, removed] = ['photos', 'faces', 'photos_removed'].map((name) => join(root, name)) as [
    ...[string, string, string],
  ];
  const contents = new Map<string, Buffer>();
  for (const [dataset, number] of [photos, faces].map((path, index) => [path, index] as const)) {
    for (const [index, person] of people.entries()) {
      await mkdir(join(dataset, person), { recursive: true });
      for (const image of [1, 2]) {
        const path = join(dataset, person, `${person}_000${image}.png`);
        contents.set(path, await picture(path, 100 * number + 10 * index + image));
      }
    }
  }
  await mkdir(join(removed, 'Ada_Lovelace'), { recursive: true });
  await picture(join(removed, 'Ada_Lovelace', 'blurred.png'), 200);

  const request = alignRequestSchema.parse({ kind: 'align', inputDir: photos, outputDir: faces });
  await writeAlignmentRecord(faces, {
    ...{ version: 1, detector: 'starter', alignment: 'box', imageSize: 8, margin: 0, detectMultipleFaces: false },
    ...{ upright: false, source: photos, createdAt: new Date().toISOString() },
  });
  const log = await AlignmentLog.open(faces);
  for (const person of people)
    await log.append({ outcome: 'noFace', image: `${person}/${person}_0001.png`, size: [8, 8] });
  await log.close();
  const boxes = people.map((person) => `${join(faces, person, `${person}_0001.png`)} 1 2 3 4\n`);
  await writeFile(join(faces, 'bounding_boxes_00001.txt'), boxes.join(''));

  const runs = runsDirectory(root);
  await createRunFolder(runs, request, 'align').then(async (run) => run.update({ state: 'done' }));
  const config = {
    dataDir: faces,
    phases: [{ name: 'all', epochs: 1, trainableFrom: 'Bottleneck', learningRate: 0.1 }],
  };
  const training = await createRunFolder(runs, trainRequestSchema.parse({ kind: 'train', config }), 'first');
  await training.update({ state: 'done', labels: people });
  await checkpoint(training.checkpoints, 12);
  const after = { ...config, pretrainedModel: join(training.checkpoints, 'model-first.ckpt-12') };
  const elsewhere = { ...after, activationCacheDir: 'elsewhere' };
  const second = await createRunFolder(runs, trainRequestSchema.parse({ kind: 'train', config: elsewhere }), 'second');
  await second.update({ state: 'done', labels: ['Grace_Hopper', 'Somebody'] });
  await checkpoint(second.checkpoints, 3);

  await mkdir(training.cache);
  const store = await ActivationStore.open(join(training.cache, 'key'), rowLength);
  const images = [...contents].filter(([path]) => path.startsWith(faces));
  const ids = images.map(([, bytes]) => `${digestText(digestOf(bytes))}.plain`);
  await store.append(ids, Float32Array.from(ids.flatMap((_, row) => Array<number>(rowLength).fill(row))));
  await store.flush();
  const ranked = { activationCacheDir: join(root, 'elsewhere'), activationCachePerRank: true };
  const ofRank = cacheFolder(ranked, { runFolder: second.path, runId: second.record.id }, 1);
  for (const other of [filledFolder(ranked.activationCacheDir), ofRank]) {
    await mkdir(other, { recursive: true });
    const kept = await ActivationStore.open(join(other, 'key'), rowLength);
    await kept.append(ids.slice(0, 1), new Float32Array(rowLength));
    await kept.flush();
  }

  const index = join(root, '.facenet', 'index');
  await mkdir(index);
  const { dataset } = await openDataset(faces, { index });
  // A fact is kept of what has not changed just now.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  await new ImageFacts(indexFile(index, faces, 'facts')).look(
    images.map(([path]) => path),
    { decode: false },
    () => undefined,
  );
  const problem = (person: string) => ({
    problem: { kind: 'single-image-person', path: join(faces, person), person },
    state: '1',
  });
  const check = indexFile(index, faces, 'problems.json');
  await writeFile(
    check,
    JSON.stringify({ version: 1, root: faces, folders: 'x', problems: ['Ada_Lovelace', 'Grace_Hopper'].map(problem) }),
  );
  assert.equal(dataset.people.length, 3);
  return { root, photos, faces, removed, index, check, training, second, store, images, ofRank };
}

async function checkpoint(folder: string, step: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const run = basename(join(folder, '..')).replace(/^\d+-\d+-/, '');
  await writeFile(join(folder, `model-${run}.ckpt-${step}.index`), '');
}

test('a person goes from every place that knows them, the others stay, and what has learned from them is listed', async () => {
  const { root, photos, faces, removed, index, check, training, store, images, ofRank } = await workspace();
  const trash = join(temporaryFolder(), 'put away');
  const { plan, carryOut } = await planErasure({ person: 'Ada Lovelace', folders: [root] });
  assert.equal(plan.person, 'Ada_Lovelace');
  const told = plan.steps.map(({ kind, path }) => `${kind} ${path.slice(root.length + 1)}`);
  const inIndex = (extension: string): string => indexFile(index, faces, extension).slice(root.length + 1);
  const runName = basename(training.path);
  assert.deepEqual(told, [
    `activations ${ofRank.slice(root.length + 1)}`,
    'activations elsewhere/filled/cache',
    `activations .facenet/runs/${runName}/cache`,
    `index ${inIndex('index')}`,
    `index ${inIndex('facts')}`,
    `index ${inIndex('problems.json')}`,
    'lines faces/bounding_boxes_00001.txt',
    'lines faces/images.jsonl',
    'folder faces/Ada_Lovelace',
    'folder photos/Ada_Lovelace',
    'folder photos_removed/Ada_Lovelace',
  ]);
  assert.deepEqual(
    plan.steps.map((step) => (step.kind === 'activations' ? step.rows : step.kind === 'folder' ? step.images : 0)),
    [1, 1, 2, 0, 0, 0, 0, 0, 2, 2, 1],
  );
  assert.deepEqual(
    plan.checkpoints.map(({ prefix, through }) => [basename(prefix), through]),
    [
      ['model-first.ckpt-12', undefined],
      ['model-second.ckpt-3', 'first'],
    ],
  );
  assert.deepEqual(plan.naming, [training.recordFile]);
  assert.equal(existsSync(join(photos, 'Ada_Lovelace')), true, 'a plan changes nothing');

  const moved = await carryOut({ otherwise: trash, onlyFolder: true });
  assert.deepEqual(
    moved.map(({ from, to }) => [from, to]),
    [faces, photos, removed].map((path) => [join(path, 'Ada_Lovelace'), join(trash, basename(path), 'Ada_Lovelace')]),
  );
  assert.equal((await readdir(join(trash, 'faces', 'Ada_Lovelace'))).length, 2);
  assert.deepEqual(await readdir(photos), ['Ada_Lovelace_II', 'Grace_Hopper']);

  const looks = {
    contents: Uint32Array.from(images.flatMap(([, bytes]) => [...digestOf(bytes)])),
    labels: ['plain'],
  };
  const found = await store.find(looks);
  assert.deepEqual([...found.missing], [0, 1], 'their rows are gone, and only theirs');
  const reader = await store.find({ ...looks, contents: looks.contents.slice(8) }).then((rows) => rows.reader(1 << 20));
  const kept = new Float32Array(4 * rowLength);
  await reader.read([0, 1, 2, 3], kept);
  assert.deepEqual(
    [...kept].filter((_, at) => at % rowLength === 0),
    [2, 3, 4, 5],
    'with the numbers that they had',
  );

  const saved = await SavedIndex.open(indexFile(index, faces, 'index'), faces);
  assert.deepEqual(saved.names(), ['Ada_Lovelace_II', 'Grace_Hopper']);
  assert.deepEqual([...(await saved.namesOf(0))], ['Ada_Lovelace_II_0001.png', 'Ada_Lovelace_II_0002.png']);
  await saved.close();
  const facts = await FactsReader.open(indexFile(index, faces, 'facts'));
  const folders = [...facts.folders()].map(String);
  assert.deepEqual(
    folders.sort(),
    people
      .slice(1)
      .map((name) => String(digestOf(join(faces, name))))
      .sort(),
  );
  await facts.close();
  assert.doesNotMatch(await readFile(check, 'utf8'), /Ada_Lovelace/);
  assert.match(await readFile(check, 'utf8'), /Grace_Hopper/);
  const lines = (await readFile(join(faces, 'images.jsonl'), 'utf8')).trim().split('\n');
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { image: string }).image),
    ['Ada_Lovelace_II/Ada_Lovelace_II_0001.png', 'Grace_Hopper/Grace_Hopper_0001.png'],
  );
  assert.equal((await readFile(join(faces, 'bounding_boxes_00001.txt'), 'utf8')).split('\n').length, 3);

  const again = await planErasure({ person: 'Ada_Lovelace', folders: [root] });
  assert.deepEqual(again.plan.steps, []);
  assert.equal(again.plan.checkpoints.length, 2);
});

test('after a failure half way it is said how far it came, and done again it goes on', async (t) => {
  const { root, photos, faces } = await workspace();
  const trash = join(temporaryFolder(), 'put away');
  // A file where the folder for the photographs is to be made.
  await mkdir(trash, { recursive: true });
  await writeFile(join(trash, 'photos'), 'in the way');
  const { plan, carryOut } = await planErasure({ person: 'Ada_Lovelace', folders: [root] });
  const done: string[] = [];
  const inTheWay = plan.steps.findIndex(({ path }) => path === join(photos, 'Ada_Lovelace'));
  assert.ok(inTheWay > 5 && inTheWay < plan.steps.length - 1, `${inTheWay}`);
  await assert.rejects(
    carryOut({ otherwise: trash, onlyFolder: true, onDone: ({ path }) => done.push(path) }),
    new RegExp(
      `photos.Ada_Lovelace could not be moved to .*${inTheWay} of ${plan.steps.length} steps were done before it, and stay done`,
    ),
  );
  assert.deepEqual(
    done,
    plan.steps.slice(0, inTheWay).map(({ path }) => path),
  );
  assert.equal(existsSync(join(faces, 'Ada_Lovelace')), false);
  assert.equal((await readdir(join(photos, 'Ada_Lovelace'))).length, 2, 'what could not be moved is whole');

  await rm(join(trash, 'photos'));
  const rest = await planErasure({ person: 'Ada_Lovelace', folders: [root] });
  assert.deepEqual(rest.plan.steps, plan.steps.slice(inTheWay));
  await rest.carryOut({ otherwise: trash, onlyFolder: true });
  assert.equal(existsSync(join(photos, 'Ada_Lovelace')), false);

  await t.test('a stop between two steps leaves the rest', async () => {
    const other = await planErasure({ person: 'Grace_Hopper', folders: [root] });
    const stop = new AbortController();
    await assert.rejects(
      other.carryOut({ otherwise: trash, onlyFolder: true, onDone: () => stop.abort(), signal: stop.signal }),
      { name: 'StoppedError' },
    );
    assert.equal(existsSync(join(photos, 'Grace_Hopper')), true);
  });
});

test('a job that works with their images, a name that nobody has and one that is a path are refused', async () => {
  const { root, faces, second } = await workspace();
  const erase = async (person: string) => planErasure({ person, folders: [root] });
  await assert.rejects(erase('Ada_Lovelase'), /Nobody is called Ada_Lovelase in the 2 datasets here.* /);
  await assert.rejects(erase('Ada_Lovelase'), { action: 'Did you mean Ada_Lovelace?' });
  for (const path of ['', '..', 'photos/Ada_Lovelace', 'photos\\Ada_Lovelace'])
    await assert.rejects(erase(path), /is no name of a person/);
  await assert.rejects(planErasure({ person: 'Ada', folders: [join(root, 'nowhere')] }), /There is no folder/);
  const worker = { pid: process.pid, startTime: '', hostname: 'another machine', node: process.version };
  await second.update({ state: 'running', worker });
  await assert.rejects(erase('Grace_Hopper'), /second is running and works with images of this person/);
  assert.equal(existsSync(join(faces, 'Grace_Hopper')), true);
});

test(
  'a link to a folder is put away alone',
  { skip: process.platform === 'win32' && 'links need rights' },
  async () => {
    const root = temporaryFolder();
    const elsewhere = join(temporaryFolder(), 'Ada');
    for (const folder of [join(root, 'set', 'Grace'), join(root, 'set', 'Emmy'), elsewhere]) {
      await mkdir(folder, { recursive: true });
      await picture(join(folder, '1.png'), 1);
    }
    await symlink(elsewhere, join(root, 'set', 'Ada'));
    const { plan, carryOut } = await planErasure({ person: 'Ada', folders: [root] });
    assert.deepEqual(plan.steps, [{ kind: 'folder', path: join(root, 'set', 'Ada'), images: 1, link: elsewhere }]);
    await carryOut({ otherwise: join(root, 'away'), onlyFolder: true });
    assert.deepEqual(await readdir(elsewhere), ['1.png']);
    assert.deepEqual(await readdir(join(root, 'set')), ['Emmy', 'Grace']);
  },
);

test('they leave galleries; a classifier that knows them is put away, and it is said whether a new one can be trained', async () => {
  const { root } = await workspace();
  const model = { name: 'starter', network: 'dlib_resnet', embeddingSize: 2, sha256: '0'.repeat(64) } as const;
  const recipe = { alignment: 'landmarks', imageSize: 150, standardization: 'dlib' } as const;
  const header = { version: 1, kind: 'facenet-gallery', createdAt: 'now', model, recipe, margin: 0 } as const;
  const face = { file: 'a.png', embedding: Float32Array.of(1, 0) };
  const gallery = join(root, 'photos.gallery');
  const enrolled = new Map([
    ['Ada Lovelace', [face, { ...face, file: 'b.png' }]],
    ['Grace_Hopper', [face]],
  ]);
  await writeGallery(gallery, { header, people: enrolled });
  const person = (folder: string) => ({ name: folder.replaceAll('_', ' '), folder, images: 1 });
  const classifier = (...folders: string[]): string =>
    JSON.stringify({ ...header, kind: 'facenet-classifier', people: folders.map(person) });
  await writeFile(join(root, 'both.json'), classifier('Ada_Lovelace', 'Grace_Hopper'));
  const from = { faces: join(root, 'faces'), model: 'starter', far: 0.01 };
  const recorded = { a: from, b: { ...from, model: join(root, 'gone.pb') }, c: { ...from, faces: join(root, 'gone') } };
  for (const [name, trainedFrom] of Object.entries(recorded)) {
    const file = JSON.parse(classifier('Ada_Lovelace', 'Ada_Lovelace_II', 'Grace_Hopper')) as object;
    await writeFile(join(root, `${name}.json`), JSON.stringify({ ...file, trainedFrom }));
  }
  const two = JSON.parse(classifier('Ada_Lovelace', 'Grace_Hopper')) as object;
  await writeFile(join(root, 'd.json'), JSON.stringify({ ...two, trainedFrom: from }));
  await writeFile(join(root, 'others.json'), classifier('Rosa_Parks', 'Grace_Hopper'));
  const { plan, carryOut, done } = await planErasure({ person: 'Ada_Lovelace', folders: [root] });
  const step = (name: string) => ({ kind: 'classifier', path: join(root, `${name}.json`) });
  assert.deepEqual(plan.steps.slice(0, 6), [
    { ...step('a'), refit: { people: 2, faces: from.faces } },
    { ...step('b'), away: 'model' },
    { ...step('both'), away: 'unrecorded' },
    { ...step('c'), away: 'faces' },
    { ...step('d'), away: 'people' },
    { kind: 'gallery', path: gallery, faces: 2 },
  ]);
  const away = join(temporaryFolder(), 'away');
  await carryOut({ otherwise: away, onlyFolder: true });
  assert.deepEqual([...(await readGallery(gallery)).people.keys()], ['Grace_Hopper']);
  assert.ok(existsSync(join(away, 'both.json')) && !existsSync(join(root, 'both.json')));
  assert.ok(existsSync(join(root, 'others.json')));
  // This one is no whole classifier, so that nothing could be trained in its place.
  assert.deepEqual(done()[0], { ...step('a'), away: 'failed' });
  assert.ok(existsSync(join(away, 'a.json')) && !existsSync(join(root, 'a.json')));
  assert.deepEqual(
    (await readdir(root)).filter((name) => name.endsWith('.tmp')),
    [],
  );
});
