import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatherTexts, shareText, sliceOfRank } from '../../../src/mpi/ranks';
import { ranksInProcess } from '../../fixtures/ranksInProcess';

test('the ranks share out a batch without gap or overlap, as evenly as can be', () => {
  for (const size of [1, 2, 3, 7, 90]) {
    const parts = Array.from({ length: size }, (_, rank) => sliceOfRank(90, { rank, size }));
    assert.equal(parts[0]!.start, 0);
    assert.equal(parts.at(-1)!.end, 90);
    for (let rank = 1; rank < size; rank++) assert.equal(parts[rank]!.start, parts[rank - 1]!.end);
    const sizes = parts.map(({ start, end }) => end - start);
    assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, `${sizes.join()}`);
  }
});

test("rank 0's text comes to all, whatever its length and letters", async () => {
  for (const text of ['', 'ü', 'Größe '.repeat(20_000)]) {
    const all = await Promise.all(
      ranksInProcess(3).map(async (ranks) => shareText(ranks, ranks.rank === 0 ? text : 'own')),
    );
    assert.deepEqual(all, [text, text, text]);
  }
});

test('each rank learns the texts of all', async () => {
  const texts = ['first', '', 'the third, with ß'];
  const all = await Promise.all(ranksInProcess(3).map(async (ranks) => gatherTexts(ranks, texts[ranks.rank]!)));
  assert.deepEqual(all, [texts, texts, texts]);
});
