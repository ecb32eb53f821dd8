// Which images a step has, whoever computes it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sliceOfRank } from '../../../../src/mpi/ranks';
import { Batches, type SampleRows } from '../../../../src/train/data/batches';

const order = { at: (position: number) => (7 * position) % 40 };
const samples = { label: (sample: number) => sample };
/** A row is its sample and its place in the queue, on which its look depends. */
const source: SampleRows = {
  rowLength: 2,
  room: (count) => new Float32Array(2 * count),
  async read(picked, position, out) {
    for (const [index, sample] of picked.entries()) out.set([sample, position + index], 2 * index);
  },
  close: async () => undefined,
};

test('ranks of any number have together the images of one process, in their order and with their looks', async () => {
  const batchSize = 10;
  const whole = new Batches(samples, source, batchSize, order);
  for (const size of [1, 2, 3, 7]) {
    const parts = Array.from(
      { length: size },
      (_, rank) => new Batches(samples, source, batchSize, order, sliceOfRank(batchSize, { rank, size })),
    );
    for (const step of [0, 1, 5]) {
      const { rows, labels } = await whole.batch(step);
      const of = await Promise.all(parts.map(async (part) => part.batch(step)));
      assert.deepEqual(
        of.flatMap((part) => [...part.labels]),
        [...labels],
      );
      assert.deepEqual(
        of.flatMap((part) => [...part.rows]),
        [...rows],
      );
    }
  }
});
