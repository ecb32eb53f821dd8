import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lookAtShard, mergeLooks, partsOfFacts } from '../../../src/dataset/cleanShards';
import { FactsReader } from '../../../src/dataset/factsFile';
import { inspectDataset } from '../../../src/dataset/inspect';
import { ImageFacts } from '../../../src/dataset/imageFacts';
import { scanDataset } from '../../../src/dataset/scan';
import { encodePng } from '../../../src/image/encode';
import { isOfShard } from '../../../src/shard/peopleOfShard';
import { PartsFolder } from '../../../src/shard/partsFolder';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

test('what shards have seen is known of the whole, with copies among the people of different shards', async () => {
  const root = temporaryFolder();
  const facts = join(temporaryFolder(), 'index', 'photos.facts');
  const people = ['Ann', 'Bob', 'Cleo', 'Dee'];
  const image = await encodePng({ width: 24, height: 24, data: new Uint8Array(24 * 24 * 3).fill(7) });
  for (const person of people) {
    await mkdir(join(root, person));
    for (const name of ['1.png', '2.png']) await writeFile(join(root, person, name), image);
  }
  await writeFile(join(root, 'Bob', 'text.jpg'), 'not an image');
  // Nothing is kept of what has changed within two seconds.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  const dataset = await scanDataset(root);
  const look = async (index: number, recipe = { dataset: root }) =>
    lookAtShard({ dataset, facts, recipe }, { index, count: 2 }, {});
  const first = await look(0);
  const parts = (await PartsFolder.existing(partsOfFacts(facts)))!;
  await assert.rejects(mergeLooks(parts), /1 of 2 shards are missing \(2\/2\)/);
  await assert.rejects(look(1, { dataset: '/elsewhere' }), /have dataset .*, not \/elsewhere/);
  const { images } = await look(1);
  assert.deepEqual(await look(1), { images, notes: [] }, 'again, for nothing');
  const own = people.filter((name) => isOfShard(name, { index: 0, count: 2 }));
  assert.equal(first.images, 2 * own.length + (own.includes('Bob') ? 1 : 0));
  assert.equal(first.images + images, 9);

  assert.equal(await mergeLooks(parts), true);
  assert.ok(!existsSync(partsOfFacts(facts)));
  const kept = await FactsReader.open(facts);
  assert.equal(kept.rows, 8, 'each image that can be read once');
  await kept.close();
  const known = [...(await inspectDataset(dataset, { facts: new ImageFacts(facts) }))];
  assert.deepEqual(known, [...(await inspectDataset(dataset))]);
  assert.equal(known.filter(({ kind }) => kind === 'duplicate').length, 7);
});
