import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { generatePairs, pairedPeople } from '../../../src/dataset/generatePairs';
import { imagesByNumber, numbersOfImages } from '../../../src/dataset/imageNumbers';
import { NearestNames } from '../../../src/dataset/nearestName';
import { readPairs } from '../../../src/dataset/pairs';
import { NumpyRandom } from '../../../src/dataset/random';
import { scanDataset } from '../../../src/dataset/scan';
import { UserError } from '../../../src/protocol/errors';

let root: string;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'facenet-pairs-'));
  for (const name of ['Ann/Ann_0001.jpg', 'Ann/Ann_0002.png', 'Ann/Ann_0003_0.png', 'Bob_Ray/Bob_Ray_0001.jpg']) {
    await mkdir(join(root, 'images', name, '..'), { recursive: true });
    await writeFile(join(root, 'images', name), '');
  }
});

after(() => rm(root, { recursive: true, force: true }));

async function read(text: string): ReturnType<typeof readPairs> {
  await writeFile(join(root, 'pairs.txt'), text);
  return readPairs(join(root, 'pairs.txt'), join(root, 'images'));
}

test('both kinds of line, both extensions, and the suffix of a multi-face alignment', async () => {
  const { pairs, folds } = await read('10\t300\nAnn\t1\t2\nAnn\t3\tBob_Ray\t1\r\n\n');
  assert.equal(folds, 10);
  assert.deepEqual(
    pairs.map(({ relativeA, relativeB, same }) => [relativeA, relativeB, same]),
    [
      ['Ann/Ann_0001.jpg', 'Ann/Ann_0002.png', true],
      ['Ann/Ann_0003_0.png', 'Bob_Ray/Bob_Ray_0001.jpg', false],
    ],
  );
});

test('missing images are skipped with the nearest name, malformed lines with the reason', async () => {
  const { pairs, skipped } = await read('1 2\nAnn 1 2\nAnn 1 9\nBob_Roy 1 Ann 1\nAnn 1\n../images/Ann 1 2\n');
  assert.equal(pairs.length, 1);
  assert.match(skipped[0]!.reason, /No file Ann\/Ann_0009 .*nearest is Ann_000/);
  assert.match(skipped[1]!.reason, /No images of Bob_Roy. The nearest name is Bob_Ray/);
  assert.match(skipped[2]!.reason, /it has 2 fields/);
  assert.match(skipped[3]!.reason, /No images of \.\.\/images\/Ann/);
});

test('no usable pair is an error that says why', async () => {
  await assert.rejects(read('Eve 1 2\n'), /No pair of .*pairs\.txt can be evaluated .*No images of Eve/);
  await assert.rejects(readPairs(join(root, 'none.txt'), root), /none\.txt cannot be read/);
});

test('any text is pairs, skipped lines, or one sentence', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 200, unit: 'grapheme' }), async (text) => {
      try {
        const { pairs, skipped } = await read(text);
        assert.ok(pairs.length + skipped.length <= text.split('\n').length);
      } catch (error) {
        assert.ok(error instanceof UserError);
      }
    }),
    { numRuns: 60 },
  );
});

test('the nearest name ignores case and gives up on strangers', () => {
  const names = new NearestNames();
  assert.equal(names.nearest('george_w_bush', ['George_Bush', 'George_W_Bush']), 'George_W_Bush');
  assert.equal(names.nearest('Ann', ['Christopher']), undefined);
  assert.equal(names.nearest('x'.repeat(1_000_000), ['x'.repeat(255)]), undefined, 'longer than any name can be');
});

test('names are not looked for without end, and that is said', async () => {
  const few = new NearestNames(500);
  assert.equal(few.nearest('Ann_Smith', ['Ann_Smyth']), 'Ann_Smyth');
  for (let line = 0; line < 10; line++) few.nearest(`Nobody_${line}`, ['Anybody']);
  assert.equal(few.gaveUp, true);
  assert.equal(few.nearest('Ann_Smith', ['Ann_Smyth']), undefined);
  const crowd = join(root, 'crowd');
  for (let person = 0; person < 200; person++)
    await mkdir(join(crowd, `Person_${person}_of_many`), { recursive: true });
  await writeFile(join(crowd, 'Person_0_of_many', 'Person_0_of_many_0001.png'), '');
  const lines = Array.from({ length: 1000 }, (_, line) => `Prson_${line}_of_mny 1 2`);
  const list = join(root, 'crowd.txt');
  await writeFile(list, `Person_0_of_many 1 1\n${lines.join('\n')}`);
  const { skipped } = await readPairs(list, crowd);
  assert.equal(skipped.length, lines.length);
  assert.match(skipped[0]!.reason, /The nearest name is Person_0_of_many/);
  assert.match(skipped.at(-1)!.reason, /not looked for to the end/);
  assert.doesNotMatch(skipped.at(-2)!.reason, /not looked for/);
});

test('generated pairs read back, half of them of one person', async () => {
  const dataset = await scanDataset(join(root, 'images'));
  const asked = { folds: 2, perKind: 1, random: new NumpyRandom(1) };
  const text = await generatePairs(dataset, await pairedPeople(dataset), asked);
  const { pairs } = await read(text);
  assert.deepEqual(
    pairs.map(({ same }) => same),
    [true, false, true, false],
  );
  await assert.rejects(generatePairs(dataset, [], asked), /too few people/);
});

test('the numbers of images are those that a pairs file finds them by, however the files are named', () => {
  const part = fc.oneof(
    fc.nat(9).map((number) => `a_${String(number).padStart(4, '0')}`),
    fc.nat(4).map((number) => `a_000${number}_0`),
    fc.nat(4).map((number) => `b_000${number}`),
    fc.constant('picture'),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.boolean(), (stems, isSorted) => {
      const images = (isSorted ? stems.sort() : stems).map((stem) => `/d/a/${stem}.png`);
      const numbers = numbersOfImages('a', images);
      const found = Array.from({ length: numbers.length }, (_, index) => numbers.at(index));
      assert.deepEqual(found, [...imagesByNumber('a', images).keys()]);
    }),
    { numRuns: 1000 },
  );
});
