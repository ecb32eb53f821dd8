import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageList } from '../../../../src/dataset/imageList';
import type { Embedder } from '../../../../src/recognize/embedder';
import { embedTogether } from '../../../../src/train/loop/embedTogether';
import { answerOfFirst } from '../../../../src/train/loop/together';
import { ranksInProcess } from '../../../fixtures/ranksInProcess';

/** An embedding is the number in an image's name and whether it was mirrored; counts what it was asked for. */
function countingEmbedder(): Embedder & { asked: string[] } {
  const asked: string[] = [];
  return {
    ...{ dimension: 2, asked, embed: async () => assert.fail('in parts'), dispose: async () => undefined },
    async embedInParts(paths: ImageList, take, { flipped = false, onProgress } = {}) {
      asked.push(...paths);
      for (const [index, path] of [...paths].entries()) {
        await take(Float32Array.of(Number(path), flipped ? 1 : 0), index, 1);
        onProgress?.(index + 1, paths.length);
      }
    },
  };
}

test('each rank embeds a part of the images, and rank 0 has what one process has, in order', async () => {
  for (const images of [1, 7, 5000]) {
    const embedders = [countingEmbedder(), countingEmbedder()];
    const told: number[] = [];
    const [first] = await Promise.all(
      ranksInProcess(2).map(async (ranks) => {
        const paths = Array.from({ length: images }, (_, index) => `${index}`);
        const options = { flipped: true, ...(ranks.rank === 0 && { onProgress: (done: number) => told.push(done) }) };
        return embedTogether(embedders[ranks.rank]!, ranks).embed(paths, options);
      }),
    );
    assert.deepEqual([...first!], Array.from({ length: images }, (_, index) => [index, 1]).flat());
    const asked = embedders.flatMap((embedder) => embedder.asked);
    assert.equal(new Set(asked).size, images, 'all of them');
    assert.equal(asked.length, images, 'each once');
    if (images > 1) for (const embedder of embedders) assert.ok(Math.abs(embedder.asked.length - images / 2) <= 1);
    assert.ok(told.every((done, index) => done <= images && done >= (told[index - 1] ?? 0)));
  }
});

test('what is measured is asked of rank 0', async () => {
  for (const answer of [true, false])
    assert.deepEqual(
      await Promise.all(
        ranksInProcess(3).map(async (ranks) => answerOfFirst(ranks, ranks.rank === 0 ? answer : !answer)),
      ),
      [answer, answer, answer],
    );
});
