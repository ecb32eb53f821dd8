// Every option of the reference's train_softmax.py (spec §6.1) is there, with its type and default.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { command } from '../../../../src/cli/commands/trainSoftmax';
import { parserOf } from '../../../../src/cli/parser';
import { configFromFlags as configOf } from '../../../../src/train/settings/configFromFlags';
import { flagsOfConfig } from '../../../../src/train/settings/flagsOfConfig';
import type { FlagValues } from '../../../../src/train/settings/flagValues';
import { trainSoftmaxFlags } from '../../../../src/train/settings/trainSoftmaxFlags';
import { pythonText, writeRunDescription } from '../../../../src/train/loop/runDirectories';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const configFromFlags = async (flags: FlagValues) => configOf(trainSoftmaxFlags, flags);

type Kind = 'str' | 'int' | 'float' | 'flag' | 'choice';

/** In the reference's order; the defaults as its arguments.txt prints them. */
const options: [name: string, kind: Kind, value: string][] = [
  ['logs_base_dir', 'str', '~/logs/facenet'],
  ['models_base_dir', 'str', '~/models/facenet'],
  ['gpu_memory_fraction', 'float', '1.0'],
  ['pretrained_model', 'str', 'None'],
  ['data_dir', 'str', '~/datasets/casia/casia_maxpy_mtcnnalign_182_160'],
  ['model_def', 'str', 'models.inception_resnet_v1'],
  ['max_nrof_epochs', 'int', '500'],
  ['batch_size', 'int', '90'],
  ['image_size', 'int', '160'],
  ['epoch_size', 'int', '1000'],
  ['embedding_size', 'int', '128'],
  ['random_crop', 'flag', 'False'],
  ['random_flip', 'flag', 'False'],
  ['random_rotate', 'flag', 'False'],
  ['use_fixed_image_standardization', 'flag', 'False'],
  ['keep_probability', 'float', '1.0'],
  ['weight_decay', 'float', '0.0'],
  ['center_loss_factor', 'float', '0.0'],
  ['center_loss_alfa', 'float', '0.95'],
  ['prelogits_norm_loss_factor', 'float', '0.0'],
  ['prelogits_norm_p', 'float', '1.0'],
  ['prelogits_hist_max', 'float', '10.0'],
  ['optimizer', 'choice', 'ADAGRAD'],
  ['learning_rate', 'float', '0.1'],
  ['learning_rate_decay_epochs', 'int', '100'],
  ['learning_rate_decay_factor', 'float', '1.0'],
  ['moving_average_decay', 'float', '0.9999'],
  ['seed', 'int', '666'],
  ['nrof_preprocess_threads', 'int', '4'],
  ['log_histograms', 'flag', 'False'],
  ['learning_rate_schedule_file', 'str', 'data/learning_rate_schedule.txt'],
  ['filter_filename', 'str', ''],
  ['filter_percentile', 'float', '100.0'],
  ['filter_min_nrof_images_per_class', 'int', '0'],
  ['validate_every_n_epochs', 'int', '5'],
  ['validation_set_split_ratio', 'float', '0.0'],
  ['min_nrof_val_images_per_class', 'float', '0.0'],
  ['lfw_pairs', 'str', 'data/pairs.txt'],
  ['lfw_dir', 'str', ''],
  ['lfw_batch_size', 'int', '100'],
  ['lfw_nrof_folds', 'int', '10'],
  ['lfw_distance_metric', 'choice', '0'],
  ['lfw_use_flipped_images', 'flag', 'False'],
  ['lfw_subtract_mean', 'flag', 'False'],
];

/** What holds instead of the reference's default, and why. */
const others: Readonly<Record<string, string>> = {
  // Logs and checkpoints lie in the run's folder, where the extension finds them.
  logs_base_dir: 'None',
  models_base_dir: 'None',
  // The reference computes the averages and neither saves nor uses them.
  moving_average_decay: 'None',
};

/** A value other than the default, by what the option takes. */
const given: Record<Kind, string[]> = {
  str: [resolve('some', 'where')],
  int: ['7'],
  float: ['0.25'],
  flag: [],
  choice: ['1'],
};

