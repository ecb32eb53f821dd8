import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chineseWhispers, edgesAbove } from '../../../src/cluster/chineseWhispers';
import { dbscan } from '../../../src/cluster/dbscan';
import { NumpyRandom } from '../../../src/dataset/random';
import { toCentre } from '../../../src/identify/centres';
import { distanceMatrix } from '../../../src/identify/distances';

/** Points on a line. */
const line = (...points: number[]): Float64Array => distanceMatrix(Float32Array.from(points), 1);

test('DBSCAN: clusters are numbered by their first core, and what none reaches is noise', () => {
  assert.deepEqual([...dbscan(line(10, 0, 1, 2, 11, 30), 1, 2)], [0, 1, 1, 1, 0, -1]);
  assert.deepEqual([...dbscan(line(10, 0, 30), 1, 1)], [0, 1, 2], 'each is a core of its own');
  assert.deepEqual([...dbscan(line(0, 1), 1, 2)], [0, 0], 'as far as the reach is within it');
  assert.deepEqual([...dbscan(line(0, 1.01), 1, 2)], [-1, -1]);
});

test('DBSCAN: a border row belongs to the cluster that comes first, and passes nothing on', () => {
  // 2 is within reach of 1 and 3, but has too few neighbours to be a core of four.
  const labels = dbscan(line(0, 0.5, 1, 2, 3, 3.5, 4), 1, 4);
  assert.deepEqual(
    [...labels],
    [0, 0, 0, 0, 1, 1, 1].map((label, row) => (row === 3 ? labels[3]! : label)),
  );
  assert.equal(labels[3], 0);
});

test('Chinese whispers: groups are found whatever the order, largest first; who is like nobody is in none', () => {
  const group = (angle: number) => [Math.cos(angle), Math.sin(angle)];
  const angles = [0, 1.6, 0.1, 1.65, 0.2, 3.6, 0.15, 1.7];
  const embeddings = Float32Array.from(angles.flatMap(group));
  const edges = edgesAbove(embeddings, 2, 0.55);
  assert.equal(edges[5]!.nodes.length, 0);
  for (let seed = 0; seed < 20; seed++) {
    const clusters = chineseWhispers(edges, new NumpyRandom(seed)).map((nodes) => nodes.join());
    assert.deepEqual(clusters, ['0,2,4,6', '1,3,7']);
  }
  assert.deepEqual(edgesAbove(Float32Array.of(1, 0, 0.5, 0.5), 2, 0.5)[0]!.nodes, [], 'the product has to be above');
});

test('the distance to the centre is that to the mean', () => {
  assert.deepEqual(
    [...toCentre(Float32Array.of(0, 0, 4, 0, 2, 3), 2)].map((value) => value.toFixed(4)),
    ['2.2361', '2.2361', '2.0000'],
  );
  assert.deepEqual([...toCentre(Float32Array.of(1, 2), 2)], [0]);
});
