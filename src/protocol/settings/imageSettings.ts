// How images vary from epoch to epoch.
import { z } from 'zod';
import { setting } from './setting';

export const imageSettings = {
  randomFlip: setting({
    schema: z.boolean().default(false),
    text: 'Mirror half of the images.',
    flag: { name: 'random_flip', kind: 'switch', help: 'mirror half of the images' },
  }),
  randomCrop: setting({
    schema: z.boolean().default(false),
    text: 'Random crops of images that are larger than the input.',
    flag: { name: 'random_crop', kind: 'switch', help: 'train on random crops of images larger than the input' },
  }),
  randomRotate: setting({
    schema: z.boolean().default(false),
    text: 'Rotate images by up to 10 degrees.',
    flag: { name: 'random_rotate', kind: 'switch', help: 'rotate images by up to 10 degrees' },
  }),
  cropsPerImage: setting({
    schema: z.number().int().positive().default(4),
    text: 'Random crops or rotations of each image whose frozen activations are kept.',
    flag: {
      name: 'crops_per_image',
      kind: 'int',
      help: 'random crops or rotations of each image that are cached',
    },
  }),
};
