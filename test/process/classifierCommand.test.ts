import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { writeCheckpoint } from '../../src/checkpoint/writeCheckpoint';
import { distFile } from '../../src/engine/installation';
import { describe } from '../../src/network/describe';
import { networkByName } from '../../src/network/registry';
import { writeNoiseFaces } from '../fixtures/noiseFaces';
import { regenerableWeights } from '../fixtures/regenerableWeights';
import { temporaryFolder } from '../fixtures/temporaryFolder';

const folder = temporaryFolder();

function facenet(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [distFile('cli.cjs'), ...argv], { cwd: folder, encoding: 'utf8' });
}

before(async () => {
  const network = networkByName('squeezenet', { embeddingSize: 16 });
  await writeCheckpoint(join(folder, 'model', 'model-c.ckpt-5'), regenerableWeights(describe(network, {}).variables));
  const other = networkByName('squeezenet', { embeddingSize: 8 });
  await writeCheckpoint(join(folder, 'other', 'model-o.ckpt-1'), regenerableWeights(describe(other, {}).variables));
  await writeNoiseFaces(join(folder, 'people'), { people: 4, images: 6, size: 160 });
});

test('classifier.py as it is pasted trains and classifies the other part of a split', () => {
  const split = ['--use_split_dataset', '--min_nrof_images_per_class', '6', '--nrof_train_images_per_class', '3'];
  const script = ['python', 'src/classifier.py'];
  const trained = facenet(...script, 'TRAIN', 'people', 'model', 'people.pkl', ...split, '--batch_size', '7');
  assert.equal(trained.status, 0, trained.stderr);
  assert.match(trained.stderr, /^--batch_size has no effect: /m);
  assert.match(
    trained.stdout,
    /^Number of classes: 4\nNumber of images: 12\nLoading feature extraction model\nCalculating features for images\nTraining classifier\nUnknown up to 0\.\d{3}: .* of 12 images of 4 people .*\nSaved classifier model to file ".*people\.pkl"\n$/,
  );
  const named = facenet(...script, 'CLASSIFY', 'people', 'model', 'people.pkl', ...split, '--unknown_threshold', '0');
  assert.equal(named.status, 0, named.stderr);
  const lines = named.stdout.trimEnd().split('\n');
  assert.equal(lines[1], 'Number of images: 12');
  assert.equal(lines[4], 'Testing classifier');
  assert.match(lines[5]!, /^Loaded classifier model from file ".*people\.pkl"$/);
  for (const [index, line] of lines.slice(6, 18).entries())
    assert.match(line, new RegExp(`^${String(index).padStart(4)}  person \\d: [01]\\.\\d{3}$`));
  // Weights of chance tell nobody apart; who is right is held in test/unit/classify.
  assert.match(lines[18]!, /^Accuracy: [01]\.\d{3}$/);
  assert.equal(lines.length, 19);
});

test('who is not known is unknown, and is not counted as wrong', () => {
  mkdirSync(join(folder, 'known'));
  for (const person of [0, 1, 2])
    cpSync(join(folder, 'people', `person_${person}`), join(folder, 'known', `person_${person}`), { recursive: true });
  assert.equal(facenet('classifier', 'TRAIN', 'known', 'model', 'three.json', '--unknown_far', '0').status, 0);
  const named = facenet('classifier', 'CLASSIFY', 'people', 'model', 'three.json', '--unknown_threshold', '1');
  assert.match(named.stdout, /^ {3}0 {2}unknown: 0\.\d{3} \(nearest person \d\)$/m);
  assert.match(
    named.stdout,
    /^Of 18 images of known people 0 were given their name, 0 another's, and 18 were unknown/m,
  );
  assert.match(named.stdout, /^Of 6 images of people that the classifier does not know 6 were unknown\.$/m);
});

test('bad input is one sentence each', () => {
  assert.equal(facenet('classifier', 'TRAIN', 'people', 'model', 'c.json').status, 0);
  const refused = (pattern: RegExp, ...argv: string[]): void => {
    const result = facenet('classifier', ...argv);
    assert.equal(result.status, 1, result.stdout);
    assert.match(result.stderr, pattern);
    assert.equal(result.stderr.trim().split('\n').length, 1, result.stderr);
  };
  const before = readFileSync(join(folder, 'c.json'), 'utf8');
  refused(/c\.json exists already\. .*--force/, 'TRAIN', 'people', 'model', 'c.json');
  assert.equal(readFileSync(join(folder, 'c.json'), 'utf8'), before);
  refused(
    /was made with the model c, step 5 \([0-9a-f]{8}\), not with o, step 1/,
    'CLASSIFY',
    'people',
    'other',
    'c.json',
  );
  refused(
    /was made of faces with standardization fixed, not|imageSize 160, not 150/,
    'CLASSIFY',
    'people',
    'model',
    'c.json',
    '--image_size',
    '150',
  );
  writeFileSync(join(folder, 'edited.json'), before.replace('person 1', 'Nobody'));
  refused(/edited\.json was changed after it was written/, 'CLASSIFY', 'people', 'model', 'edited.json');
  refused(/There is no classifier .*nothing\.json/, 'CLASSIFY', 'people', 'model', 'nothing.json');
  mkdirSync(join(folder, 'one'));
  cpSync(join(folder, 'people', 'person_0'), join(folder, 'one', 'person_0'), { recursive: true });
  refused(/has one person only \(person_0\), and a classifier tells people apart/, 'TRAIN', 'one', 'model', 'x.json');
  refused(/Nobody in .* has 20 images/, 'TRAIN', 'people', 'model', 'x.json', '--use_split_dataset');
  mkdirSync(join(folder, 'one', 'empty'));
  refused(/empty has no image in .*one/, 'TRAIN', 'one', 'model', 'x.json');
  assert.equal(readdirSync(folder).includes('x.json'), false);

  const single = readdirSync(join(folder, 'people', 'person_1'))[0]!;
  cpSync(join(folder, 'people', 'person_1', single), join(folder, 'one', 'empty', single));
  const warned = facenet('classifier', 'TRAIN', 'one', 'model', 'two.json');
  assert.equal(warned.status, 0, warned.stderr);
  assert.match(warned.stderr, /Warning: empty has one picture only: what is said of this person rests on it/);
  assert.match(warned.stdout, /With two people there is nobody to choose a threshold of unknown on/);
});
