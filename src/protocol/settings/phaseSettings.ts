// One part of a fine-tuning: what is trained, for how long and how fast. Its flags mean the last phase.
import { z } from 'zod';
import { setting, shapeOf } from './setting';

/** The five of the reference, then those with decoupled weight decay. */
export const optimizerSchema = z.enum(['ADAGRAD', 'ADADELTA', 'ADAM', 'RMSPROP', 'MOM', 'ADAMW', 'SGDW']);
export type OptimizerName = z.infer<typeof optimizerSchema>;

const rateScheduleSchema = z.enum(['constant', 'cosine', 'linear']);
export type RateSchedule = z.infer<typeof rateScheduleSchema>;

const batchNormSchema = z.enum(['frozen', 'update', 'everywhere']);

export const phaseSettings = {
  name: setting({ schema: z.string().min(1), text: 'Name of the phase, for charts and logs.' }),
  trainableFrom: setting({
    schema: z.string().min(1),
    text: 'First stage that is trained, everything before it is frozen whole: a stage such as `Block8`, or `Logits` (the classifier alone), `LastBlock`, `All`.',
    words: ['Logits', 'LastBlock', 'All'],
    flag: {
      name: 'trainable_from',
      kind: 'str',
      metavar: 'STAGE',
      help: 'first stage that the last phase trains: a name, Logits, LastBlock or All',
    },
  }),
  epochs: setting({
    schema: z.number().int().min(0),
    text: 'Epochs of this phase; 0 skips it.',
    flag: {
      name: 'max_nrof_epochs',
      kind: 'int',
      help: 'epochs (of the last phase)',
      fromScratch: 500,
      withModel: "its phases' own",
    },
  }),
  learningRate: setting({
    /** Constant rate, or points of the schedule file: rate from that epoch (1-based, within the phase) on; −1 stops. */
    schema: z.union([
      z.number().positive(),
      z.array(z.object({ epoch: z.number().int().min(0), rate: z.number() })).min(1),
    ]),
    text: 'One rate, or rates from an epoch of the phase on: `[{"epoch": 0, "rate": 0.05}, {"epoch": 60, "rate": 0.005}]`; a rate of −1 ends the phase.',
    flag: {
      name: 'learning_rate',
      kind: 'float',
      help: 'rate (of the last phase); 0 or less reads the schedule file',
      fromScratch: 0.1,
      withModel: "its phases' own",
      printed: (rate) => (typeof rate === 'number' ? rate : -1),
    },
  }),
  schedule: setting({
    schema: rateScheduleSchema.optional(),
    text: 'How one rate goes on: `constant` (the default), or falling to the end of the phase along a `cosine` or in a line (`linear`).',
    flag: {
      name: 'schedule',
      kind: 'choice',
      choices: rateScheduleSchema.options,
      help: 'how the rate of the last phase goes on: the same, or falling to its end',
    },
  }),
  warmupEpochs: setting({
    schema: z.number().min(0).optional(),
    text: 'Epochs in which the rate rises at the beginning of the phase; fewer than it has, parts of one too. Default none.',
    flag: {
      name: 'warmup_epochs',
      kind: 'float',
      help: 'epochs in which the rate rises at the beginning of the last phase',
    },
  }),
  optimizer: setting({
    schema: optimizerSchema.optional(),
    text: "Update rule of this phase; default the configuration's. `ADAMW` and `SGDW` take the weight decay from the weights themselves.",
  }),
  /** With `everywhere`, as in the reference, nothing of the network is cached. */
  batchNorm: setting({
    schema: batchNormSchema.default('frozen'),
    text: '`frozen` keeps the moving statistics of batch norms, `update` trains with the statistics of the batch and moves them, `everywhere` those of frozen layers too.',
    flag: {
      name: 'batch_norm',
      kind: 'choice',
      choices: batchNormSchema.options,
      help: 'whose batch norms move their statistics: none, those that are trained, or also the frozen ones as in the reference',
    },
  }),
};

export const phaseSchema = z.object(shapeOf(phaseSettings));
export type Phase = z.infer<typeof phaseSchema>;
