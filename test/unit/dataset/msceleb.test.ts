import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readMsCeleb } from '../../../src/dataset/msceleb';
import { splitForClassifier } from '../../../src/dataset/classifierSplit';
import { NumpyRandom } from '../../../src/dataset/random';
import { UserError } from '../../../src/protocol/errors';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

async function all(path: string): Promise<{ images: string[]; faults: string[] }> {
  const faults: string[] = [];
  const images: string[] = [];
  for await (const { person, name, bytes } of readMsCeleb(path, (line, reason) => faults.push(`${line} ${reason}`)))
    images.push(`${person}|${name}|${Buffer.from(bytes).toString()}`);
  return { images, faults };
}

test('images have the names of the script, which lead out of no folder; other lines are told', async () => {
  const path = join(temporaryFolder(), 'm.tsv');
  const image = Buffer.from('picture').toString('base64');
  await writeFile(
    path,
    [
      `m.01\tAnn/B\t1\thttp\tFaceId-0\t${image}`,
      `..\t../x\t1\thttp\t/etc\t${image}\r`,
      'short\tline',
      'm.2\tN\t1\th\tp\t',
      '',
    ].join('\n'),
  );
  const { images, faults } = await all(path);
  assert.deepEqual(images, ['m.01|Ann_B-FaceId-0|picture', '__|.._x-_etc|picture']);
  assert.deepEqual(faults, ['3 2 columns, not 6', '4 no image']);
  await assert.rejects(all(join(temporaryFolder(), 'nothing')), UserError);
});

test('the split of classifier.py: enough images, the first of a shuffle train and the others test', () => {
  const images = Array.from({ length: 6 }, (_, i) => `${i}`);
  const dataset = {
    root: 'r',
    ignored: 0,
    people: [
      { name: 'A', images },
      { name: 'B', images: images.slice(0, 3) },
    ],
  };
  const { train, test: rest } = splitForClassifier(dataset, 4, 4, new NumpyRandom(666));
  assert.deepEqual([train.people.length, rest.people.length], [1, 1]);
  const [a, b] = [[...train.people[0]!.images], [...rest.people[0]!.images]];
  assert.deepEqual([a.length, b.length], [4, 2]);
  assert.deepEqual([...a, ...b].sort(), images);
  assert.deepEqual([...a, ...b].map(Number), new NumpyRandom(666).permutation(6));
});
