import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { describe, isTrained } from '../../../src/network/describe';
import { initializeVariable } from '../../../src/network/initialize';
import { networkByName } from '../../../src/network/registry';
import { elementCount } from '../../../src/network/tensor';
import { sharedPath, skipWithoutShared } from '../../fixtures/shared';

const counts = [
  { name: 'inception_resnet_v1', embeddingSize: 512, variables: 490, floats: 23_497_424, regularized: 133 },
  { name: 'inception_resnet_v1', embeddingSize: 128, variables: 490, floats: 22_808_144, regularized: 133 },
  { name: 'inception_resnet_v2', embeddingSize: 512, variables: 900, floats: 55_124_704, regularized: 245 },
  { name: 'squeezenet', embeddingSize: 512, variables: 106, floats: 1_767_912, regularized: 27 },
];

for (const { name, embeddingSize, ...expected } of counts) {
  test(`${name} with ${embeddingSize} dimensions has the reference's numbers of variables (spec §4)`, () => {
    const { variables } = describe(networkByName(name, { embeddingSize }));
    assert.deepEqual(
      {
        variables: variables.length,
        floats: variables.reduce((sum, { shape }) => sum + elementCount(shape), 0),
        regularized: variables.filter(({ regularized }) => regularized).length,
      },
      expected,
    );
  });
}

/** `name [shape]` lines of the code block under a heading of Appendix A. */
function appendix(heading: string): { name: string; shape: string }[] {
  const text = readFileSync(sharedPath('spec', 'facenet-reference.md'), 'utf8');
  const block = text.slice(text.indexOf(heading)).split('```')[1]!;
  return Array.from(block.matchAll(/^(\S+) \[([^\]]*)\]$/gm), ([, name, shape]) => ({ name: name!, shape: shape! }));
}

const skip = skipWithoutShared('spec', 'facenet-reference.md');

test('the variables of inception_resnet_v1 are those of Appendix A.1 in name, shape and order', { skip }, () => {
  const listed = appendix('### A.1').map(({ name, shape }) => ({
    name,
    shape: shape.replace('E', '512').replace('C', '7'),
  }));
  const ours = describe(networkByName('inception_resnet_v1', { embeddingSize: 512 }), { classes: 7 }).variables;
  assert.deepEqual(
    ours.map(({ name, shape }) => ({ name, shape: shape.join(', ') })),
    listed,
  );
});

for (const [heading, name] of [
  ['### A.2', 'inception_resnet_v2'],
  ['### A.3', 'squeezenet'],
] as const) {
  test(`the variables of ${name} that Appendix ${heading.slice(4)} lists are there in its order`, { skip }, () => {
    const ours = describe(networkByName(name, { embeddingSize: 512 })).variables.map(
      (variable) => `${variable.name} [${variable.shape.join(', ')}]`,
    );
    const listed = appendix(heading).map((line) => `${line.name} [${line.shape.replace('E', '512')}]`);
    const kept = ours.filter((variable) => listed.includes(variable));
    assert.deepEqual(kept, listed);
  });
}

test('moving statistics are the variables that no optimizer changes', () => {
  const { variables } = describe(networkByName('inception_resnet_v1', { embeddingSize: 512 }));
  const moving = variables.filter((variable) => !isTrained(variable));
  assert.equal(
    moving.reduce((sum, { shape }) => sum + elementCount(shape), 0),
    29_600,
  );
});

test('stages have the sizes of the paper', () => {
  const { stages } = describe(networkByName('models.inception_resnet_v1', { embeddingSize: 128 }), { classes: 5 });
  const size = (name: string): unknown => stages.find((stage) => stage.name === name)?.outputShape;
  assert.deepEqual(size('Conv2d_4b_3x3'), [17, 17, 256]);
  assert.deepEqual(size('Repeat_1/block17_10'), [8, 8, 896]);
  assert.deepEqual(size('Block8'), [3, 3, 1792]);
  assert.deepEqual(size('AvgPool'), [1792]);
  assert.deepEqual(stages.at(-1)!.name, 'Logits');
  assert.deepEqual(size('Logits'), [5]);
  assert.deepEqual(
    stages.at(-1)!.variables.map(({ stage }) => stage),
    ['Logits', 'Logits'],
  );
});

test('an unknown network is a mistake of the user', () => {
  assert.throws(() => networkByName('resnet50'), { name: 'UserError' });
});

test('initial values: Xavier limits for weights, ones for variances, zeros else', () => {
  const { variables } = describe(networkByName('inception_resnet_v1'));
  const find = (name: string): (typeof variables)[number] =>
    variables.find((variable) => variable.name.endsWith(name))!;
  const weights = find('Conv2d_2a_3x3/weights');
  const limit = Math.sqrt(6 / (9 * 32 + 9 * 32));
  assert.equal(initializeVariable(weights, () => 0).data[0], Math.fround(-limit));
  assert.equal(initializeVariable(weights, () => 0.75).data[5], Math.fround(limit / 2));
  assert.ok(initializeVariable(find('moving_variance'), Math.random).data.every((value) => value === 1));
  assert.ok(initializeVariable(find('beta'), Math.random).data.every((value) => value === 0));
});
