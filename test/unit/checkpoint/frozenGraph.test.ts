import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { openModel } from '../../../src/checkpoint/model';
import { parseTensorProto, tensorBytes } from '../../../src/checkpoint/tensorProto';
import { toDoubles } from '../../../src/checkpoint/dataTypes';
import { describe } from '../../../src/network/describe';
import { networkByName } from '../../../src/network/registry';
import { UserError } from '../../../src/protocol/errors';
import { constantNode, frozenGraphOf, readNode, tensorMessage } from '../../fixtures/frozenGraph';
import { bytesField, message, shapeMessage, varintField } from '../../fixtures/protobuf';
import { regenerableTensor } from '../../fixtures/regenerableWeights';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();

/** A frozen squeezenet as freeze_graph leaves it: variables as constants with a twin, gammas as one broadcast value. */
function frozenGraph(options: { reads?: boolean; without?: RegExp } = {}): Buffer {
  const parts: Uint8Array[] = [];
  for (const { name, shape } of describe(networkByName('squeezenet', { embeddingSize: 16 })).variables) {
    if (options.without?.test(name) === true) continue;
    parts.push(constantNode(name, tensorMessage({ shape, values: regenerableTensor(name, shape).data })));
    if (options.reads !== false) parts.push(readNode(name));
  }
  const one = Buffer.from('0000803f', 'hex');
  const gamma = message(varintField(1, 1), bytesField(2, shapeMessage([96])), bytesField(5, one));
  parts.push(constantNode('squeezenet/conv1/BatchNorm/Const', gamma));
  parts.push(bytesField(1, message(bytesField(1, 'input'), bytesField(2, 'Placeholder'))));
  return message(...parts);
}

async function saved(name: string, bytes: Uint8Array): Promise<string> {
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
}

test('a frozen graph is a model with its variables, and without its gammas', async () => {
  for (const reads of [true, false]) {
    const model = await openModel(await saved('frozen.pb', frozenGraph({ reads })));
    assert.equal(model.kind, 'frozen-graph');
    assert.equal(model.name, 'frozen');
    assert.deepEqual([model.network, model.embeddingSize, model.classes], ['squeezenet', 16, undefined]);
    assert.equal(model.variables.length, 106);
    const tensors = await model.readAll();
    for (const [name, { shape, data }] of tensors) assert.deepEqual(data, regenerableTensor(name, shape).data);
    assert.equal((await model.read('squeezenet/conv10/biases')).shape[0], 1000);
    await assert.rejects(model.read('input'), /has no variable input/);
  }
});

test('a constant of a type that has no numbers is told by its name', async () => {
  // 20 is a resource; it stands where the first constant, of floats, has its 1.
  const shape = [3];
  const resource = message(varintField(1, 20), bytesField(2, shapeMessage(shape)));
  const [name, other] = ['conv/weights', 'conv/biases'];
  const graph = message(
    ...[constantNode(name, resource), readNode(name)],
    ...[constantNode(other, tensorMessage({ shape, values: Float32Array.of(1, 2, 3) })), readNode(other)],
  );
  const model = await openModel(await saved('resource.pb', graph));
  const told = (error: UserError): boolean =>
    error instanceof UserError && error.message.includes('resource.pb holds conv/weights as resource: its values');
  await assert.rejects(model.readAll(), told);
  await assert.rejects(model.read(name), told);
  assert.deepEqual((await model.read(other)).data, Float32Array.of(1, 2, 3));
});

test('a graph with folded batch norm, one without weights, and no graph at all are told apart', async () => {
  const folded = await saved('folded.pb', frozenGraph({ without: /moving_|beta/ }));
  await assert.rejects(openModel(folded), /batch normalisation is folded/);
  const empty = await saved('empty.pb', bytesField(1, message(bytesField(1, 'x'), bytesField(2, 'Placeholder'))));
  await assert.rejects(openModel(empty), /is a graph without weights/);
  await assert.rejects(openModel(await saved('text.pb', Buffer.from('hello'))), /is not a TensorFlow graph/);
});

test('a cut or damaged graph is one sentence, never a crash', async () => {
  const graph = frozenGraph();
  const cut = await saved('cut.pb', graph.subarray(0, graph.length >> 1));
  await assert.rejects(openModel(cut), /cut off or damaged/);
  const small = frozenGraphOf([{ name: 'a/weights', shape: [2], values: Float32Array.of(1, 2) }]);
  await fc.assert(
    fc.asyncProperty(fc.nat(small.length * 8 - 1), fc.nat(small.length), async (bit, length) => {
      const bytes = Buffer.from(small.subarray(0, length));
      if (bit >> 3 < length) bytes[bit >> 3]! ^= 1 << (bit & 7);
      try {
        const model = await openModel(await saved('fuzzed.pb', bytes));
        for (const { dtype, name } of model.variables) if (dtype === 'float32') await model.read(name);
      } catch (error) {
        assert.ok(error instanceof UserError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});

test('constants that repeat one value take no more than the file could hold, all together', async () => {
  const repeated = { shape: [1000, 500], values: Float32Array.of(1), repeated: true };
  const graph = (count: number): Buffer =>
    frozenGraphOf(Array.from({ length: count }, (_, i) => ({ name: `a${i}/weights`, ...repeated })));
  const model = await openModel(await saved('few.pb', graph(2)));
  assert.equal((await model.read('a1/weights')).data.length, 500_000);
  await assert.rejects(
    openModel(await saved('many.pb', graph(3))),
    /damaged at byte \d+: a2\/weights has the impossible/,
  );
});

test('constants are bytes, a list, a repeated last value, or zeros', () => {
  const values = (...fields: Uint8Array[]): number[] => {
    const proto = parseTensorProto(message(...fields));
    return [...toDoubles(proto.dtype, tensorBytes(proto))];
  };
  const [float, shape] = [varintField(1, 1), bytesField(2, shapeMessage([3]))];
  const packed = new Uint8Array(Float32Array.of(1, 2).buffer);
  assert.deepEqual(values(float, shape, bytesField(4, new Uint8Array(Float32Array.of(4, 5, 6).buffer))), [4, 5, 6]);
  assert.deepEqual(values(float, shape, bytesField(5, packed)), [1, 2, 2]);
  assert.deepEqual(values(float, shape, Buffer.from([0x2d, 0, 0, 0x80, 0x3f])), [1, 1, 1], 'not packed');
  assert.deepEqual(values(float, shape), [0, 0, 0]);
  assert.deepEqual(values(varintField(1, 19), shape, bytesField(13, Buffer.from([0x80, 0x78]))), [1, 1, 1], 'half');
  assert.deepEqual(values(varintField(1, 9), bytesField(2, Buffer.alloc(0)), varintField(10, -7)), [-7]);
  assert.deepEqual(values(varintField(1, 10), shape, bytesField(11, Buffer.from([1, 0]))), [1, 0, 0]);
  assert.throws(() => values(float, bytesField(2, shapeMessage([1 << 30, 4]))), /impossible shape/);
  assert.throws(() => values(float, shape, bytesField(4, Buffer.alloc(8))), /8 bytes for the shape/);
  assert.throws(() => values(varintField(1, 7), shape), /string values are not numbers/);
});
