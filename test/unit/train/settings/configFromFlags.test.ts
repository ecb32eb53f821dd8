import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { command } from '../../../../src/cli/commands/trainSoftmax';
import { parserOf } from '../../../../src/cli/parser';
import { UserError } from '../../../../src/protocol/errors';
import { configFromFlags as configOf } from '../../../../src/train/settings/configFromFlags';
import { flagsOfConfig } from '../../../../src/train/settings/flagsOfConfig';
import { type FlagValues, ineffectiveFlags } from '../../../../src/train/settings/flagValues';
import { trainSoftmaxFlags } from '../../../../src/train/settings/trainSoftmaxFlags';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const parse = (...argv: string[]): FlagValues => parserOf(command).parse_args<FlagValues>(argv);
const configFromFlags = async (flags: FlagValues) => configOf(trainSoftmaxFlags, flags);
const isUserError = (pattern: RegExp) => (error: unknown) => error instanceof UserError && pattern.test(error.sentence);

test("from scratch the reference's defaults hold", async () => {
  const config = await configFromFlags(parse('--data_dir', '/faces'));
  assert.equal(config.optimizer, 'ADAGRAD');
  assert.equal(config.epochSize, 1000);
  assert.equal(config.batchSize, 90);
  assert.equal(config.standardization, 'per_image');
  assert.equal(config.seed, 666);
  assert.equal(config.lfw, undefined);
  const [phase, ...rest] = config.phases;
  assert.deepEqual(rest, []);
  assert.deepEqual(
    [phase!.epochs, phase!.learningRate, phase!.trainableFrom, phase!.batchNorm],
    [500, 0.1, 'All', 'update'],
  );
});

test("the fine-tuning command of the reference's users is understood whole", async () => {
  const folder = temporaryFolder();
  const schedule = join(folder, 'casia.txt');
  await writeFile(schedule, '0: 0.05\n60: 0.005\n80: 0.0005\n91: -1\n');
  const argv = [
    '--logs_base_dir',
    '/l',
    '--models_base_dir',
    '/m',
    '--data_dir',
    '/faces',
    '--image_size',
    '160',
    '--model_def',
    'models.inception_resnet_v1',
    '--lfw_dir',
    '/lfw',
    '--optimizer',
    'ADAM',
    '--learning_rate',
    '-1',
    '--max_nrof_epochs',
    '150',
    '--keep_probability',
    '0.8',
    '--random_crop',
    '--random_flip',
    '--use_fixed_image_standardization',
    '--learning_rate_schedule_file',
    schedule,
    '--weight_decay',
    '5e-4',
    '--embedding_size',
    '512',
    '--lfw_distance_metric',
    '1',
    '--lfw_use_flipped_images',
    '--lfw_sub',
    '--validation_set_split_ratio',
    '0.05',
    '--validate_every_n_epochs',
    '5',
    '--prelogits_norm_loss_factor',
    '5e-4',
    '--pretrained_model',
    'starter',
  ];
  const config = await configFromFlags(parse(...argv));
  assert.equal(config.pretrainedModel, 'starter');
  assert.equal(config.standardization, 'fixed');
  assert.equal(config.weightDecay, 5e-4);
  assert.equal(config.lfw!.distanceMetric, 1);
  assert.ok(config.lfw!.subtractMean && config.lfw!.useFlippedImages);
  const last = config.phases.at(-1)!;
  assert.equal(config.phases[0]!.trainableFrom, 'Logits');
  assert.equal(last.epochs, 150);
  assert.deepEqual((last.learningRate as unknown[]).length, 4);
  assert.equal(config.epochSize, 0, 'fine-tuning: an epoch is one pass over the images');
  const again = Object.fromEntries(flagsOfConfig(trainSoftmaxFlags, config).map(({ name, value }) => [name, value]));
  assert.deepEqual(
    [again['keep_probability'], again['learning_rate'], again['lfw_subtract_mean'], again['max_nrof_epochs']],
    [0.8, -1, true, 150],
  );
});

test('--trainable_from and --phases choose what is trained', async () => {
  const from = await configFromFlags(
    parse('--data_dir', '/f', '--pretrained_model', 'starter', '--trainable_from', 'Block256_1'),
  );
  assert.deepEqual(
    from.phases.map(({ trainableFrom }) => trainableFrom),
    ['Logits', 'Block256_1'],
  );
  const only = await configFromFlags(
    parse('--data_dir', '/f', '--pretrained_model', 'starter', '--trainable_from', 'Logits'),
  );
  assert.equal(only.phases.length, 1);
  const folder = temporaryFolder();
  const file = join(folder, 'phases.json');
  await writeFile(file, '[{"name":"a","trainableFrom":"Logits","epochs":2,"learningRate":[{"epoch":0,"rate":1}]}]');
  const phases = await configFromFlags(parse('--data_dir', '/f', '--pretrained_model', 'starter', '--phases', file));
  assert.equal(phases.phases[0]!.name, 'a');
  await writeFile(file, '[{"name":"a","trainableFrom":"Logits","epochs":-2,"learningRate":1}]');
  await assert.rejects(configFromFlags(parse('--data_dir', '/f', '--phases', file)), isUserError(/0\.epochs/));
  await writeFile(file, '{nonsense');
  await assert.rejects(configFromFlags(parse('--data_dir', '/f', '--phases', file)), isUserError(/is not JSON/));
});

test('what is wrong is told with the setting or file', async () => {
  const wrong = (...argv: string[]) => configFromFlags(parse('--data_dir', '/f', ...argv));
  await assert.rejects(
    wrong('--learning_rate', '-1', '--learning_rate_schedule_file', '/no/such'),
    isUserError(/\/no\/such/),
  );
  await assert.rejects(wrong('--batch_size', '0'), isUserError(/batchSize/));
  await assert.rejects(wrong('--keep_probability', '1.5'), isUserError(/keepProbability/));
  await assert.rejects(wrong('--model_def', 'models.nosuch'), isUserError(/nosuch/));
});

test('a flag that changes nothing here is told, unless it keeps its default', () => {
  assert.deepEqual(ineffectiveFlags(trainSoftmaxFlags, parse('--data_dir', '/f')), []);
  const told = ineffectiveFlags(
    trainSoftmaxFlags,
    parse('--data_dir', '/f', '--gpu_memory_fraction', '0.5', '--log_histograms', '--nrof_preprocess_threads', '8'),
  );
  assert.equal(told.length, 2);
  assert.ok(told.every((sentence) => sentence.includes('has no effect')));
});
