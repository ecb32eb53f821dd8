import assert from 'node:assert/strict';
import { test } from 'node:test';
import { couplePairs, pairIndex, pairsOf } from '../../../src/classify/coupling';
import { decisionValues, probabilities, trainPairwiseSvm } from '../../../src/classify/pairwiseSvm';
import { pairVotes } from '../../fixtures/pairVotes';
import { decisionsOfOthers } from '../../../src/classify/platt';
import { products } from '../../../src/classify/products';
import { solveTwoClasses } from '../../../src/classify/twoClasses';
import { fitSigmoid, probabilityOf } from '../../../src/evaluate/sigmoid';
import { NumpyRandom } from '../../../src/dataset/random';
import { StoppedError } from '../../../src/protocol/errors';
import { scatteredRows } from '../../fixtures/scatteredRows';

function twoClasses(rows: number[][], positives: number) {
  const data = { data: Float64Array.from(rows.flat()), dimension: rows[0]!.length };
  const kernel = products(data, data);
  const squares = Float64Array.from(rows, (_, row) => kernel[row * rows.length + row]!);
  return { kernel: Float32Array.from(kernel), squares, rows: rows.length, positives };
}

test('products of odd and even numbers of rows are those of single rows', () => {
  const { rows } = scatteredRows({ classes: 1, each: 7, dimension: 5, spread: 1 });
  const other = { data: rows.data.subarray(0, 3 * 5), dimension: 5 };
  const table = products(rows, other);
  for (let i = 0; i < 7; i++) {
    for (let j = 0; j < 3; j++) {
      let sum = 0;
      for (let d = 0; d < 5; d++) sum += rows.data[i * 5 + d]! * rows.data[j * 5 + d]!;
      assert.equal(table[i * 3 + j], sum);
    }
  }
});

test('two rows: the plane lies in the middle, and both support it', () => {
  const { coefficients, bias } = solveTwoClasses(twoClasses([[1], [-1]], 1));
  assert.deepEqual([...coefficients], [0.5, -0.5]);
  assert.equal(bias, 0);
});

test('a row beyond the margin supports nothing, and one on the wrong side costs C', () => {
  assert.deepEqual([...solveTwoClasses(twoClasses([[1], [4], [-1]], 2)).coefficients], [0.5, 0, -0.5]);
  const { coefficients } = solveTwoClasses(twoClasses([[1], [2], [-1], [1.5]], 2));
  assert.equal(coefficients[3], -1, 'the wrong one is at its bound');
  assert.ok(Math.abs(coefficients.reduce((sum, value) => sum + value, 0)) < 1e-12);
});

test('the optimality conditions hold to the tolerance on rows that overlap', () => {
  const { rows, labels } = scatteredRows({ classes: 2, each: 30, dimension: 8, spread: 1.5 });
  const order = [...labels.keys()].sort((a, b) => labels[a]! - labels[b]!);
  const list = order.map((row) => [...rows.data.subarray(row * 8, row * 8 + 8)]);
  const { kernel, ...two } = twoClasses(list, 30);
  const { coefficients, bias } = solveTwoClasses({ kernel, ...two });
  for (let row = 0; row < 60; row++) {
    let value = -bias;
    for (let other = 0; other < 60; other++) value += coefficients[other]! * kernel[row * 60 + other]!;
    const margin = value * (row < 30 ? 1 : -1);
    const alpha = Math.abs(coefficients[row]!);
    if (alpha === 0) assert.ok(margin > 1 - 2e-3, `row ${row}: ${margin}`);
    else if (alpha === 1) assert.ok(margin < 1 + 2e-3, `row ${row}: ${margin}`);
    else assert.ok(Math.abs(margin - 1) < 2e-3, `row ${row}: ${margin}`);
  }
});

test('the sigmoid is the likeliest one, with the targets of Platt', () => {
  const decisions = Float64Array.of(2, 1, 0.4, -0.2, -1, -3, 0.1);
  const positives = 3;
  const [high, low] = [(3 + 1) / (3 + 2), 1 / (4 + 2)];
  const loss = (slope: number, offset: number): number =>
    decisions.reduce((sum, f, row) => {
      const p = 1 / (1 + Math.exp(slope * f + offset));
      const t = row < positives ? high : low;
      return sum - t * Math.log(p) - (1 - t) * Math.log(1 - p);
    }, 0);
  const { slope, offset } = fitSigmoid(decisions, positives);
  for (const [a, b] of [
    [1e-3, 0],
    [-1e-3, 0],
    [0, 1e-3],
    [0, -1e-3],
  ] as const)
    assert.ok(loss(slope + a, offset + b) > loss(slope, offset));
  assert.ok(probabilityOf({ slope, offset }, 2) > 0.5);
  assert.equal(probabilityOf({ slope: -1, offset: 0 }, -1e6), 0, 'no overflow');
});

test('each row is decided without it; where one class is left it is that one, where none is, nothing', () => {
  const one = decisionsOfOthers(twoClasses([[1], [-1]], 1), new NumpyRandom(1));
  assert.deepEqual([...one], [-1, 1], 'either is judged by the other alone');
  const alone = decisionsOfOthers(twoClasses([[1]], 1), new NumpyRandom(1));
  assert.deepEqual([...alone], [0]);
  const many = twoClasses([[1], [1.1], [0.9], [1.2], [1], [-1], [-1.1], [-0.9], [-1.2], [-1]], 5);
  const decisions = decisionsOfOthers(many, new NumpyRandom(3));
  assert.ok(decisions.every((value, row) => (row < 5 ? value > 0 : value < 0)));
});

test('coupled probabilities are those from which the pairs were made', () => {
  const truth = [0.5, 0.3, 0.15, 0.05];
  const pairwise = new Float64Array(pairsOf(4));
  for (let i = 0; i < 4; i++)
    for (let j = i + 1; j < 4; j++) pairwise[pairIndex(i, j, 4)] = truth[i]! / (truth[i]! + truth[j]!);
  const coupled = couplePairs(pairwise, 4);
  coupled.forEach((value, k) => assert.ok(Math.abs(value - truth[k]!) < 5e-3, `${k}: ${value}`));
  const three = couplePairs(pairwise, 4, [0, 2, 3]);
  const left = 0.5 + 0.15 + 0.05;
  [0.5, 0.15, 0.05].forEach((value, k) => assert.ok(Math.abs(three[k]! - value / left) < 5e-3));
});

test('people are told apart; the seed decides the probabilities alone', async () => {
  const { rows, labels } = scatteredRows({ classes: 5, each: 12, dimension: 24, spread: 0.8 });
  const [one, same, other] = await Promise.all([1, 1, 2].map((seed) => trainPairwiseSvm(rows, labels, { seed })));
  assert.deepEqual(one, same);
  assert.deepEqual(one!.coefficients, other!.coefficients);
  assert.notDeepEqual(one!.offset, other!.offset);
  const decisions = decisionValues(one!, rows);
  const table = probabilities(one!, rows);
  labels.forEach((label, row) => {
    assert.equal(pairVotes(decisions.subarray(row * 10, (row + 1) * 10), 5), label);
    const own = table.subarray(row * 5, (row + 1) * 5);
    assert.ok(Math.abs(own.reduce((sum, value) => sum + value, 0) - 1) < 1e-9);
    assert.equal(own.indexOf(Math.max(...own)), label);
  });
});

test('a stop is heard between two pairs', async () => {
  const { rows, labels } = scatteredRows({ classes: 3, each: 4, dimension: 4, spread: 0.2 });
  await assert.rejects(trainPairwiseSvm(rows, labels, { signal: AbortSignal.abort() }), StoppedError);
});
