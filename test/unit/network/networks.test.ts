// What must hold for every network, a new one included, and what the four of today say about themselves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marginStage } from '../../../src/network/classifiers';
import { describe, dropsValues } from '../../../src/network/describe';
import { identifyNetwork, isFolded } from '../../../src/network/identify';
import { networkByName } from '../../../src/network/registry';
import { networkNames } from '../../../src/protocol/networkNames';
import { headNames } from '../../../src/protocol/settings/headDefaults';
import { phaseSchema } from '../../../src/protocol/trainConfig';
import { firstTrainedStage } from '../../../src/train/plan/phases';
import { defaultPhases } from '../../../src/train/settings/defaultPhases';

for (const name of networkNames) {
  const network = networkByName(name, { embeddingSize: 96 });
  const { stages, variables } = describe(network);
  const indexOf = (stage: string): number => stages.findIndex((candidate) => candidate.name === stage);

  test(`${name} has its last block and its bottleneck among its stages`, () => {
    assert.equal(network.name, name);
    assert.ok(indexOf(network.lastBlock) !== -1, network.lastBlock);
    assert.ok(indexOf(network.bottleneck) > indexOf(network.lastBlock), network.bottleneck);
    assert.equal(firstTrainedStage(network, 'LastBlock'), indexOf(network.lastBlock));
    const { outputShape, variables: own } = stages[indexOf(network.bottleneck)]!;
    assert.deepEqual(outputShape, [96]);
    assert.equal(own.find(({ role }) => role === 'weights')?.name, `${network.scope}/${network.bottleneck}/weights`);
    assert.deepEqual(stages.at(-1)!.outputShape, [96]);
  });

  test(`${name} has stages that can be told apart without regard to case, and one scope`, () => {
    assert.equal(new Set(stages.map((stage) => stage.name.toLowerCase())).size, stages.length);
    assert.ok(variables.every((variable) => variable.name.startsWith(`${network.scope}/`)));
    assert.equal(new Set(variables.map((variable) => variable.name)).size, variables.length);
  });

  test(`${name} says how it is fine-tuned`, () => {
    const { classifier, lastBlock, marginRates } = network.fineTuning;
    for (const { epochs, rate } of [classifier, lastBlock]) assert.ok(epochs > 0 && rate > 0);
    for (const rate of Object.values(marginRates)) assert.ok(rate > 0);
    for (const head of headNames) for (const phase of defaultPhases(true, name, head)) phaseSchema.parse(phase);
  });

  test(`${name} is recognised by its variables, with its sizes`, () => {
    const withClassifier = describe(network, { classes: 12 }).variables;
    assert.deepEqual(identifyNetwork(withClassifier), { name, embeddingSize: 96, classes: 12 });
    for (const directions of [marginStage(12), marginStage(12, 3)]) {
      const withDirections = describe(network, { head: [directions] }).variables;
      assert.deepEqual(identifyNetwork(withDirections), { name, embeddingSize: 96, classes: 12 });
    }
    assert.equal(identifyNetwork(variables.slice(4, 9)), undefined);
  });

  test(`${name} is told from a copy whose batch norms are folded`, () => {
    const isNormalized = stages[0]!.variables.some(({ role }) => role === 'moving_mean');
    for (const root of ['', 'import/']) {
      const names = variables.map((variable) => root + variable.name);
      assert.equal(isFolded(new Set(names)), false);
      assert.equal(isFolded(new Set(names.filter((variable) => !/moving_|beta/.test(variable)))), isNormalized);
    }
  });
}

test('the networks of today: last blocks, rates and where values are dropped', () => {
  const normalized = {
    classifier: { epochs: 50, rate: 0.05 },
    lastBlock: { epochs: 10, rate: 0.001 },
    marginRates: { classifier: 1, lastBlock: 0.0003 },
  };
  const dlib = {
    classifier: { epochs: 100, rate: 10 },
    lastBlock: { epochs: 10, rate: 0.0003 },
    marginRates: { classifier: 1, lastBlock: 0.0001 },
  };
  for (const [name, lastBlock, fineTuning, dropping] of [
    ['inception_resnet_v1', 'Block8', normalized, 'AvgPool'],
    ['inception_resnet_v2', 'Block8', normalized, 'AvgPool'],
    ['squeezenet', 'fire9', normalized, 'conv10'],
    ['dlib_resnet', 'Block256_Down_Out', dlib, 'AvgPool'],
  ] as const) {
    const network = networkByName(name);
    assert.equal(network.lastBlock, lastBlock);
    assert.deepEqual(network.fineTuning, fineTuning);
    const { stages } = describe(network);
    assert.deepEqual(
      stages.filter(({ drops }) => drops).map((stage) => stage.name),
      [dropping],
    );
  }
});

test('a training drops values as long as the layer that does it is not frozen', () => {
  const network = networkByName('squeezenet');
  const dropout = firstTrainedStage(network, 'conv10');
  assert.ok(dropsValues(network, 0) && dropsValues(network, dropout));
  assert.ok(!dropsValues(network, dropout + 1) && !dropsValues(network, network.stages.length));
});
