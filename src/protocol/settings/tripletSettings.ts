// The triplet loss and how its triplets are chosen (spec §5.5–5.7).
import { z } from 'zod';
import { setting } from './setting';

export const tripletSettings = {
  peoplePerBatch: setting({
    schema: z.number().int().min(2).default(45),
    text: 'Triplets: people of one round, from whose images the triplets are chosen.',
    flag: { name: 'people_per_batch', kind: 'int', help: 'people of one round of choosing triplets' },
  }),
  imagesPerPerson: setting({
    schema: z.number().int().min(2).default(40),
    text: 'Triplets: images of each of these people, at most.',
    flag: { name: 'images_per_person', kind: 'int', help: 'images of each of these people, at most' },
  }),
  alpha: setting({
    schema: z.number().positive().default(0.2),
    text: 'Triplets: margin by which a negative has to be farther away than the positive, in squared distance.',
    flag: {
      name: 'alpha',
      kind: 'float',
      help: 'margin between the squared distances of an anchor to its positive and to its negative',
    },
  }),
  semiHard: setting({
    schema: z.boolean().default(false),
    text: 'Triplets: take only negatives that are farther away than the positive, as the FaceNet paper does.',
    flag: {
      name: 'semi_hard',
      kind: 'switch',
      help: 'take only negatives that are farther away than the positive, as the FaceNet paper does',
    },
  }),
};
