import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkByName } from '../../../../src/network/registry';
import { UserError } from '../../../../src/protocol/errors';
import { phaseSchema } from '../../../../src/protocol/trainConfig';
import { endStep, firstTrainedStage, planPhases } from '../../../../src/train/plan/phases';
import { type HeadName, headNames } from '../../../../src/protocol/settings/headDefaults';
import { defaultPhases } from '../../../../src/train/settings/defaultPhases';

test('stages are found by name, alias and scoped name', () => {
  const network = networkByName('inception_resnet_v1');
  const last = network.stages.findIndex(({ name }) => name === 'Block8');
  for (const name of ['Block8', 'block8', 'LastBlock', 'InceptionResnetV1/Block8/'])
    assert.equal(firstTrainedStage(network, name), last, name);
  assert.equal(firstTrainedStage(network, 'Repeat_2/block8_5'), last - 1);
  assert.equal(firstTrainedStage(network, 'Logits'), network.stages.length);
  assert.equal(firstTrainedStage(network, 'All'), 0);
  assert.throws(
    () => firstTrainedStage(network, 'Block9'),
    (error: unknown) => error instanceof UserError && error.sentence.includes('Bottleneck'),
  );
});

test('phases follow one another; those without epochs are left out', () => {
  const network = networkByName('squeezenet');
  const phase = (name: string, epochs: number, learningRate: number | { epoch: number; rate: number }[] = 0.1) =>
    phaseSchema.parse({ name, trainableFrom: 'Logits', epochs, learningRate });
  const planned = planPhases(
    network,
    [
      phase('a', 3),
      phase('b', 0),
      phase('c', 9, [
        { epoch: 0, rate: 1 },
        { epoch: 3, rate: -1 },
      ]),
    ],
    10,
  );
  assert.deepEqual(
    planned.map(({ name, firstStep, epochs, epochsBefore }) => [name, firstStep, epochs, epochsBefore]),
    [
      ['a', 0, 3, 0],
      ['c', 30, 2, 3],
    ],
  );
  assert.equal(endStep(planned[1]!), 50);
});

test('default phases satisfy the schema and begin with the classifier only when something was learned', () => {
  for (const phase of [...defaultPhases(true), ...defaultPhases(false)]) phaseSchema.parse(phase);
  assert.equal(defaultPhases(true)[0]!.trainableFrom, 'Logits');
  assert.equal(defaultPhases(false)[0]!.batchNorm, 'update');
});

test('the head decides the rates of default phases, and whether there is a classifier to begin with', () => {
  const rates = (head: HeadName) => defaultPhases(true, 'dlib_resnet', head).map(({ learningRate }) => learningRate);
  assert.deepEqual(rates('softmax'), [10, 0.0003]);
  for (const head of headNames.filter((name) => name !== 'softmax' && name !== 'triplet')) {
    assert.deepEqual(rates(head), [1, 0.0001], head);
  }
  assert.deepEqual(
    defaultPhases(true, 'dlib_resnet', 'triplet').map(({ trainableFrom }) => trainableFrom),
    ['LastBlock'],
  );
});
