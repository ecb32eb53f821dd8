import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Model, openModel } from '../../../../src/checkpoint/model';
import { writeCheckpoint } from '../../../../src/checkpoint/writeCheckpoint';
import { logitsStage, marginStage } from '../../../../src/network/classifiers';
import { describe } from '../../../../src/network/describe';
import type { Network } from '../../../../src/network/network';
import { networkByName } from '../../../../src/network/registry';
import { UserError } from '../../../../src/protocol/errors';
import type { HeadName } from '../../../../src/protocol/settings/headDefaults';
import { trainConfigSchema } from '../../../../src/protocol/trainConfig';
import { openHead } from '../../../../src/train/heads/openHead';
import { startingWeights } from '../../../../src/train/plan/startingWeights';
import { regenerableWeights } from '../../../fixtures/regenerableWeights';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const phase = { name: 'all', trainableFrom: 'All', epochs: 1, learningRate: 1 };

async function savedModel(labels?: string[], classifier = logitsStage(3)) {
  const folder = temporaryFolder();
  const prefix = join(folder, 'model-x.ckpt-5');
  const { variables } = describe(networkByName('squeezenet'), { head: [classifier] });
  await writeCheckpoint(prefix, regenerableWeights(variables));
  if (labels !== undefined) await writeFile(join(folder, 'run.json'), JSON.stringify({ labels }));
  return openModel(prefix);
}

async function start(
  ...[network, labels, model, seed, name]: [Network, string[], Model | undefined, number, HeadName?]
) {
  const { embeddingSize } = network;
  const head = openHead(trainConfigSchema.parse({ dataDir: '', phases: [phase], head: name }), {
    classes: labels.length,
    embeddingSize,
  });
  return startingWeights(network, head, labels, model, seed);
}

test('other people: exactly the classifier is new, and repeatably so', async () => {
  const model = await savedModel(['a', 'b', 'c']);
  const { plan, weights, notes } = await start(networkByName('squeezenet'), ['a', 'b', 'x'], model, 1);
  const fresh = plan!.entries.filter(({ status }) => status !== 'restored').map(({ name }) => name);
  assert.deepEqual(fresh, ['Logits/weights', 'Logits/biases']);
  assert.match(notes.join(' '), /classifier \(Logits\) is new/);
  const again = await start(networkByName('squeezenet'), ['a', 'b', 'x'], model, 1);
  assert.deepEqual(again.weights.get('Logits/weights')!.data, weights.get('Logits/weights')!.data);
  const other = await start(networkByName('squeezenet'), ['a', 'b', 'x'], model, 2);
  assert.notDeepEqual(other.weights.get('Logits/weights')!.data, weights.get('Logits/weights')!.data);
});

test('the same people in the same order: the classifier is kept', async () => {
  const { plan } = await start(networkByName('squeezenet'), ['a', 'b', 'c'], await savedModel(['a', 'b', 'c']), 1);
  assert.equal(plan!.counts.new + plan!.counts['other-shape'], 0);
});

const people = ['a', 'b', 'c'];
const squeezenet = networkByName('squeezenet');

test('the directions of a head with a margin are kept for the same people, whichever margin learned them', async () => {
  const model = await savedModel(people, marginStage(3));
  assert.equal(model.classes, 3);
  for (const head of ['cosface', 'arcface', 'adaface'] as const) {
    const { plan, weights } = await start(squeezenet, people, model, 1, head);
    assert.equal(plan!.counts.new + plan!.counts['other-shape'] + plan!.counts.unused, 0);
    assert.deepEqual(weights.get('Margin/weights')!.data, (await model.readAll()).get('Margin/weights')!.data);
  }
  const { notes } = await start(squeezenet, ['a', 'b', 'x'], model, 1, 'arcface');
  assert.equal(notes[1], 'The classifier (Margin) is new: its people are others.');
});

test("another head's classifier is left out, and that is said", async () => {
  for (const [classifier, head, own, other] of [
    [logitsStage(3), 'arcface', 'Margin', 'Logits'],
    [marginStage(3), 'softmax', 'Logits', 'Margin'],
  ] as const) {
    const { plan, notes } = await start(squeezenet, people, await savedModel(people, classifier), 1, head);
    const fresh = plan!.entries.filter(({ status }) => status === 'new').map(({ name }) => name.split('/')[0]);
    assert.deepEqual(new Set(fresh), new Set([own]));
    const unused = plan!.entries.filter(({ status }) => status === 'unused').map(({ name }) => name.split('/')[0]);
    assert.deepEqual(new Set(unused), new Set([other]));
    assert.equal(
      notes[1],
      `The classifier (${own}) is new: the model's (${other}) belongs to another loss head and is left out.`,
    );
  }
});

