import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openModel } from '../../../src/checkpoint/model';
import { readFields } from '../../../src/checkpoint/protobuf';
import { logitsStage, marginStage } from '../../../src/network/classifiers';
import { describe } from '../../../src/network/describe';
import { freezeGraph, metaGraph } from '../../../src/network/graphdef/exportGraph';
import { GraphBuilder } from '../../../src/network/graphdef/graphBuilder';
import { networkByName } from '../../../src/network/registry';
import { networkNames } from '../../../src/protocol/networkNames';
import { readMetaGraph } from '../../fixtures/metaGraph';
import { regenerableWeights } from '../../fixtures/regenerableWeights';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

interface Node {
  name: string;
  op: string;
  inputs: string[];
}

/** The nodes of an encoded GraphDef, as another program reads them. */
function parseNodes(graph: Uint8Array): Node[] {
  const nodes: Node[] = [];
  readFields(graph, {
    1: (reader) => {
      const node: Node = { name: '', op: '', inputs: [] };
      readFields(reader.bytes(), {
        1: (field) => (node.name = field.string()),
        2: (field) => (node.op = field.string()),
        3: (field) => node.inputs.push(field.string()),
      });
      nodes.push(node);
    },
  });
  return nodes;
}

function part(message: Uint8Array, field: number): Uint8Array {
  let found: Uint8Array | undefined;
  readFields(message, { [field]: (reader) => (found = reader.bytes()) });
  return found!;
}

/** Every name once, and every input a result of a node that stands before it. */
function assertOrdered(nodes: readonly Node[]): void {
  const known = new Set<string>();
  for (const { name, inputs } of nodes) {
    for (const input of inputs) {
      const producer = input.replace(/^\^/, '').replace(/:\d+$/, '');
      assert.ok(known.has(producer), `${name} needs ${producer}, which does not stand before it`);
    }
    assert.ok(!known.has(name), `two nodes are named ${name}`);
    known.add(name);
  }
}

function byName(nodes: readonly Node[]): Map<string, Node> {
  return new Map(nodes.map((node) => [node.name, node]));
}

for (const name of networkNames) {
  test(`the frozen graph of ${name} is in order, has the reference's names, and gives its variables back`, async () => {
    const network = networkByName(name, { embeddingSize: 8 });
    const { variables } = describe(network);
    const weights = regenerableWeights(variables);
    const { bytes, nodes: written } = freezeGraph(network, weights);
    const nodes = parseNodes(bytes);
    assertOrdered(nodes);
    assert.equal(nodes.length, written.length);
    const found = byName(nodes);
    for (const placeholder of ['input', 'phase_train', 'label_batch', 'batch_size']) {
      assert.equal(found.get(placeholder)?.op, 'Placeholder', placeholder);
    }
    assert.deepEqual(found.get('image_batch')?.inputs, ['input']);
    assert.equal(nodes.at(-1)!.name, 'embeddings');
    // Whatever is not fed for its own sake is needed by the embeddings.
    const used = new Set(nodes.flatMap(({ inputs }) => inputs));
    const unused = nodes.filter((node) => !used.has(node.name)).map((node) => node.name);
    assert.deepEqual(unused.sort(), ['batch_size', 'embeddings', 'label_batch', 'phase_train']);
    for (const variable of variables) {
      assert.equal(found.get(variable.name)?.op, 'Const', variable.name);
      const read = found.get(`${variable.name}/read`);
      assert.deepEqual([read?.op, read?.inputs], ['Identity', [variable.name]]);
    }

    const path = join(temporaryFolder(), 'frozen.pb');
    await writeFile(path, bytes);
    const model = await openModel(path);
    assert.deepEqual([model.kind, model.network, model.embeddingSize], ['frozen-graph', name, 8]);
    const values = await model.readAll();
    assert.deepEqual(new Set(values.keys()), new Set(weights.keys()));
    for (const [variable, tensor] of weights) {
      assert.deepEqual([...values.get(variable)!.shape], [...tensor.shape], variable);
      assert.ok(Buffer.from(values.get(variable)!.data.buffer).equals(Buffer.from(tensor.data.buffer)), variable);
    }
  });

  test(`the metagraph of ${name} declares and saves every variable`, async () => {
    const network = networkByName(name, { embeddingSize: 8 });
    const { variables } = describe(network, { classes: 3 });
    const { bytes } = metaGraph(network, { head: [logitsStage(3)] });
    const nodes = parseNodes(part(bytes, 2));
    assertOrdered(nodes);
    const found = byName(nodes);
    const saved = [...variables.map((variable) => variable.name), 'global_step'];
    for (const variable of saved) {
      assert.equal(found.get(variable)?.op, 'VariableV2', variable);
      assert.deepEqual(found.get(`${variable}/Assign`)?.inputs[0], variable);
    }
    assert.deepEqual(new Set(found.get('save/SaveV2')!.inputs.slice(3)), new Set(saved));
    const restored = found.get('save/restore_all')!.inputs.map((input) => found.get(input.slice(1))!.inputs[0]!);
    assert.deepEqual(new Set(restored), new Set(saved));
    assert.equal(restored.length, saved.length);
    const names: string[] = [];
    readFields(part(bytes, 3), {
      1: (reader) => names.push(reader.string()),
      2: (reader) => names.push(reader.string()),
      3: (reader) => names.push(reader.string()),
    });
    assert.deepEqual(names, ['save/Const:0', 'save/control_dependency:0', 'save/restore_all']);
    assert.ok(found.has('embeddings') && found.has('Logits/BiasAdd'));

    const path = join(temporaryFolder(), 'model-a.meta');
    await writeFile(path, bytes);
    const meta = await readMetaGraph(path);
    assert.deepEqual(
      meta.variables,
      variables.map(({ name: variable, shape }) => ({ name: variable, shape })),
    );
  });
}

