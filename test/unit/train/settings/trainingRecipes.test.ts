// The shipped recipes are what the reference's own command lines mean, value by value.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { command } from '../../../../src/cli/commands/trainSoftmax';
import { parserOf } from '../../../../src/cli/parser';
import { UserError } from '../../../../src/protocol/errors';
import { runConfigurationSchema } from '../../../../src/protocol/runConfiguration';
import { configFromFlags } from '../../../../src/train/settings/configFromFlags';
import { configWithFlags } from '../../../../src/train/settings/configurationFlags';
import type { FlagValues } from '../../../../src/train/settings/flagValues';
import { scheduledEpochs } from '../../../../src/train/settings/schedule';
import {
  configOfRecipe,
  recipeNamed,
  recipeOfFlags,
  trainingRecipes,
} from '../../../../src/train/settings/trainingRecipes';
import { trainSoftmaxFlags } from '../../../../src/train/settings/trainSoftmaxFlags';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

/** The command lines as the wiki has them, but for the folders, and the schedules that they name (spec §6.3). */
const published = {
  casia: {
    line: `--image_size 160 --model_def models.inception_resnet_v1 --optimizer ADAM --learning_rate -1
      --max_nrof_epochs 150 --keep_probability 0.8 --random_crop --random_flip --use_fixed_image_standardization
      --weight_decay 5e-4 --embedding_size 512 --lfw_distance_metric 1 --lfw_use_flipped_images --lfw_subtract_mean
      --validation_set_split_ratio 0.05 --validate_every_n_epochs 5 --prelogits_norm_loss_factor 5e-4`,
    schedule: '# Learning rate schedule\n0: 0.05\n60: 0.005\n80: 0.0005\n91: -1\n',
    epochs: 90,
  },
  vggface2: {
    line: `--image_size 160 --model_def models.inception_resnet_v1 --optimizer ADAM --learning_rate -1
      --max_nrof_epochs 500 --batch_size 90 --keep_probability 0.4 --random_flip --use_fixed_image_standardization
      --weight_decay 5e-4 --embedding_size 512 --lfw_distance_metric 1 --lfw_use_flipped_images --lfw_subtract_mean
      --validation_set_split_ratio 0.01 --validate_every_n_epochs 5`,
    schedule: '# Learning rate schedule\n0: 0.05\n100: 0.005\n200: 0.0005\n276: -1\n',
    epochs: 275,
  },
};

const data = { dataDir: resolve('/faces'), lfw: { dir: resolve('/lfw'), pairs: resolve('/pairs.txt') } };

describe('the recipes', () => {
  for (const recipe of trainingRecipes) {
    test(`${recipe.name} is the reference's command line, value by value`, async () => {
      const { line, schedule, epochs } = published[recipe.name];
      const file = join(temporaryFolder(), 'schedule.txt');
      await writeFile(file, schedule);
      const argv = [
        ...['--data_dir', '/faces', '--lfw_dir', '/lfw', '--lfw_pairs', '/pairs.txt'],
        ...line.split(/\s+/),
        ...['--learning_rate_schedule_file', file],
      ];
      const meant = await configFromFlags(trainSoftmaxFlags, parserOf(command).parse_args<FlagValues>(argv));
      const config = configOfRecipe(recipe, data);
      // Where the points were read from is told; they are in the configuration itself.
      assert.deepEqual({ ...config, learningRateScheduleFile: file }, meant);
      assert.ok(!('learningRateScheduleFile' in config));
      assert.equal(scheduledEpochs(config.phases[0]!), epochs);
    });

    test(`${recipe.name} passes the check of run configurations, which knows each of its settings`, () => {
      const config = { ...recipe.settings, ...data };
      assert.deepEqual(runConfigurationSchema.parse(config).phases, configOfRecipe(recipe, data).phases);
    });
  }

  test('are found by name; another name is none', () => {
    assert.equal(recipeNamed('casia')?.dataset, 'CASIA-WebFace');
    assert.equal(recipeNamed('casia.facenet.json'), undefined);
  });

  test('on the command line take their folders from the flags, and everything else that is typed', async () => {
    const recipe = recipeNamed('vggface2')!;
    const typed = { data_dir: '/faces', lfw_dir: '/lfw', batch_size: 30, max_nrof_epochs: 2 };
    const { config, title } = recipeOfFlags(recipe, typed);
    assert.equal(title, 'vggface2 on faces');
    assert.equal(config.dataDir, resolve('/faces'));
    const { lfw, phases, batchSize, keepProbability } = await configWithFlags(trainSoftmaxFlags, config, typed);
    assert.equal(lfw?.dir, resolve('/lfw'));
    assert.equal(lfw?.pairs, resolve('data/pairs.txt'));
    assert.deepEqual([lfw?.distanceMetric, lfw?.useFlippedImages, lfw?.subtractMean], [1, true, true]);
    assert.deepEqual([batchSize, keepProbability, phases[0]!.epochs], [30, 0.4, 2]);
    assert.deepEqual(phases[0]!.learningRate, config.phases[0]!.learningRate);
    assert.equal(recipeOfFlags(recipe, { data_dir: '/faces' }).config.lfw, undefined);
  });

  test('without a folder are refused: the default is the one of the reference', () => {
    assert.throws(
      () => recipeOfFlags(recipeNamed('casia')!, {}),
      (error) => error instanceof UserError && error.sentence.includes('casia names no folder'),
    );
  });
});
