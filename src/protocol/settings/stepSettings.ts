// Phases, and what holds for the steps of all of them.
import { z } from 'zod';
import { microBatchSchema } from '../recovery';
import { optimizerSchema, phaseSchema, phaseSettings } from './phaseSettings';
import { setting } from './setting';

export const stepSettings = {
  phases: setting({
    schema: z.array(phaseSchema).min(1),
    text: 'What is trained, one phase after the other.',
    settings: phaseSettings,
    flag: {
      name: 'phases',
      // A file that holds the phases, not a path that is kept.
      kind: 'str',
      metavar: 'FILE',
      help: 'JSON list of {name, trainableFrom, epochs, learningRate, schedule, warmupEpochs, optimizer, batchNorm}; replaces the flags of the last phase',
      printed: (phases) => JSON.stringify(phases),
    },
  }),
  optimizer: setting({
    schema: optimizerSchema.default('ADAM'),
    text: 'Update rule of phases that name none; `ADAMW` and `SGDW` (with Nesterov momentum) take the weight decay from the weights themselves.',
    flag: {
      name: 'optimizer',
      kind: 'choice',
      choices: optimizerSchema.options,
      help: 'update rule',
      fromScratch: 'ADAGRAD',
      withModel: 'ADAM',
    },
  }),
  batchSize: setting({
    schema: z.number().int().positive().default(90),
    text: 'Images of one step.',
    flag: { name: 'batch_size', kind: 'int', help: 'images of one step' },
  }),
  microBatch: setting({
    schema: microBatchSchema.optional(),
    text: 'Images of one pass forward and back; the gradients of a step are added up over as many passes as its batch takes, which needs less memory and learns the same. Left out: the whole batch.',
    flag: {
      name: 'micro_batch',
      kind: 'int',
      help: 'images of one pass forward and back: less memory for the same batch',
      defaultText: 'the whole batch',
    },
  }),
  epochSize: setting({
    schema: z.number().int().min(0).default(0),
    text: 'Steps of one epoch; 0 is one pass over the training images.',
    flag: {
      name: 'epoch_size',
      kind: 'int',
      help: 'steps of one epoch',
      fromScratch: 1000,
      withModel: '0, one pass over the images',
    },
  }),
  keepProbability: setting({
    schema: z.number().gt(0).max(1).default(1),
    text: 'Part of the values that dropout keeps; 1 drops none.',
    flag: { name: 'keep_probability', kind: 'float', help: 'part of the values that dropout keeps' },
  }),
  weightDecay: setting({
    schema: z.number().min(0).default(0),
    text: 'Factor of the L2 loss of the weights; with `ADAMW` and `SGDW` no part of the loss, but what a step with rate 1 takes from the weights.',
    flag: {
      name: 'weight_decay',
      kind: 'float',
      help: 'factor of the L2 loss of the weights; with ADAMW and SGDW what a step takes from them, times the rate',
    },
  }),
  clipGradientNorm: setting({
    schema: z.number().min(0).default(0),
    text: 'Norm that the gradients of a step have together at most; longer ones are shrunk to it. 0 leaves them as they are.',
    flag: {
      name: 'clip_gradient_norm',
      kind: 'float',
      help: 'norm that the gradients of a step have together at most; 0: any',
    },
  }),
  restoredRateFactor: setting({
    schema: z.number().positive().default(1),
    text: "Factor of the learning rate for variables that come from the pretrained model; new ones, such as the classifier's, have the whole rate.",
    flag: {
      name: 'restored_rate_factor',
      kind: 'float',
      help: 'factor of the rate for what comes from the pretrained model; what is new has the whole rate',
    },
  }),
};
