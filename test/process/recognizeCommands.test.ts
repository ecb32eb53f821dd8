import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import sharp from 'sharp';
import { writeCheckpoint } from '../../src/checkpoint/writeCheckpoint';
import { developPhotograph } from '../../src/demo/develop';
import { drawPerson } from '../../src/demo/person';
import { drawPhotograph } from '../../src/demo/photograph';
import { distFile } from '../../src/engine/installation';
import { describe } from '../../src/network/describe';
import { networkByName } from '../../src/network/registry';
import { faceComparisonSchema } from '../../src/protocol/faceComparison';
import { lfwReportSchema } from '../../src/protocol/lfwReport';
import { recognitionThresholdSchema, recognizedPhotographSchema } from '../../src/protocol/recognition';
import { regenerableWeights } from '../fixtures/regenerableWeights';
import { temporaryFolder } from '../fixtures/temporaryFolder';
import { pickledSet } from '../fixtures/verificationSet';

const folder = temporaryFolder();
const seed = 3;
const names = ['Ann_A', 'Bea_B', 'Cleo_C'];
const starter = ['--detector', 'starter'];

function facenet(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  // No weights of MTCNN: the detector of the package finds drawn faces.
  const env = { ...process.env, FACENET_ASSETS: join(folder, 'none') };
  return spawnSync(process.execPath, [distFile('cli.cjs'), ...argv], { cwd: folder, encoding: 'utf8', env });
}

const photo = (person: number, photograph: number): string => join('photos', names[person]!, `${photograph}.jpg`);

before(async () => {
  for (const [person, name] of names.entries()) {
    mkdirSync(join(folder, 'photos', name), { recursive: true });
    for (let photograph = 0; photograph < 4; photograph++) {
      const picture = await developPhotograph(drawPerson(seed, person, name), drawPhotograph(seed, person, photograph));
      writeFileSync(join(folder, photo(person, photograph)), picture);
    }
  }
  await sharp({ create: { width: 300, height: 300, channels: 3, background: '#345' } })
    .png()
    .toFile(join(folder, 'empty.png'));
  const network = networkByName('squeezenet', { embeddingSize: 8 });
  await writeCheckpoint(join(folder, 'other', 'model-o.ckpt-1'), regenerableWeights(describe(network, {}).variables));
});

