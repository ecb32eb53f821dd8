import type { ArgumentParser } from 'argparse';
import { basename } from 'node:path';
import type { TrainRequest } from '../../protocol/job';
import { UserError } from '../../protocol/errors';
import { createRunFolder, findRunFolder, runsDirectory, type RunFolder } from '../../run/runFolder';
import { readConfiguration } from '../../train/settings/configurationFile';
import { configWithFlags } from '../../train/settings/configurationFlags';
import { configFromFlags, ineffectiveFlags } from '../../train/settings/flags';
import { runJob } from '../../jobs/runJob';
import type { Command, CommandContext, CommandOptions } from '../command';
import { givenOptions } from '../parser';
import { showEvent } from '../terminal';

/** Values that are given on the command line win; what is left undefined takes the default that `configFromFlags` chooses. */
function configure(parser: ArgumentParser): void {
  const add = (name: string, type: 'int' | 'float' | 'str', help: string, fallback?: number | string): void => {
    const shown = fallback === undefined || fallback === '' ? '' : ` (default: ${fallback})`;
    parser.add_argument(`--${name}`, { type, help: `${help}${shown}`, default: fallback });
  };
  const flag = (name: string, help: string): void => {
    parser.add_argument(`--${name}`, { action: 'store_true', help });
  };
  const noEffect = 'accepted; it has no effect here';
  const fineTuning = 'with a pretrained model';
  add('logs_base_dir', 'str', "folder for the logs, a time-stamped one below it is made; default the run's own folder");
  add(
    'models_base_dir',
    'str',
    "folder for the checkpoints, a time-stamped one below it is made; default the run's own folder",
  );
  add('gpu_memory_fraction', 'float', `${noEffect}: TensorFlow takes GPU memory as it needs it`, 1);
  add('pretrained_model', 'str', 'model to start from: checkpoint prefix, folder, any of its files, or starter');
  add(
    'data_dir',
    'str',
    'folder of aligned faces, one folder per person',
    '~/datasets/casia/casia_maxpy_mtcnnalign_182_160',
  );
  add('model_def', 'str', `network; ${fineTuning} its own (default: models.inception_resnet_v1)`);
  add('max_nrof_epochs', 'int', `epochs (of the last phase); ${fineTuning} its phases' own (default: 500)`);
  add('batch_size', 'int', 'images of one step', 90);
  add('image_size', 'int', `network input in pixels; ${fineTuning} its own (default: 160)`);
  add('epoch_size', 'int', `steps of one epoch; ${fineTuning} 0, one pass over the images (default: 1000)`);
  add('embedding_size', 'int', `values of an embedding; ${fineTuning} its own (default: 128)`);
  flag('random_crop', 'train on random crops of images larger than the input');
  flag('random_flip', 'mirror half of the images');
  flag('random_rotate', 'rotate images by up to 10 degrees');
  flag('use_fixed_image_standardization', `(x - 127.5) / 128 instead of per image; ${fineTuning} as it was trained`);
  add('keep_probability', 'float', 'part of the values that dropout keeps', 1);
  add('weight_decay', 'float', 'factor of the L2 loss of the weights', 0);
  add('center_loss_factor', 'float', 'factor of the centre loss', 0);
  add('center_loss_alfa', 'float', 'how slowly centres move', 0.95);
  add('prelogits_norm_loss_factor', 'float', 'factor of the norm of the prelogits', 0);
  add('prelogits_norm_p', 'float', 'which norm', 1);
  add('prelogits_hist_max', 'float', 'upper end of the histogram of prelogits in stat.h5', 10);
  parser.add_argument('--optimizer', {
    choices: ['ADAGRAD', 'ADADELTA', 'ADAM', 'RMSPROP', 'MOM'],
    help: `update rule; ${fineTuning} ADAM (default: ADAGRAD)`,
  });
  add(
    'learning_rate',
    'float',
    `rate (of the last phase); 0 or less reads the schedule file; ${fineTuning} its phases' own (default: 0.1)`,
  );
  add('learning_rate_decay_epochs', 'int', 'epochs between decays', 100);
  add('learning_rate_decay_factor', 'float', 'factor of each decay', 1);
  add(
    'moving_average_decay',
    'float',
    'keep moving averages of the variables in the checkpoints, as <variable>/ExponentialMovingAverage; ' +
      'the reference computes them with 0.9999 and drops them (default: none are kept)',
  );
  add('seed', 'int', 'seed of all randomness', 666);
  add('nrof_preprocess_threads', 'int', `${noEffect}, nor in the reference`, 4);
  flag('log_histograms', 'histograms of variables and gradients for TensorBoard');
  add('learning_rate_schedule_file', 'str', 'lines "epoch: rate"', 'data/learning_rate_schedule.txt');
  add(
    'filter_filename',
    'str',
    "HDF5 file of the images' distances to their person's centre; far images are left out",
    '',
  );
  add('filter_percentile', 'float', 'images beyond this percentile of the distances are left out', 100);
  add('filter_min_nrof_images_per_class', 'int', 'people that lose images and have fewer left are left out', 0);
  add('validate_every_n_epochs', 'int', 'epochs between validations', 5);
  add('validation_set_split_ratio', 'float', 'part of the images kept for validation', 0);
  add('min_nrof_val_images_per_class', 'float', 'people with fewer training images after the split are left out', 0);
  add('lfw_pairs', 'str', 'file of pairs', 'data/pairs.txt');
  add('lfw_dir', 'str', 'folder of aligned LFW faces; without it there is no LFW evaluation', '');
  add('lfw_batch_size', 'int', 'accepted; it changes no result', 100);
  add('lfw_nrof_folds', 'int', 'folds of the evaluation', 10);
  parser.add_argument('--lfw_distance_metric', {
    type: 'int',
    choices: [0, 1],
    default: 0,
    help: '0 squared Euclidean, 1 angle',
  });
  flag('lfw_use_flipped_images', 'add the embedding of the mirrored image');
  flag('lfw_subtract_mean', "subtract the mean of each fold's training pairs");

  const own = parser.add_argument_group({ title: 'what the reference does not have' });
  own.add_argument('--phases', {
    metavar: 'FILE',
    help: 'JSON list of {name, trainableFrom, epochs, learningRate, optimizer, batchNorm}; replaces rate, epochs and trainable_from',
  });
  own.add_argument('--trainable_from', {
    metavar: 'STAGE',
    help: 'first stage that the last phase trains: a name, Logits, LastBlock or All',
  });
  own.add_argument('--batch_norm', {
    choices: ['frozen', 'update', 'everywhere'],
    help: 'whose batch norms move their statistics: none, those that are trained, or also the frozen ones as in the reference',
  });
  own.add_argument('--crops_per_image', {
    type: 'int',
    default: 4,
    help: 'random crops or rotations of each image that are cached (default: 4)',
  });
  own.add_argument('--lfw_every_n_epochs', {
    type: 'int',
    default: 0,
    help: 'LFW also during phases; 0: before and after each (default)',
  });
  own.add_argument('--keep_checkpoints', {
    type: 'int',
    default: 3,
    help: 'how many of the last checkpoints are kept (default: 3)',
  });
  own.add_argument('--engine', {
    choices: ['auto', 'gpu', 'cpu', 'wasm'],
    default: 'auto',
    help: 'who trains (default: auto)',
  });
  own.add_argument('--config', {
    metavar: 'FILE',
    help: 'run configuration (*.facenet.json) to start; flags given beside it win, those of the rate and the epochs in its last phase',
  });
  own.add_argument('--resume', {
    metavar: 'RUN',
    help: 'go on with a run that was stopped; all other options are those of the run',
  });
}

