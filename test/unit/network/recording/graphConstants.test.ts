import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GraphBuilder } from '../../../../src/network/graphdef/graphBuilder';
import { constantOf, GraphConstants } from '../../../../src/network/recording/graphConstants';

const shape = [4, 5];
const twenty = (value: number): Float32Array => new Float32Array(20).fill(value);

test('many times one number are one number; zeros, whose sign counts, and what is no number stay as they are', () => {
  assert.deepEqual(constantOf(shape, twenty(0.1), 'float'), { shape, repeated: Math.fround(0.1), type: 'float' });
  const almost = twenty(1);
  almost[19] = -1;
  for (const float of [twenty(-0), twenty(0), twenty(NaN), almost])
    assert.deepEqual(constantOf(shape, float, 'float'), { shape, float });
  assert.deepEqual(constantOf([2], [1, 1], 'float'), { shape: [2], float: Float32Array.of(1, 1) });
  assert.deepEqual(constantOf([2], [1, 1], 'int32'), { shape: [2], int32: [1, 1] });
});

test('what a graph cannot hold is refused', () => {
  assert.throws(() => constantOf([1], Uint8Array.of(1), 'bool'), /truth values/);
  assert.throws(() => constantOf([2], [1], 'float'), /as many values/);
});

test('a value that comes again is the node that is there, and only that', () => {
  const graph = new GraphBuilder();
  const constants = new GraphConstants(graph);
  const node = (values: number[], of = [values.length]): string => constants.node(constantOf(of, values, 'float'));
  assert.equal(node([0]), node([0]));
  assert.notEqual(node([0]), node([-0]));
  assert.notEqual(node([0]), node([0], []));
  assert.notEqual(node([0]), constants.node(constantOf([1], [0], 'int32')));
  assert.equal(node(Array<number>(20).fill(3)), node(Array<number>(20).fill(3)));
  assert.notEqual(node(Array<number>(20).fill(3)), node(Array<number>(20).fill(3), shape));
});
