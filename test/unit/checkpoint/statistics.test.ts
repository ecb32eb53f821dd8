import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { compareModels, differenceOf, relativeDifference } from '../../../src/checkpoint/comparison';
import { openModel } from '../../../src/checkpoint/model';
import { histogramBins, modelStatistics, statisticsOf } from '../../../src/checkpoint/statistics';
import { writeCheckpoint } from '../../../src/checkpoint/writeCheckpoint';
import { describe } from '../../../src/network/describe';
import { networkByName } from '../../../src/network/registry';
import { StoppedError } from '../../../src/protocol/errors';
import { regenerableWeights } from '../../fixtures/regenerableWeights';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();

test('statistics are those of the finite values; what is not finite is counted apart', () => {
  const values = Float32Array.of(1, 2, 3, 4, 0, NaN, Infinity, -Infinity, -0);
  const { histogram, ...rest } = statisticsOf('v', values);
  const mean = 10 / 6;
  const std = Math.sqrt([1, 2, 3, 4, 0, 0].reduce((sum, value) => sum + (value - mean) ** 2, 0) / 6);
  assert.deepEqual(rest, { name: 'v', count: 9, mean, std, min: 0, max: 4, zeros: 2, nan: 1, infinite: 2 });
  assert.equal(histogram!.counts.length, histogramBins);
  assert.equal(
    histogram!.counts.reduce((sum, count) => sum + count, 0),
    6,
  );
  assert.deepEqual([histogram!.counts[0], histogram!.counts.at(-1)], [2, 1]);
});

test('a constant has one bin, nothing finite has no histogram, and a far mean costs no digits', () => {
  assert.deepEqual(statisticsOf('c', Float32Array.of(2, 2)).histogram, { from: 2, to: 2, counts: [2] });
  const none = statisticsOf('n', Float32Array.of(NaN));
  assert.deepEqual([none.mean, none.std, none.histogram], [null, null, undefined]);
  assert.equal(statisticsOf('e', new Float32Array(0)).min, null);
  const far = statisticsOf(
    'f',
    Float64Array.from({ length: 1000 }, (_, i) => 1e8 + (i % 2)),
  );
  assert.ok(Math.abs(far.std! - 0.5) < 1e-9, String(far.std));
});

test('differences: relative L2, max |a − b|, NaN is the same as NaN', () => {
  const difference = differenceOf(Float32Array.of(3, 4, NaN, 1, 0), Float32Array.of(3, 1, NaN, Infinity, -0));
  assert.deepEqual(difference, { changed: 2, notFinite: 1, squares: 9, reference: 25, largest: 3 });
  assert.equal(relativeDifference(difference), 0.6);
  assert.equal(relativeDifference(differenceOf(Float32Array.of(0), Float32Array.of(1))), null);
  assert.equal(relativeDifference(differenceOf(Float32Array.of(0), Float32Array.of(0))), 0);
  assert.throws(() => differenceOf(Float32Array.of(1), Float32Array.of(1, 2)));
});

test('two checkpoints: frozen stages are exactly equal, trained ones differ, the rest has no counterpart', async () => {
  const network = networkByName('squeezenet', { embeddingSize: 8 });
  const before = regenerableWeights(describe(network, { classes: 3 }).variables);
  const after = new Map(before);
  const name = 'squeezenet/Bottleneck/weights';
  const trained = before.get(name)!;
  after.set(name, { shape: trained.shape, data: trained.data.map((value) => value * 1.5) });
  after.set('Logits/weights', { shape: [8, 4], data: new Float32Array(32) });
  after.delete('Logits/biases');
  after.set('extra', { shape: [], data: Float32Array.of(1) });
  await writeCheckpoint(join(folder, 'before.ckpt-1'), before);
  await writeCheckpoint(join(folder, 'after.ckpt-2'), after);
  const [a, b] = [await openModel(join(folder, 'before.ckpt-1')), await openModel(join(folder, 'after.ckpt-2'))];

  const { counts, stages, variables } = await compareModels(a, b);
  assert.deepEqual(counts, {
    equal: before.size - 3,
    different: 1,
    'other-shape': 1,
    'only-first': 1,
    'only-second': 1,
  });
  const bottleneck = variables.find((variable) => variable.name === name)!;
  assert.ok(Math.abs(bottleneck.relative! - 0.5) < 1e-6, String(bottleneck.relative));
  const frozen = stages.find((stage) => stage.name === 'fire9')!;
  assert.deepEqual([frozen.equal, frozen.relative, frozen.largest], [frozen.variables, 0, 0]);
  assert.deepEqual([stages.at(-1)!.name, stages.at(-1)!.unmatched], [undefined, 1]);

  const statistics = await modelStatistics(a);
  assert.deepEqual(
    statistics.map((entry) => entry.name),
    a.variables.map((variable) => variable.name),
  );
  await assert.rejects(modelStatistics(a, AbortSignal.abort()), StoppedError);
});