async function prepare(
  options: Record<string, unknown>,
  context: CommandContext,
): Promise<{ folder: RunFolder; request: TrainRequest }> {
  const { output, cwd } = context;
  const { config: file, resume } = options;
  if (typeof resume === 'string') {
    if (typeof file === 'string') {
      throw new UserError('--resume goes on with the configuration of its run.', 'Leave --config out.');
    }
    const folder = await findRunFolder(cwd, resume);
    const { request, config, id, state } = folder.record;
    if (request.kind !== 'train') {
      throw new UserError(`${folder.path} is no training.`, 'facenet runs lists the runs and what they are.');
    }
    if (state === 'done') output.problem(`Run ${id} is done; there is nothing left to train.`);
    return { folder, request: { kind: 'train', config: config ?? request.config, resume: folder.path } };
  }
  if (typeof file === 'string') return prepareConfigured(file, context);
  for (const message of ineffectiveFlags(options)) output.problem(message);
  const request: TrainRequest = { kind: 'train', config: await configFromFlags(options) };
  const folder = await createRunFolder(runsDirectory(cwd), request, `train ${basename(request.config.dataDir)}`);
  return { folder, request };
}

/** A run of a configuration file; its relative paths are its own business, the run lies where the command was typed. */
async function prepareConfigured(
  file: string,
  { argv, cwd, output }: CommandContext,
): Promise<{ folder: RunFolder; request: TrainRequest }> {
  const given = { ...givenOptions(command, argv), config: undefined };
  for (const message of ineffectiveFlags(given)) output.problem(message);
  const { config, title } = await readConfiguration(file);
  const request: TrainRequest = { kind: 'train', config: await configWithFlags(config, given) };
  return { folder: await createRunFolder(runsDirectory(cwd), request, title), request };
}

async function run(options: CommandOptions, context: CommandContext): Promise<number> {
  const { output, signal } = context;
  const { folder, request } = await prepare(options, context);
  output.line(`Run folder: ${folder.path}`);
  await runJob(request, folder, { signal, onEvent: (event) => showEvent(output, event) });
  const { best, checkpoint } = folder.record;
  if (checkpoint !== undefined) output.line(`Last checkpoint: ${checkpoint.prefix}`);
  if (best !== undefined) output.line(`Best checkpoint: ${best.checkpoint} (accuracy ${best.accuracy.toFixed(5)})`);
  return 0;
}

export const command: Command = {
  name: 'train-softmax',
  summary: 'Fine-tune or train a network on the people of a folder.',
  configure,
  run,
};
