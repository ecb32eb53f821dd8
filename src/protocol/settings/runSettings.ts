// Randomness, validation on pairs, what is kept of a run, where it lies and who computes it.
import { z } from 'zod';
import { lfwConfigSchema, lfwSettings } from './lfwSettings';
import { setting } from './setting';

/** `gpu`/`cpu`: TensorFlow's addon; `wasm`: the embedded default; `auto`: the fastest that loads. */
export const enginePreferenceSchema = z.enum(['auto', 'gpu', 'cpu', 'wasm']);
export type EnginePreference = z.infer<typeof enginePreferenceSchema>;

/** Of convolutions and matrix products; everything else is float32. */
export const precisionSchema = z.enum(['float32', 'tf32', 'bfloat16']);
export type Precision = z.infer<typeof precisionSchema>;

export const runSettings = {
  seed: setting({
    schema: z.number().int().min(0).default(666),
    text: 'Seed of all randomness: the same seed gives the same run.',
    flag: { name: 'seed', kind: 'int', help: 'seed of all randomness' },
  }),
  lfw: setting({
    schema: lfwConfigSchema.optional(),
    text: 'Validation on pairs before, between and after the phases; left out: none.',
    settings: lfwSettings,
  }),
  keepCheckpoints: setting({
    schema: z.number().int().positive().default(3),
    text: 'How many of the last checkpoints are kept besides the best.',
    flag: { name: 'keep_checkpoints', kind: 'int', help: 'how many of the last checkpoints are kept' },
  }),
  activationCacheGb: setting({
    schema: z.number().min(0).optional(),
    text: 'Gigabytes (10⁹ bytes) that the activations of frozen stages may take on the disk; what does not fit is computed at every step. Left out: no bound.',
    flag: {
      name: 'activation_cache_gb',
      kind: 'float',
      help: 'gigabytes that the activations of frozen stages may take on the disk; what does not fit is computed at every step',
      defaultText: 'no bound',
    },
  }),
  activationCacheDir: setting({
    schema: z.string().optional(),
    text: "Folder for the activations of frozen stages, in which each run has a folder of its name; default the run's own.",
    flag: {
      name: 'activation_cache_dir',
      kind: 'path',
      help: "folder for the activations of frozen stages, e.g. on another disk; default the run's own folder",
    },
  }),
  activationCachePerRank: setting({
    schema: z.boolean().default(false),
    text: 'Each rank of a training under mpirun computes and keeps all activations for itself, in activationCacheDir of its machine; default: each computes a part, and all read the parts of the others on a shared disk.',
    flag: {
      name: 'activation_cache_per_rank',
      kind: 'switch',
      help: 'under mpirun: each rank computes and keeps all activations in --activation_cache_dir of its machine, instead of a part on a disk that all share',
    },
  }),
  learningRateDecayEpochs: setting({
    schema: z.number().int().positive().default(100),
    text: 'Epochs between decays of the learning rate.',
    flag: { name: 'learning_rate_decay_epochs', kind: 'int', help: 'epochs between decays' },
  }),
  learningRateDecayFactor: setting({
    schema: z.number().positive().default(1),
    text: 'Factor of each decay; 1 keeps the rate.',
    flag: { name: 'learning_rate_decay_factor', kind: 'float', help: 'factor of each decay' },
  }),
  learningRateScheduleFile: setting({
    schema: z.string().optional(),
    text: "Where the points of the last phase's rate were read from; told in arguments.txt, read no more.",
    flag: {
      name: 'learning_rate_schedule_file',
      // Kept as it was typed, since nothing reads it again.
      kind: 'str',
      help: 'lines "epoch: rate"',
      default: 'data/learning_rate_schedule.txt',
    },
  }),
  movingAverageDecay: setting({
    schema: z.number().min(0).max(1).optional(),
    text: 'Decay of the moving averages of the variables that checkpoints then hold; left out: none are kept.',
    flag: {
      name: 'moving_average_decay',
      kind: 'float',
      help:
        'keep moving averages of the variables in the checkpoints, as <variable>/ExponentialMovingAverage; ' +
        'the reference computes them with 0.9999 and drops them',
      defaultText: 'none are kept',
    },
  }),
  logHistograms: setting({
    schema: z.boolean().default(false),
    text: 'TensorBoard histograms of variables and gradients.',
    flag: {
      name: 'log_histograms',
      kind: 'switch',
      help: 'histograms of variables and gradients for TensorBoard',
    },
  }),
  prelogitsHistMax: setting({
    schema: z.number().positive().default(10),
    text: 'Upper end of the histogram of prelogits in stat.h5.',
    flag: {
      name: 'prelogits_hist_max',
      kind: 'float',
      help: 'upper end of the histogram of prelogits in stat.h5',
    },
  }),
  logsBaseDir: setting({
    schema: z.string().optional(),
    text: "Folder for the logs; default the run's own.",
    flag: {
      name: 'logs_base_dir',
      kind: 'path',
      help: "folder for the logs, a time-stamped one below it is made; default the run's own folder",
    },
  }),
  modelsBaseDir: setting({
    schema: z.string().optional(),
    text: "Folder for the checkpoints; default the run's own.",
    flag: {
      name: 'models_base_dir',
      kind: 'path',
      help: "folder for the checkpoints, a time-stamped one below it is made; default the run's own folder",
    },
  }),
  onDivergence: setting({
    schema: z.enum(['stop', 'retry']).default('stop'),
    text: 'When a loss or a gradient is no number any more: `stop` ends the run before that step, `retry` goes back to its best checkpoint (else its last) with a tenth of the rate, three times at most.',
    flag: {
      name: 'on_divergence',
      kind: 'choice',
      choices: ['stop', 'retry'],
      help: 'when a loss or gradient is no number any more: end the run, or go back to its best checkpoint with a tenth of the rate; with --resume also for a run that has ended so',
    },
  }),
  engine: setting({
    schema: enginePreferenceSchema.default('auto'),
    text: 'What trains: `auto` the fastest that loads, `gpu` or `cpu` TensorFlow, `wasm` the embedded engine.',
    flag: { name: 'engine', kind: 'choice', choices: enginePreferenceSchema.options, help: 'who trains' },
  }),
  precision: setting({
    schema: precisionSchema.default('float32'),
    text: "Numbers that convolutions and matrix products take: `float32`; `tf32`, its ten bits on an NVIDIA GPU (Ampere and newer); `bfloat16`, eight bits, in the network's layers on TensorFlow. Weights, batch norms and losses are float32 throughout.",
    flag: {
      name: 'precision',
      kind: 'choice',
      choices: precisionSchema.options,
      help: 'numbers that convolutions and matrix products take; weights, batch norms and losses are float32 throughout',
    },
  }),
  xla: setting({
    schema: z.enum(['off', 'on']).default('off'),
    text: '`on` has TensorFlow compile the graph of a step with XLA before the first one: minutes for a whole network, again for each phase and size of batch.',
    flag: {
      name: 'xla',
      kind: 'choice',
      choices: ['off', 'on'],
      help: 'have TensorFlow compile the graph of a step with XLA',
    },
  }),
};
