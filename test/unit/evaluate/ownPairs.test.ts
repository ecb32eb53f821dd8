import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { generatePairs, pairedPeople, possiblePairs } from '../../../src/dataset/generatePairs';
import { readPairs } from '../../../src/dataset/pairs';
import { parsePairs } from '../../../src/dataset/pairsFormat';
import { NumpyRandom } from '../../../src/dataset/random';
import { ownPairs, suggestedPairs, trainedPeople, writePairsFile } from '../../../src/evaluate/ownPairs';
import { UserError } from '../../../src/protocol/errors';
import { trainRequestSchema } from '../../../src/protocol/job';
import { createRunFolder, runsDirectory } from '../../../src/run/runFolder';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();

function dataset(name: string, people: Record<string, string[]>): string {
  for (const [person, files] of Object.entries(people)) {
    mkdirSync(join(folder, name, person), { recursive: true });
    for (const file of files) writeFileSync(join(folder, name, person, file), '');
  }
  return join(folder, name);
}

const images = (person: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${person}_${String(index + 1).padStart(4, '0')}.png`);

const faces = dataset('faces', { Ann: images('Ann', 6), Bob: images('Bob', 5), Cid: images('Cid', 4), Dee: [] });

test('pairs in the reference’s format: header, folds of both kinds, none twice, the same for the same seed', async () => {
  const { text, pairsPerFold, people, unnamed } = await ownPairs({ dir: faces, folds: 3, pairsPerFold: 4, seed: 1 });
  assert.equal(pairsPerFold, 4);
  assert.equal(people, 3);
  assert.deepEqual(unnamed, ['Dee']);
  const lines = text.trimEnd().split('\n');
  assert.equal(lines[0], '3\t4');
  assert.equal(new Set(lines.slice(1)).size, 24);
  const { pairs, malformed } = parsePairs(text);
  assert.deepEqual(malformed, []);
  pairs.forEach(({ same }, index) => assert.equal(same, index % 8 < 4));
  assert.equal((await ownPairs({ dir: faces, folds: 3, pairsPerFold: 4, seed: 1 })).text, text);
  assert.notEqual((await ownPairs({ dir: faces, folds: 3, pairsPerFold: 4, seed: 2 })).text, text);
  writeFileSync(join(folder, 'pairs.txt'), text);
  assert.equal((await readPairs(join(folder, 'pairs.txt'), faces)).pairs.length, 24);
});

test('images with a camera’s names are counted, and names may hold blanks', async () => {
  const own = dataset('own', {
    "Zoë O'Hara & Co": ['IMG_7.jpg', 'IMG_9.jpg', 'b.png'],
    王小明: ['1.jpeg', '2.jpeg'],
    Bob: ['Bob_0003.png', 'Bob_0004.jpg', 'other.png'],
  });
  const { text, people, unnamed } = await ownPairs({ dir: own, folds: 2, pairsPerFold: 2, seed: 3 });
  assert.equal(people, 3);
  assert.deepEqual(unnamed, []);
  writeFileSync(join(folder, 'own.txt'), text);
  const { pairs, skipped } = await readPairs(join(folder, 'own.txt'), own);
  assert.deepEqual(skipped, []);
  assert.equal(pairs.length, 8);
  for (const { a, b } of pairs) for (const path of [a, b]) assert.equal(readFileSync(path, 'utf8'), '');

  writeFileSync(join(folder, 'counted.txt'), "Zoë O'Hara & Co\t1\t3\nBob\t3\t4\nBob\t1\t3\n王小明\t2\t3\n");
  const counted = await readPairs(join(folder, 'counted.txt'), own);
  assert.deepEqual(
    counted.pairs.map(({ relativeA, relativeB }) => [relativeA, relativeB]),
    [
      ["Zoë O'Hara & Co/IMG_7.jpg", "Zoë O'Hara & Co/b.png"],
      ['Bob/Bob_0003.png', 'Bob/Bob_0004.jpg'],
    ],
  );
  assert.equal(counted.skipped.length, 2, 'where names carry numbers, the others are not counted');
});

test('people of a dataset or of a training run are left out', async () => {
  const known = dataset('known', { Ann: images('Ann', 1) });
  const apart = await ownPairs({ dir: faces, folds: 2, pairsPerFold: 2, seed: 1, apartFrom: known });
  assert.equal(apart.trained, 1);
  assert.doesNotMatch(apart.text, /Ann/);

  const request = trainRequestSchema.parse({
    kind: 'train',
    config: { dataDir: known, phases: [{ name: 'classifier', trainableFrom: 'Logits', epochs: 1, learningRate: 0.1 }] },
  });
  const run = await createRunFolder(runsDirectory(folder), request, 'Trained');
  assert.deepEqual(await trainedPeople(run.path), ['Ann'], 'its dataset tells before its record has labels');
  await run.update({ labels: ['Ann', 'Bob', 'Cid', 'Dee'] });
  assert.deepEqual(await trainedPeople(run.path), ['Ann', 'Bob', 'Cid', 'Dee']);
  await assert.rejects(
    ownPairs({ dir: faces, folds: 2, pairsPerFold: 2, seed: 1, apartFrom: run.path }),
    /nobody is left to make pairs of/,
  );
  await assert.rejects(
    ownPairs({ dir: faces, folds: 2, seed: 1, apartFrom: join(folder, 'nowhere') }),
    /There is no folder|nowhere/,
  );
});

test('as many pairs as the images are good for, and one sentence where more are asked', async () => {
  const { pairsPerFold, text } = await ownPairs({ dir: faces, folds: 2, seed: 1 });
  assert.ok(pairsPerFold >= 1 && pairsPerFold <= 300);
  assert.equal(text.trimEnd().split('\n').length, 1 + 4 * pairsPerFold);
  await assert.rejects(ownPairs({ dir: faces, folds: 10, pairsPerFold: 300, seed: 1 }), (error: UserError) =>
    /has 31 different pairs of one person, fewer than 10 folds × 300\. Ask .* \(at most 3\)/.test(error.sentence),
  );
  for (const wrong of [{ folds: 1 }, { pairsPerFold: 0 }, { seed: -1 }, { seed: 0.5 }])
    await assert.rejects(ownPairs({ dir: faces, folds: 2, seed: 1, ...wrong }), UserError);
});

test('every pair that there is can be asked for', async () => {
  const people = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(people, fc.integer({ min: 0, max: 99 }), async (counts, seed) => {
      const set = {
        root: 'd',
        people: counts.map((count, index) => ({ name: `p${index}`, images: images(`p${index}`, count) })),
        ignored: 0,
      };
      const paired = await pairedPeople(set);
      const { same, different } = possiblePairs(paired);
      const most = Math.floor(Math.min(same, different) / 2);
      if (most < 1) return;
      const text = await generatePairs(set, paired, { folds: 2, perKind: most, random: new NumpyRandom(seed) });
      assert.equal(parsePairs(text).pairs.length, 4 * most);
      assert.ok(suggestedPairs(paired, 2) <= most);
    }),
  );
});

test('a pairs file is never replaced unasked', async () => {
  const path = join(folder, 'new', 'own.txt');
  await writePairsFile(path, 'first\n', { replace: false });
  await assert.rejects(writePairsFile(path, 'second\n', { replace: false }), /exists already/);
  assert.equal(readFileSync(path, 'utf8'), 'first\n');
  await writePairsFile(path, 'second\n', { replace: true });
  assert.equal(readFileSync(path, 'utf8'), 'second\n');
});
