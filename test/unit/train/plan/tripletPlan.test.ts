import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Samples } from '../../../../src/dataset/samples';
import { UserError } from '../../../../src/protocol/errors';
import { networkByName } from '../../../../src/network/registry';
import { trainConfigSchema } from '../../../../src/protocol/trainConfig';
import { planPhases, sizeOfEpoch } from '../../../../src/train/plan/phases';
import { checkTriplets, imagesOfRound } from '../../../../src/train/plan/tripletPlan';

const network = networkByName('squeezenet');

/** Samples of people with so many images each. */
const peopleWith = (images: readonly number[]): Samples =>
  new Samples(images.map((count) => ({ images: new Array<string>(count).fill('') })));

/** The answer for people with so many images each. */
function check(images: readonly number[], settings: object = {}, trainableFrom = 'LastBlock'): string[] {
  const config = trainConfigSchema.parse({
    ...{ dataDir: '/faces', head: 'triplet' },
    phases: [{ name: 'only', trainableFrom, epochs: 1, learningRate: 1 }],
    ...settings,
  });
  const training = peopleWith(images);
  return checkTriplets(config, { training }, planPhases(network, config.phases, 1), network);
}

const refuses = (pattern: RegExp) => (error: unknown) =>
  error instanceof UserError && pattern.test(`${error.message} ${error.action}`);

test('a batch has to be whole triplets', () => {
  assert.throws(() => check([2, 2], { batchSize: 8 }), refuses(/^A batch of 8 images .*such as 9\./));
});

test('somebody needs two images, and a phase something to train', () => {
  assert.throws(() => check([1, 1, 1]), refuses(/^Nobody in .*faces has two images/));
  assert.throws(() => check([2, 2], {}, 'Logits'), refuses(/^Phase only trains the classifier alone/));
});

test('what has no effect or is smaller than asked is said', () => {
  const asked = { peoplePerBatch: 2, imagesPerPerson: 3 };
  assert.deepEqual(check([3, 4], asked), []);
  const [fewer, ...more] = check([2, 9], { ...asked, validationSplitRatio: 0.1 });
  assert.match(fewer!, /has 5 images instead of 2 × 3/);
  assert.match(more.join(), /^validation_set_split_ratio has no effect/);
  const unread = { sampler: 'people', prelogitsNormLossFactor: 1, centerLossFactor: 1, labelSmoothing: 0.1 };
  assert.deepEqual(
    check([3, 4], { ...asked, ...unread }).map((sentence) => sentence.split(' ')[0]),
    ['sampler', 'prelogits_norm_loss_factor', 'center_loss_factor', 'label_smoothing'],
  );
});

test('a round has no more images than there are', () => {
  const training = peopleWith([3, 1, 2]);
  assert.equal(imagesOfRound({ peoplePerBatch: 2, imagesPerPerson: 2 }, { training }), 4);
  assert.equal(imagesOfRound({ peoplePerBatch: 9, imagesPerPerson: 2 }, { training }), 5);
});

test('a batch of triplets may be larger than the set', () => {
  const size = { batchSize: 90, epochSize: 0, sampler: 'shuffled', samplerImagesPerPerson: 4 } as const;
  assert.deepEqual(sizeOfEpoch({ ...size, head: 'triplet' }, 20, 5), {
    batchSize: 90,
    stepsPerEpoch: 1,
  });
  assert.deepEqual(sizeOfEpoch({ ...size, head: 'softmax' }, 20, 5), {
    batchSize: 20,
    stepsPerEpoch: 1,
  });
});