test('sub-centres are known by their shape', async () => {
  const model = await savedModel(people, marginStage(3, 3));
  assert.equal(model.classes, 3);
  assert.deepEqual(model.variables.find(({ name }) => name === 'Margin/weights')!.shape, [128, 3, 3]);
  assert.equal((await start(squeezenet, people, model, 1, 'subcenter')).plan!.counts['other-shape'], 0);
  const { plan, notes } = await start(squeezenet, people, model, 1, 'arcface');
  assert.equal(plan!.counts['other-shape'], 1);
  assert.equal(notes[1], "The classifier (Margin) is new: the model's has another shape.");
});

test('a model without a classifier has none to give', async () => {
  const prefix = join(temporaryFolder(), 'model-x.ckpt-5');
  await writeCheckpoint(prefix, regenerableWeights(describe(squeezenet).variables));
  const { notes } = await start(squeezenet, people, await openModel(prefix), 1, 'cosface');
  assert.equal(notes[1], 'The classifier (Margin) is new: the model has none.');
});

test('as many people, but nobody knows which: the classifier is new', async () => {
  const { plan } = await start(networkByName('squeezenet'), ['a', 'b', 'c'], await savedModel(), 1);
  assert.equal(plan!.counts.new, 2);
});

test('triplets take everything but the classifier, which is said', async () => {
  const people = ['a', 'b', 'c'];
  const model = await savedModel(people);
  const { plan, weights, notes } = await start(networkByName('squeezenet'), people, model, 1, 'triplet');
  assert.deepEqual(plan!.counts, { restored: weights.size, new: 0, 'other-shape': 0, unused: 2 });
  assert.ok(![...weights.keys()].some((name) => name.startsWith('Logits')));
  assert.match(notes.join(' '), /classifier \(Logits\) is left out/);
  assert.doesNotMatch(notes.join(' '), /is new/);
});

test('another embedding size makes the Bottleneck new, and only that', async () => {
  const network = networkByName('squeezenet', { embeddingSize: 64 });
  const { plan, notes, weights } = await start(network, ['a', 'b'], await savedModel(), 1);
  const fresh = plan!.entries
    .filter(({ status }) => status === 'other-shape' || status === 'new')
    .map(({ name }) => name);
  assert.ok(
    fresh.every((name) => /^(Logits|squeezenet\/Bottleneck)\//.test(name)),
    fresh.join(),
  );
  assert.equal(fresh.length, 6);
  assert.match(notes.join(' '), /Bottleneck is new/);
  assert.deepEqual(weights.get('squeezenet/Bottleneck/weights')!.shape, [1000, 64]);
});

test('variables that the model lacks below the Bottleneck are told apart from both', async () => {
  const prefix = join(temporaryFolder(), 'model-x.ckpt-5');
  const { variables } = describe(networkByName('squeezenet'));
  const kept = variables.filter(({ stage }) => stage !== 'fire9');
  await writeCheckpoint(prefix, regenerableWeights(kept));
  const { notes } = await start(networkByName('squeezenet'), ['a', 'b'], await openModel(prefix), 1);
  const missing = variables.length - kept.length;
  assert.equal(
    notes.at(-1),
    `${missing} variables below the Bottleneck are not in the model and start at random, e.g. squeezenet/fire9/squeeze/weights.`,
  );
  assert.ok(!notes.some((note) => note.includes('Bottleneck is new')));
});

test('a model of another network is refused with its name', async () => {
  await assert.rejects(
    start(networkByName('dlib_resnet'), ['a', 'b'], await savedModel(), 1),
    (error: unknown) => error instanceof UserError && /only 0 % of dlib_resnet.*squeezenet/.test(error.message),
  );
});

test('without a model all is new and notes say so', async () => {
  const { weights, notes, plan } = await start(networkByName('squeezenet'), ['a', 'b'], undefined, 1);
  assert.equal(plan, undefined);
  assert.equal(notes.length, 1);
  assert.ok(weights.get('squeezenet/conv1/weights')!.data.some((value) => value !== 0));
});
