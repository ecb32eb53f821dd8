import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { distanceMatrix, matrixLines } from '../../../src/identify/distances';
import {
  enrolled,
  type EnrolledFace,
  type Gallery,
  readGallery,
  without,
  writeGallery,
} from '../../../src/identify/gallery';
import { requireSameModel } from '../../../src/identify/sameModel';
import { GallerySearch, nearestPeople } from '../../../src/identify/search';
import { UserError } from '../../../src/protocol/errors';
import { scatteredRows } from '../../fixtures/scatteredRows';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const dimension = 8;
const header: Gallery['header'] = {
  version: 1,
  kind: 'facenet-gallery',
  createdAt: '2026-01-01T00:00:00.000Z',
  model: { name: 'm', network: 'squeezenet', embeddingSize: dimension, sha256: 'b'.repeat(64) },
  recipe: { alignment: 'box', imageSize: 64, standardization: 'fixed' },
  margin: 44,
};

function faces(people: number, each: number): Map<string, EnrolledFace[]> {
  const { rows, labels } = scatteredRows({ classes: people, each, dimension, spread: 0.3 });
  const result = new Map<string, EnrolledFace[]>();
  labels.forEach((label, row) => {
    const embedding = Float32Array.from(rows.data.subarray(row * dimension, (row + 1) * dimension));
    result.set(`P${label}`, [...(result.get(`P${label}`) ?? []), { file: `P${label}/${row}.jpg`, embedding }]);
  });
  return result;
}

const refusal = (pattern: RegExp) => (error: unknown) => error instanceof UserError && pattern.test(error.sentence);

test('a gallery that is read again is the same one; people come and go without the others', async () => {
  const path = join(temporaryFolder(), 'gallery.jsonl');
  const people = faces(3, 2);
  await writeGallery(path, { header, people });
  assert.deepEqual(await readGallery(path), { header, people });

  const left = without(await readGallery(path), 'P1');
  await writeGallery(path, left);
  assert.deepEqual([...(await readGallery(path)).people.keys()], ['P0', 'P2']);
  assert.doesNotMatch(await readFile(path, 'utf8'), /P1/, 'nothing of a removed person is left');
  assert.throws(() => without(left, 'P1'), refusal(/P1 is not enrolled/));

  const [first] = people.get('P0')!;
  const again = enrolled(left, new Map([['P0', [first!, { ...first!, file: 'new.jpg' }]]]));
  assert.deepEqual(
    again.people.get('P0')!.map(({ file }) => file),
    ['P0/3.jpg', 'P0/0.jpg', 'new.jpg'],
    'the same file is not counted twice',
  );
});

test('a gallery that is none is refused with its line', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'gallery.jsonl');
  await assert.rejects(readGallery(path), refusal(/There is no gallery/));
  for (const [text, pattern] of [
    ['', /it is empty/],
    ['{"version":1}\n', /line 1: kind/],
    [`${JSON.stringify(header)}\n{"name":"A"}\n`, /line 2: faces/],
    [
      `${JSON.stringify(header)}\n{"name":"A","faces":[{"file":"a","embedding":"AAAA"}]}\n`,
      /line 2: an embedding has 0.75 values, not 8/,
    ],
    [`${JSON.stringify(header)}\n${'{'.repeat(5)}\n`, /line 2: /],
  ] as const) {
    await writeFile(path, text);
    await assert.rejects(readGallery(path), refusal(pattern));
  }
});

test('a gallery of another model, or of faces prepared otherwise, is refused by name', () => {
  const { model, recipe } = header;
  requireSameModel('The gallery g', header, { identity: { ...model, name: 'renamed' }, recipe });
  const other = { ...model, name: 'other', step: 7, sha256: 'c'.repeat(64) };
  assert.throws(
    () => requireSameModel('The gallery g', header, { identity: other, recipe }),
    refusal(/The gallery g was made with the model m \(bbbbbbbb\), not with other, step 7 \(cccccccc\)/),
  );
  assert.throws(
    () => requireSameModel('The gallery g', header, { identity: model, recipe: { ...recipe, alignment: 'landmarks' } }),
    refusal(/alignment box, not landmarks/),
  );
});

test('the nearest people are those of an exhaustive look, each once', async () => {
  for (const people of [1, 3, 9]) {
    const gallery = { header, people: faces(people, 5) };
    const all = [...gallery.people].flatMap(([name, own]) => own.map((face) => ({ name, ...face })));
    const search = await GallerySearch.open(gallery);
    try {
      for (const probe of all) {
        const found = await search.nearest(probe.embedding, 3);
        assert.equal(found[0]!.name, probe.name);
        assert.equal(found[0]!.file, probe.file);
        assert.ok(found[0]!.similarity > 1 - 1e-5 && found[0]!.distance < 5e-3);
        const best = new Map<string, number>();
        for (const { name, embedding } of all) {
          const cosine = embedding.reduce((sum, value, d) => sum + value * probe.embedding[d]!, 0);
          best.set(name, Math.max(best.get(name) ?? -1, cosine));
        }
        const expected = [...best].sort((a, b) => b[1] - a[1]).slice(0, 3);
        assert.deepEqual(
          found.map(({ name }) => name),
          expected.map(([name]) => name),
        );
        found.forEach(({ similarity }, place) => assert.ok(Math.abs(similarity - expected[place]![1]) < 1e-5));
      }
    } finally {
      await search.dispose();
    }
  }
});

test('of equal people the first is named, and one person fills one place', () => {
  const owners = Uint32Array.of(0, 0, 1, 2, 2);
  assert.deepEqual(nearestPeople(Float32Array.of(0.5, 0.9, 0.9, 0.1, 0.2), owners, 2), [1, 2]);
  assert.deepEqual(nearestPeople(Float32Array.of(0.5, 0.9, 0.9, 0.1, 0.2), owners, 9), [1, 2, 4]);
});

test('the matrix is printed as compare.py prints it', () => {
  const distances = distanceMatrix(Float32Array.of(1, 0, 0, 1, -1, 0), 2);
  assert.deepEqual(matrixLines(distances), [
    'Distance matrix',
    '        0         1         2     ',
    '0    0.0000    1.4142    2.0000  ',
    '1    1.4142    0.0000    1.4142  ',
    '2    2.0000    1.4142    0.0000  ',
  ]);
});
