// A step shared by ranks against the same step of one process: softmax with centres, Adam, weight decay.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openWasm } from '../../../../src/engine/wasm/openWasm';
import type { Ranks } from '../../../../src/mpi/ranks';
import { StepExchange } from '../../../../src/train/step/exchange';
import { StepLayout } from '../../../../src/train/step/stepLayout';
import { disposeStep } from '../../../../src/train/step/stepGradients';
import { ranksInProcess } from '../../../fixtures/ranksInProcess';

let tf: Awaited<ReturnType<typeof openWasm>>;
before(async () => {
  tf = await openWasm();
});

test('means are weighted by images, moves are added up, rows are those of any rank', async () => {
  const images = [1, 3];
  const before = tf.memory().numTensors;
  const results = await Promise.all(
    ranksInProcess(2).map(async (ranks) => {
      const { rank } = ranks;
      const scalar = (value: number) => tf.scalar(value);
      const own = {
        gradients: { w: tf.tensor2d([[rank, 2 * rank]]) },
        presentRows: { centers: tf.tensor2d([[1], [rank], [0]]) },
        moves: { centers: tf.tensor1d([1 + rank]), mean: scalar(rank) },
        statistics: { m: tf.tensor1d([8 * rank]) },
        checksum: scalar(0),
        measured: { measures: { loss: scalar(4 * rank) }, prelogits: tf.tensor2d([[rank]]), weightDecay: scalar(0.5) },
      };
      const exchange = new StepExchange(ranks);
      exchange.restart();
      const variables = [
        { name: 'centers', shape: [1] },
        { name: 'mean', shape: [], statistic: true as const },
      ];
      const whole = await exchange.together(tf, own, images[rank]!, variables, rank === 1);
      assert.ok(exchange.stopAgreed, 'what one rank wants is agreed on by both');
      assert.equal(exchange.takeSeconds().length, 2);
      const { measured } = whole;
      const read = async (tensor: { data(): Promise<ArrayLike<number>> }) => Array.from(await tensor.data());
      const values = {
        gradient: await read(whole.gradients['w']!),
        rows: await read(whole.presentRows['centers']!),
        centers: await read(whole.moves['centers']!),
        mean: await read(whole.moves['mean']!),
        statistic: await read(whole.statistics['m']!),
        loss: await read(measured.measures['loss']!),
      };
      for (const group of [whole.gradients, whole.presentRows, whole.moves, whole.statistics, measured.measures])
        tf.dispose(group);
      tf.dispose([whole.checksum, measured.prelogits, measured.weightDecay!]);
      return values;
    }),
  );
  const expected = {
    ...{ gradient: [0.75, 1.5], rows: [1, 1, 0], centers: [3], mean: [0.75] },
    ...{ statistic: [6], loss: [3] },
  };
  assert.deepEqual(results, [expected, expected]);
  assert.equal(tf.memory().numTensors, before, 'and nothing is left behind');
});

test('a step is one array: means, then sums, then what is there on any rank, then room', async () => {
  const step = {
    gradients: { w: tf.tensor2d([[1, 2]]) },
    presentRows: { centers: tf.tensor2d([[1], [0]]) },
    moves: { centers: tf.tensor2d([[5], [6]]) },
    statistics: { m: tf.tensor1d([3]) },
    checksum: tf.scalar(0),
    measured: { measures: { loss: tf.scalar(4) }, prelogits: tf.tensor2d([[7]]) },
  };
  const layout = new StepLayout(step, [{ name: 'centers', shape: [2, 1] }]);
  assert.deepEqual([layout.means, layout.sums, layout.length], [4, 6, 8]);
  const packed = layout.pack(tf, step, 2);
  assert.deepEqual([...(await packed.data())], [1, 2, 3, 4, 5, 6, 1, 0, 0, 0]);
  packed.dispose();
  disposeStep(step);

  // A rank without an image of its own has computed something nevertheless, here what is no number.
  const values = Float32Array.from([NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, 0, 0, 0]);
  const others = Float32Array.from([2, 4, 6, 8, 5, 6, 1, 0, 2, 0, 0]);
  const sum = async (sums: Float32Array): Promise<void> =>
    others.forEach((value, index) => (sums[index] = sums[index]! + value));
  const exchange = new StepExchange({ rank: 0, size: 1, sum } as unknown as Ranks);
  await exchange.sum(values, layout, 0, false);
  assert.deepEqual([...values.subarray(0, layout.length)], [1, 2, 3, 4, 5, 6, 1, 0]);
});
