// What a network is trained towards.
import { z } from 'zod';
import { setting } from './setting';

/** `softmax`: a classifier of the people. `triplet`: distances between images, without a classifier. */
export const headSchema = z.enum(['softmax', 'triplet']);
export type HeadName = z.infer<typeof headSchema>;

export const headSettings = {
  head: setting({
    schema: headSchema.default('softmax'),
    text: 'What is minimised: `softmax` is the cross entropy of a classifier, `triplet` the triplet loss, which needs no classifier.',
  }),
};
