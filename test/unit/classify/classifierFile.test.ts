import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Classifier, readClassifier, writeClassifier } from '../../../src/classify/classifierFile';
import { probabilities, trainPairwiseSvm } from '../../../src/classify/pairwiseSvm';
import { chooseUnknown } from '../../../src/classify/unknown';
import { UserError } from '../../../src/protocol/errors';
import { scatteredRows } from '../../fixtures/scatteredRows';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const classes = 4;
const { rows, labels } = scatteredRows({ classes, each: 8, dimension: 16, spread: 0.6 });

async function trained(): Promise<Classifier> {
  const machine = await trainPairwiseSvm(rows, labels, { seed: 3 });
  const unknown = await chooseUnknown(machine, rows, labels, { far: 0.1, seed: 3 });
  return {
    createdAt: '2026-01-01T00:00:00.000Z',
    model: { name: 'm', step: 3, network: 'squeezenet', embeddingSize: 16, sha256: 'a'.repeat(64) },
    recipe: { alignment: 'box', imageSize: 64, standardization: 'fixed' },
    people: Array.from({ length: classes }, (_, k) => ({ name: `Person ${k}`, folder: `Person_${k}`, images: 8 })),
    cost: 1,
    seed: 3,
    ...(unknown !== undefined && { unknown }),
    machine,
  };
}

const refusal = (pattern: RegExp) => (error: unknown) => error instanceof UserError && pattern.test(error.sentence);

test('a classifier that is read again is the same one', async () => {
  const path = join(temporaryFolder(), 'people.json');
  const classifier = await trained();
  await writeClassifier(path, classifier);
  const { machine, people, unknown, model } = await readClassifier(path);
  assert.deepEqual(
    { people, unknown, model },
    { people: classifier.people, unknown: classifier.unknown, model: classifier.model },
  );
  assert.deepEqual(probabilities(machine, rows), probabilities(classifier.machine, rows));
});

test('a file that was changed by hand, is cut off, is a pickle or is not there is refused in one sentence', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'people.json');
  await writeClassifier(path, await trained());
  const text = await readFile(path, 'utf8');
  const changed = async (content: string | Uint8Array): Promise<Classifier> => {
    const other = join(folder, 'other.json');
    await writeFile(other, content);
    return readClassifier(other);
  };
  await assert.rejects(changed(text.replace('Person 1', 'Person 9')), refusal(/changed after it was written/));
  await assert.rejects(
    changed(text.replace('"threshold":0.', '"threshold":0.0')),
    refusal(/changed after it was written/),
  );
  await assert.rejects(changed(text.slice(0, 500)), refusal(/is no classifier: /));
  await assert.rejects(changed('{"version":1}'), refusal(/is no classifier: kind/));
  await assert.rejects(changed(Buffer.from('8004950d', 'hex')), refusal(/a pickle of the Python script/));
  await assert.rejects(readClassifier(join(folder, 'nothing.json')), refusal(/There is no classifier/));
});

test('the threshold of unknown passes no more strangers than were asked for', async () => {
  const machine = await trainPairwiseSvm(rows, labels, { seed: 3 });
  for (const far of [0, 0.1, 0.5]) {
    const choice = (await chooseUnknown(machine, rows, labels, { far, seed: 1 }))!;
    assert.ok(choice.far <= far, `${choice.far} of ${far}`);
    assert.equal(choice.images, 32);
    assert.equal(choice.people, classes);
  }
  const [strict, lax] = await Promise.all(
    [0, 0.5].map((far) => chooseUnknown(machine, rows, labels, { far, seed: 1 })),
  );
  assert.ok(strict!.threshold > lax!.threshold);
  // A person who is held out is not among the answers: with the own pairs every image would be sure of itself.
  const own = probabilities(machine, rows);
  const surest = Math.max(...own);
  assert.ok(strict!.threshold < surest, `${strict!.threshold} < ${surest}`);
});

test('two people leave nobody to choose a threshold on', async () => {
  const two = scatteredRows({ classes: 2, each: 5, dimension: 8, spread: 0.4 });
  const machine = await trainPairwiseSvm(two.rows, two.labels);
  assert.equal(await chooseUnknown(machine, two.rows, two.labels, { far: 0.01, seed: 1 }), undefined);
});