test('the metagraph of a head with a margin goes up to its cosines', async () => {
  const network = networkByName('squeezenet', { embeddingSize: 8 });
  for (const [centers, output] of [
    [1, 'Margin/MatMul'],
    [3, 'Margin/Max'],
  ] as const) {
    const { bytes, nodes } = metaGraph(network, { head: [marginStage(4, centers)] });
    assert.ok(nodes.some(({ name }) => name === output) && !nodes.some(({ name }) => name.startsWith('Logits')));
    const path = join(temporaryFolder(), 'model-a.meta');
    await writeFile(path, bytes);
    const weights = (await readMetaGraph(path)).variables.find(({ name }) => name === 'Margin/weights');
    assert.deepEqual(weights!.shape, centers === 1 ? [8, 4] : [8, 4, 3]);
  }
});

test('prelogits carry the name that they have in the graphs of the reference', () => {
  for (const [name, scope] of [
    ['inception_resnet_v1', 'InceptionResnetV1'],
    ['squeezenet', 'squeezenet'],
  ] as const) {
    const network = networkByName(name, { embeddingSize: 8 });
    const { nodes } = freezeGraph(network, regenerableWeights(describe(network).variables));
    const prelogits = `${scope}/Bottleneck/BatchNorm/Reshape_1`;
    assert.deepEqual(nodes.find((node) => node.name === 'embeddings')!.input, [prelogits, 'embeddings/Rsqrt']);
  }
});

test('a network without one of its variables is refused by name', () => {
  const network = networkByName('squeezenet', { embeddingSize: 8 });
  const weights = regenerableWeights(describe(network).variables);
  weights.delete('squeezenet/fire2/squeeze/weights');
  assert.throws(() => freezeGraph(network, weights), /no variable squeezenet\/fire2\/squeeze\/weights/);
});

test('names are numbered as TensorFlow does, and a name that others rely on is given once', () => {
  const graph = new GraphBuilder();
  graph.addNamed('NoOp', 'a_1');
  assert.deepEqual([graph.add('NoOp', 'a'), graph.add('NoOp', 'a'), graph.add('NoOp', 'a')], ['a', 'a_2', 'a_3']);
  assert.throws(() => graph.addNamed('NoOp', 'a'), /already has a node a/);
});
