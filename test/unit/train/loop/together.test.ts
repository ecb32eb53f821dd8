import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserError } from '../../../../src/protocol/errors';
import type { LossHead } from '../../../../src/train/heads/head';
import { slowestOf } from '../../../../src/train/loop/rankPace';
import { RunState } from '../../../../src/train/loop/runState';
import { beginTogether, differingRanks, requireSharable } from '../../../../src/train/loop/together';
import { ranksInProcess } from '../../../fixtures/ranksInProcess';

const weightsOf = (...values: number[]) =>
  new Map([['w', { shape: [values.length], data: Float32Array.from(values) }]]);
const planOf = (images: number) =>
  ({
    batchSize: 4,
    set: { labels: ['ann'], training: { length: images }, validation: { length: 0 } },
  }) as unknown as Parameters<typeof beginTogether>[0];

test("all ranks begin with rank 0's weights", async () => {
  const ranks = ranksInProcess(3);
  const states = ranks.map(({ rank }) => new RunState(weightsOf(rank, 2)));
  await Promise.all(ranks.map(async (one) => beginTogether(planOf(9), states[one.rank]!, one)));
  for (const { weights } of states) assert.deepEqual([...weights.get('w')!.data], [0, 2]);
});

test('where one rank sees another dataset, all of them say so', async () => {
  const ends = await Promise.allSettled(
    ranksInProcess(3).map(async (one) =>
      beginTogether(planOf(one.rank === 2 ? 8 : 9), new RunState(weightsOf(1)), one),
    ),
  );
  for (const end of ends) {
    assert.ok(end.status === 'rejected' && end.reason instanceof UserError);
    assert.match(end.reason.sentence, /^Rank 2 finds other images .* than rank 0\. Put the dataset/);
  }
});

test('weights that differ in a bit are found', async () => {
  const found = await Promise.all(
    ranksInProcess(3).map(async (one) => differingRanks(weightsOf(1, one.rank === 1 ? 1 + 2 ** -23 : 1), one)),
  );
  assert.deepEqual(found, [[1], [1], [1]]);
});

test('a batch has an image for each rank, two where a head follows their spread, a whole triplet where it compares', () => {
  const head = (more: object = {}) => ({ ownVariables: [], ...more }) as unknown as LossHead;
  const adaface = head({ ownVariables: [{ name: 'norm', shape: [], statistic: true }] });
  const config = { activationCachePerRank: false };
  const shared = (loss: LossHead, batchSize: number) => requireSharable({ head: loss, batchSize, config }, { size: 2 });
  shared(head(), 2);
  shared(adaface, 4);
  assert.throws(() => shared(head(), 1), UserError);
  assert.throws(() => shared(adaface, 3), UserError);
  shared(head({ triplets: {} }), 6);
  assert.throws(() => shared(head({ triplets: {} }), 3), UserError);
});

test('ranks that keep activations of their own have to be told where', () => {
  const parts = { head: { ownVariables: [] } as unknown as LossHead, batchSize: 2 };
  const config = { activationCachePerRank: true };
  requireSharable({ ...parts, config: { ...config, activationCacheDir: 'local' } }, { size: 2 });
  assert.throws(() => requireSharable({ ...parts, config }, { size: 2 }), /no folder for them is chosen/);
});

test('the slowest rank is the one whose steps took longest', () => {
  assert.deepEqual(slowestOf([1, 3, 2]), { rank: 1, excess: 0.5 });
  assert.equal(slowestOf([0, 0]), undefined);
});