test('every option has the default of the reference', async () => {
  const config = await configFromFlags(parserOf(command).parse_args<FlagValues>([]));
  // The default folder begins with the user's own.
  const home = (text: string): string => text.replace(/^.*[\\/]datasets[\\/]/, '~/datasets/').replaceAll('\\', '/');
  const flags = flagsOfConfig(trainSoftmaxFlags, config).map(({ name, value, isFloat }): [string, string] => [
    name,
    home(pythonText(value, isFloat)),
  ]);
  assert.deepEqual(
    flags.slice(0, options.length),
    options.map(([name, , value]) => [name, others[name] ?? value]),
  );
});

for (const [name, kind] of options) {
  test(`--${name} takes what it takes in the reference`, () => {
    const value = name === 'optimizer' ? ['MOM'] : given[kind];
    const parsed = parserOf(command).parse_args<FlagValues>([`--${name}`, ...value])[name];
    if (kind === 'flag') assert.equal(parsed, true);
    else assert.equal(parsed, kind === 'str' || name === 'optimizer' ? value[0] : Number(value[0]));
  });
}

test('every option reaches the configuration', async () => {
  const argv = options
    .filter(
      ([name]) => name !== 'pretrained_model' && name !== 'gpu_memory_fraction' && name !== 'nrof_preprocess_threads',
    )
    .flatMap(([name, kind]) => {
      const value = name === 'optimizer' ? ['MOM'] : name === 'model_def' ? ['models.squeezenet'] : given[kind];
      return [`--${name}`, ...value];
    });
  const config = await configFromFlags(parserOf(command).parse_args<FlagValues>(argv));
  const flags = new Map(flagsOfConfig(trainSoftmaxFlags, config).map(({ name, value }) => [name, value]));
  for (const [name, kind] of options) {
    if (['pretrained_model', 'gpu_memory_fraction', 'nrof_preprocess_threads'].includes(name)) continue;
    const expected = name === 'optimizer' ? 'MOM' : name === 'model_def' ? 'models.squeezenet' : given[kind][0];
    const value = flags.get(name);
    assert.equal(kind === 'flag' ? value : String(value), kind === 'flag' ? true : expected, name);
  }
});

test('numbers are printed as Python prints them', () => {
  const cases: [number, string][] = [
    [1, '1.0'],
    [0, '0.0'],
    [0.0005, '0.0005'],
    [0.00005, '5e-05'],
    [1.5e-10, '1.5e-10'],
    [1e16, '1e+16'],
    [-1, '-1.0'],
  ];
  for (const [value, text] of cases) assert.equal(pythonText(value, true), text);
  assert.equal(pythonText(90), '90');
});

test('arguments.txt and revision_info.txt are laid out as the reference lays them out', async () => {
  const folder = temporaryFolder();
  const config = await configFromFlags(
    parserOf(command).parse_args<FlagValues>(['--data_dir', '/faces', '--weight_decay', '5e-5', '--random_flip']),
  );
  await writeRunDescription(folder, config, { workbench: '1.2.3', engine: 'WebAssembly' });
  const lines = (await readFile(join(folder, 'arguments.txt'), 'utf8')).split('\n');
  assert.deepEqual(
    lines.slice(0, options.length).map((line) => line.split(':')[0]),
    options.map(([name]) => name),
  );
  for (const line of ['weight_decay: 5e-05', 'random_flip: True', 'pretrained_model: None', 'keep_probability: 1.0'])
    assert.ok(lines.includes(line), line);
  const [first, version, hash, ...difference] = (await readFile(join(folder, 'revision_info.txt'), 'utf8')).split(
    `\n${'-'.repeat(20)}\n`,
  );
  assert.match(first!, /^arguments: .*--weight_decay 0\.00005 --/);
  assert.match(first!, /--random_flip --/);
  assert.equal(version, 'facenet-workbench version: 1.2.3, engine: WebAssembly');
  assert.match(hash!, /^git hash: ([0-9a-f]{40})?$|^git hash: git rev-parse HEAD: /);
  assert.equal(difference.length >= 1, true);
});
