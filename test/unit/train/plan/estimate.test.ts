import assert from 'node:assert/strict';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { writeCheckpoint } from '../../../../src/checkpoint/writeCheckpoint';
import { describe as describeNetwork } from '../../../../src/network/describe';
import { networkByName } from '../../../../src/network/registry';
import { UserError } from '../../../../src/protocol/errors';
import { type TrainConfig, trainConfigSchema } from '../../../../src/protocol/trainConfig';
import { imagesOfPass, memoryOf, memoryProblem, planTraining } from '../../../../src/train/plan/trainingPlan';
import { previewTraining } from '../../../../src/train/plan/estimate';
import { writeNoiseFaces } from '../../../fixtures/noiseFaces';
import { regenerableWeights } from '../../../fixtures/regenerableWeights';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const folder = temporaryFolder();
const faces = join(folder, 'faces');
const phase = { name: 'classifier', trainableFrom: 'Logits', epochs: 2, learningRate: 0.05 };
const configOf = (fields: object): TrainConfig =>
  trainConfigSchema.parse({ dataDir: faces, pretrainedModel: join(folder, 'model'), phases: [phase], ...fields });
const refuses = async (fields: object, pattern: RegExp): Promise<void> =>
  assert.rejects(
    previewTraining(configOf(fields), 'wasm'),
    (error) => error instanceof UserError && pattern.test(error.sentence),
  );

