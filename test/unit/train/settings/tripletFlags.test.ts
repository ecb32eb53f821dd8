// Every option of the reference's train_tripletloss.py (spec §5.8) is there, with its default.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command } from '../../../../src/cli/commands/trainTripletloss';
import { parserOf } from '../../../../src/cli/parser';
import { configFromFlags } from '../../../../src/train/settings/configFromFlags';
import { flagsOfConfig } from '../../../../src/train/settings/flagsOfConfig';
import type { FlagValues } from '../../../../src/train/settings/flagValues';
import { trainTripletlossFlags } from '../../../../src/train/settings/trainTripletlossFlags';
import { pythonText } from '../../../../src/train/loop/runDirectories';

/** In the reference's order; the defaults as its arguments.txt prints them. */
const options: [name: string, value: string][] = [
  // Logs and checkpoints lie in the run's folder, where the extension finds them.
  ['logs_base_dir', 'None'],
  ['models_base_dir', 'None'],
  ['gpu_memory_fraction', '1.0'],
  ['pretrained_model', 'None'],
  ['data_dir', '~/datasets/casia/casia_maxpy_mtcnnalign_182_160'],
  ['model_def', 'models.inception_resnet_v1'],
  ['max_nrof_epochs', '500'],
  ['batch_size', '90'],
  ['image_size', '160'],
  ['people_per_batch', '45'],
  ['images_per_person', '40'],
  ['epoch_size', '1000'],
  ['alpha', '0.2'],
  ['embedding_size', '128'],
  ['random_crop', 'False'],
  ['random_flip', 'False'],
  ['keep_probability', '1.0'],
  ['weight_decay', '0.0'],
  ['optimizer', 'ADAGRAD'],
  ['learning_rate', '0.1'],
  ['learning_rate_decay_epochs', '100'],
  ['learning_rate_decay_factor', '1.0'],
  // The reference computes the averages and neither saves nor uses them.
  ['moving_average_decay', 'None'],
  ['seed', '666'],
  ['learning_rate_schedule_file', 'data/learning_rate_schedule.txt'],
  ['lfw_pairs', 'data/pairs.txt'],
  ['lfw_dir', ''],
  ['lfw_nrof_folds', '10'],
];

const parse = (...argv: string[]): FlagValues => parserOf(command).parse_args<FlagValues>(argv);

test('every option has the default of the reference, and what it means is triplets', async () => {
  const config = await configFromFlags(trainTripletlossFlags, parse());
  const home = (text: string): string => text.replace(/^.*[\\/]datasets[\\/]/, '~/datasets/').replaceAll('\\', '/');
  const flags = flagsOfConfig(trainTripletlossFlags, config).map(({ name, value, isFloat }): [string, string] => [
    name,
    home(pythonText(value, isFloat)),
  ]);
  assert.deepEqual(flags.slice(0, options.length), options);
  assert.deepEqual([config.head, config.semiHard, config.standardization], ['triplet', false, 'per_image']);
  const rest = flags.slice(options.length).map(([name]) => name);
  for (const name of ['center_loss_factor', 'validate_every_n_epochs', 'nrof_preprocess_threads'])
    assert.ok(!rest.includes(name), name);
  assert.ok(rest.includes('semi_hard') && rest.includes('lfw_distance_metric'));
});

test('with a pretrained model there is no phase for a classifier', async () => {
  const line = ['--pretrained_model', 'starter', '--alpha', '0.5', '--semi_hard', '--people', '3'];
  const config = await configFromFlags(trainTripletlossFlags, parse(...line));
  assert.deepEqual([config.alpha, config.semiHard, config.peoplePerBatch], [0.5, true, 3]);
  assert.deepEqual(
    config.phases.map(({ trainableFrom }) => trainableFrom),
    ['LastBlock'],
  );
  const later = await configFromFlags(trainTripletlossFlags, parse(...line, '--trainable_from', 'All'));
  assert.deepEqual(
    later.phases.map(({ name, trainableFrom }) => [name, trainableFrom]),
    [['from All', 'All']],
  );
});
