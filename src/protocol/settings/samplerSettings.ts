// In which order the training images are drawn.
import { z } from 'zod';
import { setting } from './setting';

const samplerSchema = z.enum(['shuffled', 'people', 'balanced']);

export const samplerSettings = {
  sampler: setting({
    schema: samplerSchema.default('shuffled'),
    text: 'How batches are drawn: `shuffled` every image once, then all again in another order, as the reference does; `people` some people, and of each of them several images; `balanced` every person equally often.',
    flag: {
      name: 'sampler',
      kind: 'choice',
      choices: samplerSchema.options,
      help: 'how batches are drawn: every image once in turn, several images of each of some people, or every person equally often',
    },
  }),
  samplerImagesPerPerson: setting({
    schema: z.number().int().positive().default(4),
    text: 'Images of each person in a batch of the sampler `people`; a batch has as many people as fit.',
    flag: {
      name: 'sampler_images_per_person',
      kind: 'int',
      help: 'images of each person in a batch of --sampler people',
    },
  }),
};
