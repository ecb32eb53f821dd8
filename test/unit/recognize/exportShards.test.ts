// Embeddings computed in parts are those of one process, byte for byte.
import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { scanDataset } from '../../../src/dataset/scan';
import { describe } from '../../../src/network/describe';
import { networkByName } from '../../../src/network/registry';
import { StoppedError } from '../../../src/protocol/errors';
import { createEmbedder, type Embedder } from '../../../src/recognize/embedder';
import { exportEmbeddings } from '../../../src/recognize/exportEmbeddings';
import { exportShard, mergeExport, type ShardedExport } from '../../../src/recognize/exportShards';
import { PartsFolder } from '../../../src/shard/partsFolder';
import { writeNoiseFaces } from '../../fixtures/noiseFaces';
import { regenerableWeights } from '../../fixtures/regenerableWeights';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const network = networkByName('squeezenet');
const recipe = { imageSize: 64, standardization: 'fixed' } as const;
const open = (): Promise<Embedder> =>
  createEmbedder({ network, recipe, weights: regenerableWeights(describe(network).variables) });
const closed = (): Promise<Embedder> => Promise.reject(new Error('opened for nothing'));
const names = { embeddings: 'e', labels: 'l.npy', labelStrings: 's.npy' };
const shard = (index: number) => ({ index, count: 4 });

async function faces(): Promise<{ folder: string; work: ShardedExport }> {
  const folder = temporaryFolder();
  await writeNoiseFaces(folder, { people: 5, images: 3, size: 64 });
  const dataset = await scanDataset(folder);
  return {
    folder,
    work: { dataset, outputDir: join(folder, '.parts'), names, recipe: { model: 'ab', imageSize: 64 } },
  };
}

async function filesIn(folder: string): Promise<Record<string, string>> {
  const files = (await readdir(folder)).sort();
  return Object.fromEntries(
    await Promise.all(files.map(async (name) => [name, await readFile(join(folder, name), 'base64')] as const)),
  );
}

test('parts in any order, one stopped and run again, are merged to the files of one process', async () => {
  const { folder, work } = await faces();
  const embedder = await open();
  await exportEmbeddings(embedder, work.dataset, join(folder, '.whole'), names);
  await embedder.dispose();

  const signal = AbortSignal.abort();
  for (const index of [3, 0, 1, 2]) {
    // Of five people none may be of a part: that one has nothing to stop.
    await exportShard(work, shard(index), open, { signal }).catch((error: unknown) =>
      assert.ok(error instanceof StoppedError, String(error)),
    );
    await exportShard(work, shard(index), open);
  }
  assert.equal(await exportShard(work, shard(1), closed), await exportShard(work, shard(1), closed));
  const parts = (await PartsFolder.existing(work.outputDir))!;
  assert.deepEqual(await mergeExport(parts), { people: 5, images: 15 });
  const merged = await filesIn(work.outputDir);
  assert.deepEqual(Object.keys(merged), ['e.npy', 'l.npy', 's.npy']);
  assert.deepEqual(merged, await filesIn(join(folder, '.whole')));
});

test('what the parts do not agree on, and files that are in the way, are told before anything is computed', async () => {
  const { folder, work } = await faces();
  const elsewhere = { ...work, names: { ...names, embeddings: join(folder, 'e.npy') } };
  await assert.rejects(exportShard(elsewhere, shard(0), closed), /is no name of a file in the output folder/);
  await exportShard(work, shard(0), open);
  await assert.rejects(mergeExport((await PartsFolder.existing(work.outputDir))!), /3 of 4 shards are missing/);
  const other = { ...work, recipe: { ...work.recipe, model: 'cd' } };
  await assert.rejects(exportShard(other, shard(1), closed), /have model ab, not cd/);
  await writeFile(join(folder, 'person_2', 'more.png'), '');
  const grown = { ...work, dataset: await scanDataset(folder) };
  await assert.rejects(exportShard(grown, shard(1), closed), /The other shards in .* have images/);
  await writeFile(join(folder, 'l.npy'), 'mine');
  await assert.rejects(exportShard({ ...work, outputDir: folder }, shard(1), closed), /l\.npy exists already/);
  assert.ok(!(await readdir(folder)).includes('.shards'), 'and nothing is begun');
});
