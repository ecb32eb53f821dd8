// Validation on pairs with the LFW protocol.
import { z } from 'zod';
import { setting, shapeOf } from './setting';

export const lfwSettings = {
  dir: setting({
    schema: z.string(),
    text: 'Folder of aligned faces to compare, one folder per person.',
    flag: {
      name: 'lfw_dir',
      kind: 'path',
      help: 'folder of aligned LFW faces; without it there is no LFW evaluation',
      default: '',
    },
  }),
  pairs: setting({
    schema: z.string(),
    text: "File of pairs in the format of LFW's pairs.txt.",
    flag: { name: 'lfw_pairs', kind: 'path', help: 'file of pairs', default: 'data/pairs.txt' },
  }),
  folds: setting({
    schema: z.number().int().min(2).default(10),
    text: 'Folds of the evaluation, as the pairs file has them.',
    flag: { name: 'lfw_nrof_folds', kind: 'int', help: 'folds of the evaluation' },
  }),
  /** Spec §7.5. */
  distanceMetric: setting({
    schema: z.union([z.literal(0), z.literal(1)]).default(0),
    text: '0 squared Euclidean distance, 1 angle.',
    flag: {
      name: 'lfw_distance_metric',
      kind: 'choice',
      choices: [0, 1],
      help: '0 squared Euclidean, 1 angle',
      defaultText: '',
    },
  }),
  useFlippedImages: setting({
    schema: z.boolean().default(false),
    text: 'Add the embedding of the mirrored image.',
    flag: { name: 'lfw_use_flipped_images', kind: 'switch', help: 'add the embedding of the mirrored image' },
  }),
  subtractMean: setting({
    schema: z.boolean().default(false),
    text: "Subtract the mean of each fold's training pairs.",
    flag: { name: 'lfw_subtract_mean', kind: 'switch', help: "subtract the mean of each fold's training pairs" },
  }),
  batchSize: setting({
    schema: z.number().int().positive().default(100),
    text: 'Accepted; it changes no result.',
    flag: { name: 'lfw_batch_size', kind: 'int', help: 'accepted; it changes no result' },
  }),
  everyEpochs: setting({
    schema: z.number().int().min(0).default(0),
    text: 'Also validate every so many epochs; 0: before, between and after the phases only.',
    flag: {
      name: 'lfw_every_n_epochs',
      kind: 'int',
      help: 'LFW also during phases; 0: before and after each (default)',
      defaultText: '',
    },
  }),
};

export const lfwConfigSchema = z.object(shapeOf(lfwSettings));
export type LfwConfig = z.infer<typeof lfwConfigSchema>;