describe('what a training will do', () => {
  before(async () => {
    await writeNoiseFaces(faces, { people: 3, images: 4, size: 32 });
    const { variables } = describeNetwork(networkByName('squeezenet', { embeddingSize: 128 }), { classes: 5 });
    await writeCheckpoint(join(folder, 'model', 'model-x.ckpt-1'), regenerableWeights(variables));
    await writeFile(join(folder, 'pairs.txt'), '2\t1\nperson_0 1 2\nperson_0 1 person_1 1\nperson_1 1 2\nnobody 1 2\n');
  });

  test('is told with counts, restore plan, memory and time', async () => {
    const lfw = { dir: faces, pairs: join(folder, 'pairs.txt'), folds: 2 };
    const preview = await previewTraining(configOf({ lfw, validationSplitRatio: 0.25 }), 'wasm');
    assert.deepEqual([preview.people, preview.trainingImages, preview.validationImages], [3, 9, 3]);
    assert.equal(preview.network, 'squeezenet');
    const { counts, entries } = preview.restore!.plan;
    assert.deepEqual(counts, { restored: 106, new: 0, 'other-shape': 2, unused: 0 });
    assert.ok(entries.filter(({ status }) => status === 'other-shape').every(({ name }) => name.startsWith('Logits/')));
    assert.equal(preview.memory.phase, 'classifier');
    assert.ok(preview.time.seconds > preview.time.evaluation && preview.time.evaluation > 0);
    assert.ok(
      preview.warnings.some((warning) => /1 LFW pairs are skipped, .*nobody/.test(warning)),
      preview.warnings.join(),
    );
  });

  test('is planned for the head: its classifier, its memory, and what it does not read', async () => {
    const { restore, warnings } = await previewTraining(configOf({ head: 'arcface', margin: 0.3 }), 'wasm');
    assert.deepEqual(restore!.plan.counts, { restored: 106, new: 1, 'other-shape': 0, unused: 2 });
    assert.match(restore!.notes[1]!, /classifier \(Margin\) is new: .*\(Logits\) belongs to another loss head/);
    assert.ok(!warnings.some((warning) => warning.includes('no effect')));
    const bytes = async (subcenters: number): Promise<number> =>
      (await previewTraining(configOf({ head: 'subcenter', subcenters }), 'wasm')).memory.total;
    // Adam: the weights, their gradient and two slots.
    assert.ok((await bytes(9)) - (await bytes(1)) >= 8 * 4 * 4 * 3 * 128);
    const unread = await previewTraining(configOf({ margin: 0.3, head: 'combined', subcenters: 2 }), 'wasm');
    assert.deepEqual(
      unread.warnings.filter((warning) => warning.includes('no effect')),
      [
        '--margin (margin) has no effect: the head combined does not read it.',
        '--subcenters (subcenters) has no effect: the head combined does not read it.',
      ],
    );
    const softmax = await previewTraining(configOf({ marginScale: 30, interclassFilter: 0.5 }), 'wasm');
    assert.equal(softmax.warnings.filter((warning) => warning.includes('the head softmax does not read it')).length, 2);
  });

  test('says when there is too little free memory, of the embedded engine or of the machine', async () => {
    const whole = { phases: [{ ...phase, trainableFrom: 'All' }], batchSize: 500, epochSize: 1 };
    assert.equal((await previewTraining(configOf(whole), 'wasm')).tooLarge, true);
    assert.equal((await previewTraining(configOf(whole), 'cpu', undefined, { available: 1e12 })).tooLarge, false);
    assert.equal((await previewTraining(configOf(whole), 'cpu', undefined, { available: 1e9 })).tooLarge, true);
    assert.equal((await previewTraining(configOf(whole), 'gpu')).tooLarge, false, 'a card says itself');
    const inParts = await previewTraining(configOf({ ...whole, microBatch: 4 }), 'cpu', undefined, { available: 1e9 });
    assert.equal(inParts.tooLarge, false);
  });

  test('a step that does not fit is refused with the micro-batch that would, and with none where one image is too much', async () => {
    const plan = await planTraining(configOf({ phases: [{ ...phase, trainableFrom: 'All' }], batchSize: 12 }));
    assert.deepEqual([imagesOfPass(plan), imagesOfPass(plan, 5)], [12, 5]);
    const [first] = plan.phases as [(typeof plan.phases)[0]];
    const of = (images: number): number => memoryOf(plan, first, images);
    assert.ok(of(12) > of(6) && of(6) > of(1));
    const engine = 'TensorFlow';
    assert.equal(memoryProblem(plan, { available: of(12), engine, images: 12 }), undefined);
    const problem = memoryProblem(plan, { available: of(5), engine, images: 12 })!;
    assert.match(
      problem.message,
      /^Phase classifier with 12 images at a time needs about [\d.]+ GB, but TensorFlow has/,
    );
    assert.match(problem.action!, /^Use a micro_batch of 5, which trains with the same batches in parts/);
    assert.equal(memoryProblem(plan, { available: of(5), engine, images: 5 }), undefined);
    assert.match(
      memoryProblem(plan, { available: of(1) - 1, engine, images: 12 })!.action!,
      /^Train from a later stage/,
    );
  });

  test('triplets: no classifier, no validation, and the time that choosing takes', async () => {
    const phases = [{ ...phase, name: 'last block', trainableFrom: 'LastBlock' }];
    const triplets = { head: 'triplet', phases, batchSize: 6, epochSize: 2, validationSplitRatio: 0.25 };
    const preview = await previewTraining(configOf(triplets), 'wasm');
    assert.deepEqual([preview.trainingImages, preview.validationImages], [12, 0]);
    assert.deepEqual(preview.restore!.plan.counts, { restored: 106, new: 0, 'other-shape': 0, unused: 2 });
    assert.match(preview.restore!.notes.join(' '), /classifier \(Logits\) is left out/);
    assert.ok(preview.memory.total > 0);
    const fewer = await previewTraining(configOf({ ...triplets, peoplePerBatch: 2, imagesPerPerson: 2 }), 'wasm');
    assert.ok(fewer.time.seconds < preview.time.seconds);
  });

  test('from scratch restores nothing', async () => {
    const { restore, network } = await previewTraining(configOf({ pretrainedModel: undefined }), 'wasm');
    assert.equal(restore, undefined);
    assert.equal(network, 'inception_resnet_v1');
  });

  test('refuses what would fail when it runs', async () => {
    await refuses({ dataDir: join(folder, 'nowhere') }, /no folder .*nowhere/);
    await refuses({ pretrainedModel: join(folder, 'gone') }, /no model at .*gone/);
    await refuses({ phases: [{ ...phase, trainableFrom: 'fire77' }] }, /no stage "fire77"/);
    await refuses({ lfw: { dir: faces, pairs: join(folder, 'gone.txt') } }, /gone\.txt/);
    await refuses({ network: 'dlib_resnet' }, /only 0 % of dlib_resnet/);
    await refuses({ head: 'triplet', batchSize: 9 }, /trains the classifier alone, which triplets do not have/);
    await refuses({ head: 'triplet', batchSize: 8 }, /no whole number of triplets/);
    const lonely = join(folder, 'lonely');
    await mkdir(lonely);
    await rename(join(faces, 'person_2'), join(lonely, 'person_2'));
    await refuses({ dataDir: lonely }, /one person only/);
  });
});
