// Which images a classifier learns from, and which ones are kept to validate it.
import { z } from 'zod';
import { setting } from './setting';

export const trainingSetSettings = {
  validationSplitRatio: setting({
    schema: z.number().min(0).lt(1).default(0),
    text: 'Part of the images of each person that is kept for validation.',
    flag: { name: 'validation_set_split_ratio', kind: 'float', help: 'part of the images kept for validation' },
  }),
  minTrainImagesPerClass: setting({
    schema: z.number().min(0).default(0),
    text: 'People with fewer training images after the split are left out.',
    flag: {
      name: 'min_nrof_val_images_per_class',
      kind: 'float',
      help: 'people with fewer training images after the split are left out',
    },
  }),
  /** Spec §1.5. */
  filterFilename: setting({
    schema: z.string().optional(),
    text: "HDF5 file of the images' distances to the centre of their person; the far ones are left out.",
    flag: {
      name: 'filter_filename',
      kind: 'path',
      help: "HDF5 file of the images' distances to their person's centre; far images are left out",
      default: '',
      printed: (file) => file ?? '',
    },
  }),
  filterPercentile: setting({
    schema: z.number().min(0).max(100).default(100),
    text: 'Percentile of those distances above which images are left out.',
    flag: {
      name: 'filter_percentile',
      kind: 'float',
      help: 'images beyond this percentile of the distances are left out',
    },
  }),
  filterMinImagesPerClass: setting({
    schema: z.number().int().min(0).default(0),
    text: 'People that the filter leaves fewer images are left out.',
    flag: {
      name: 'filter_min_nrof_images_per_class',
      kind: 'int',
      help: 'people that lose images and have fewer left are left out',
    },
  }),
  excludePeople: setting({
    schema: z.string().optional(),
    text: 'Pairs file, or folder of people, whose people are left out of the training: strangers to measure on.',
    flag: {
      name: 'exclude_people',
      kind: 'path',
      help: 'people whom this pairs file names, or who have a folder in this one, are left out of the training',
      metavar: 'PAIRS|FOLDER',
    },
  }),
  validateEveryEpochs: setting({
    schema: z.number().int().positive().default(5),
    text: 'Epochs between validations.',
    flag: { name: 'validate_every_n_epochs', kind: 'int', help: 'epochs between validations' },
  }),
};