test('compare.py as it is pasted prints the matrix, and the verdict at a threshold', () => {
  const argv = [
    'python',
    'src/compare.py',
    'starter',
    photo(0, 0),
    photo(0, 1),
    'empty.png',
    photo(1, 0),
    '--margin',
    '44',
  ];
  const compared = facenet(...argv, '--gpu_memory_fraction', '0.5', '--threshold', '0.5');
  assert.equal(compared.status, 0, compared.stderr);
  assert.match(compared.stderr, /^--gpu_memory_fraction has no effect/m);
  assert.match(compared.stderr, /^can't detect face, remove {2}empty\.png$/m);
  const lines = compared.stdout.split('\n');
  assert.deepEqual(lines.slice(0, 6), [
    'Images:',
    `0: ${photo(0, 0)}`,
    `1: ${photo(0, 1)}`,
    `2: ${photo(1, 0)}`,
    '',
    'Distance matrix',
  ]);
  assert.equal(lines[6], '        0         1         2     ');
  assert.match(lines[7]!, /^0 {4}0\.0000 {4}0\.\d{4} {4}0\.\d{4} {2}$/);
  assert.match(compared.stdout, /^0 and 2: (the same person|two people) \(0\.\d{4}, threshold 0\.5000\)$/m);
  const silent = facenet('compare', 'starter', photo(0, 0), photo(1, 1));
  assert.match(silent.stderr, /No threshold is known for starter, .* --keep_report, or give --threshold or --report/);
  assert.doesNotMatch(silent.stdout, /same person|two people/);
  const none = facenet('compare', 'starter', 'empty.png');
  assert.equal(none.status, 1);
  assert.match(none.stderr, /facenet: No face was found in any of the images\./);
});

test('thresholds and confidence come from the report of a validation', () => {
  const faces = join(folder, 'aligned');
  const aligned = facenet('align', 'photos', 'aligned', '--image_size', '150', '--alignment', 'landmarks', ...starter);
  assert.equal(aligned.status, 0, aligned.stderr);
  const pairs = names.flatMap((name, i) => {
    const other = names[(i + 1) % names.length]!;
    return [0, 1, 2].flatMap((k) => [`${name}\t${k}\t${k + 1}`, `${name}\t${k}\t${other}\t${k}`]);
  });
  // The protocol names images Name_0001.
  for (const name of names)
    for (let k = 0; k < 4; k++)
      copyFileSync(join(faces, name, `${k}.png`), join(faces, name, `${name}_${String(k).padStart(4, '0')}.png`));
  writeFileSync(join(folder, 'pairs.txt'), `${['2\t5', ...pairs].join('\n')}\n`);
  const validate = ['validate-on-lfw', 'aligned', 'starter', '--lfw_pairs', 'pairs.txt', '--lfw_nrof_folds', '2'];
  const measured = facenet(...validate, '--confidence', '--json', 'report.json');
  assert.equal(measured.status, 0, measured.stderr);
  assert.match(measured.stdout, /^Threshold at greatest accuracy: \d\.\d{4} \(TAR 1?/m);
  assert.match(measured.stdout, /^Threshold at FAR 1e-3: insufficient data \(9 pairs of two people; it takes 3000\)$/m);
  assert.match(measured.stdout, /^Confidence at distance d: 1 \/ \(1 \+ exp\(/m);
  assert.match(facenet(...validate, '--keep_report').stderr, /Nothing can be kept beside the starter/);
  const compared = facenet('compare', 'starter', photo(0, 0), photo(0, 1), '--report', 'report.json');
  assert.match(compared.stdout, /^0 and 1: .* \(0\.\d{4}, threshold 0\.\d{4}, \d+\.\d % sure to be one person\)$/m);
  const told = facenet(
    'compare',
    'starter',
    photo(0, 0),
    'empty.png',
    photo(1, 0),
    '--report',
    'report.json',
    '--json',
    '--crops',
  );
  const comparison = faceComparisonSchema.parse(JSON.parse(told.stdout));
  assert.deepEqual(comparison.faceless, ['empty.png']);
  assert.equal(comparison.confidence?.length, 2);
  assert.match(comparison.images[1]!.crop!, /^data:image\/jpeg;base64,/);
  const few = facenet('compare', 'starter', photo(0, 0), photo(0, 1), '--report', 'report.json', '--at', 'far3');
  assert.match(few.stderr, /has too few pairs to tell the threshold "far3" \(9 of two people\)/);
});

test('a verification set is validated as it is, with the figures of the folder that it is unpacked to', () => {
  const images = [0, 1, 2].flatMap((k) => [photo(0, k), photo(0, k + 1), photo(1, k), photo(2, k)]);
  const set = pickledSet(
    images.map((file) => readFileSync(join(folder, file))),
    images.filter((_, index) => index % 2 === 0).map((_, pair) => pair % 2 === 0),
  );
  writeFileSync(join(folder, 'set.bin'), set);
  const flags = ['--lfw_nrof_folds', '2', '--use_flipped_images', '--json'];
  const direct = facenet('validate-on-lfw', 'set.bin', 'starter', ...flags, 'direct.json');
  assert.equal(direct.status, 0, direct.stderr);
  assert.match(direct.stderr + direct.stdout, /set\.bin is a verification set: the pairs are its own/);
  assert.match(direct.stdout, /^Accuracy: [01]\.\d{5}/m);
  const unpacked = facenet('unpack-pairs', 'set.bin', 'unpacked', '--image_size', '150');
  assert.equal(unpacked.status, 0, unpacked.stderr);
  const pairs = ['--lfw_pairs', join('unpacked', 'pairs.txt')];
  const folders = facenet('validate-on-lfw', 'unpacked', 'starter', ...pairs, ...flags, 'folder.json');
  assert.equal(folders.status, 0, folders.stderr);
  const [one, other] = ['direct.json', 'folder.json'].map((file) =>
    lfwReportSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))),
  );
  assert.equal(one!.distances.length, 6);
  assert.deepEqual(one!.distances, other!.distances);
  assert.match(one!.imagesDir, /set\.bin$/);
  writeFileSync(join(folder, 'broken.bin'), set.subarray(0, 200));
  assert.match(
    facenet('validate-on-lfw', 'broken.bin', 'starter').stderr,
    /broken\.bin cannot be read as a verification set/,
  );
});

test('who answers a line for each photograph as it is done, and one that cannot be read is told there', () => {
  const enrolled = facenet('identify', 'enrol', 'lines.jsonl', 'starter', 'photos', ...starter);
  assert.equal(enrolled.status, 0, enrolled.stderr);
  writeFileSync(join(folder, 'broken.jpg'), 'no picture');
  const photographs = [photo(1, 0), 'broken.jpg', 'empty.png', photo(2, 1)];
  const who = ['identify', 'who', 'lines.jsonl', 'starter', ...photographs, '--threshold', '0.6', '--lines'];
  const told = facenet(...who, ...starter);
  assert.equal(told.status, 0, told.stderr);
  const [threshold, ...lines] = told.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  assert.ok(Math.abs(recognitionThresholdSchema.parse(threshold).threshold! - 0.82) < 1e-9);
  const found = lines.map((line) => recognizedPhotographSchema.parse(line));
  assert.deepEqual(
    found.map(({ image }) => image),
    photographs,
  );
  const nearest = found.map((one) => ('faces' in one ? one.faces.map((face) => face.nearest[0]!.name) : one.problem));
  assert.deepEqual([nearest[0], nearest[2], nearest[3]], [[names[1]], [], [names[2]]]);
  assert.match(String(nearest[1]), /broken\.jpg/);
});

test('predict.py as it is pasted names the faces of photographs', () => {
  const trained = facenet('classifier', 'TRAIN', 'aligned', 'starter', 'people.json');
  assert.equal(trained.status, 0, trained.stderr);
  const argv = [
    'python',
    'contributed/predict.py',
    photo(2, 3),
    'empty.png',
    'starter',
    'people.json',
    '--unknown_threshold',
    '0',
  ];
  const named = facenet(...argv);
  assert.equal(named.status, 0, named.stderr);
  assert.match(
    named.stdout,
    /^Loaded classifier model from file ".*people\.json"\n\n\npeople in image photos.Cleo_C.3\.jpg :\n(Ann A|Bea B|Cleo C): 0\.\d{3}\n\npeople in image empty\.png :\n$/,
  );
  assert.match(named.stderr, /^No face was found in empty\.png\.$/m);
  const [first] = JSON.parse(facenet(...argv, '--json').stdout) as {
    faces: { box: number[]; name: string; probability: number }[];
  }[];
  assert.equal(first!.faces[0]!.box.length, 4);
  assert.match(facenet(...argv, '--boxes').stdout, /^\w+ [ABC]: 0\.\d{3} {2}\[\d+, \d+, \d+, \d+\]$/m);
  const none = facenet('predict', 'empty.png', 'starter', 'people.json');
  assert.equal(none.status, 1);
  assert.match(none.stderr, /facenet: No face was found in empty\.png\./);
  assert.match(
    facenet('predict', photo(0, 0), 'other', 'people.json').stderr,
    /was made with the model starter .*, not with o, step 1/,
  );
});

test('a gallery is enrolled, searched, grows and shrinks without training', () => {
  for (const person of [0, 1]) {
    mkdirSync(join(folder, 'enrolled', names[person]!), { recursive: true });
    for (const k of [0, 1])
      copyFileSync(join(folder, photo(person, k)), join(folder, 'enrolled', names[person]!, `${k}.jpg`));
  }
  copyFileSync(join(folder, 'empty.png'), join(folder, 'enrolled', names[0]!, 'empty.png'));
  const made = facenet('identify', 'enrol', 'g.jsonl', 'starter', 'enrolled');
  assert.equal(made.status, 0, made.stderr);
  assert.match(made.stdout, /^Enrolled in .*g\.jsonl: 2 people, 4 faces\.$/m);
  assert.match(made.stderr, /No face was found in .*empty\.png: it is left out\./);
  assert.match(facenet('identify', 'enrol', 'g.jsonl', 'starter', 'enrolled').stderr, /exists already\. .*--force/);

  const who = (image: string, ...more: string[]) => facenet('identify', 'who', 'g.jsonl', 'starter', image, ...more);
  assert.match(
    who(photo(1, 2), '--threshold', '2').stdout,
    /^people in image .* :\nBea_B {2}\[\d+, \d+, \d+, \d+\]\n {4}Bea_B: 0\.\d{3} \(distance/,
  );
  assert.match(who(photo(1, 2), '--threshold', '0').stdout, /^unknown {2}\[/m);
  const added = facenet('identify', 'add', 'g.jsonl', 'starter', 'Cleo', photo(2, 0));
  assert.match(added.stdout, /^Cleo is enrolled with 1 faces in /m);
  assert.match(added.stderr, /Cleo is enrolled with one picture only; two or more tell much better/);
  assert.match(who(photo(2, 1), '--threshold', '2').stdout, /^Cleo {2}\[/m);
  assert.equal(facenet('identify', 'list', 'g.jsonl').stdout, 'Ann_A: 2 faces\nBea_B: 2 faces\nCleo: 1 face\n');
  const removed = facenet('identify', 'remove', 'g.jsonl', 'Ann_A');
  assert.match(removed.stdout, /^Ann_A is gone from .*, which has 2 people, 3 faces now\.$/m);
  assert.doesNotMatch(readFileSync(join(folder, 'g.jsonl'), 'utf8'), /Ann_A/);
  assert.doesNotMatch(who(photo(0, 2)).stdout, /^( {4})?Ann_A/m);

  assert.match(
    facenet('identify', 'who', 'g.jsonl', 'other', photo(0, 0)).stderr,
    /The gallery .* was made with the model starter .*, not with o/,
  );
  assert.match(who('empty.png').stderr, /facenet: No face was found in empty\.png\./);
  assert.match(facenet('identify', 'remove', 'g.jsonl', 'Nobody').stderr, /Nobody is not enrolled/);
  assert.match(facenet('identify', 'list', 'nothing').stderr, /There is no gallery/);
});
