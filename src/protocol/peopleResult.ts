import { z } from 'zod';

const personSchema = z.object({
  name: z.string(),
  /** Of this person, among those that were not trained with. */
  images: z.number().int().positive(),
  /** Of them, those that the classifier gave to this person. */
  right: z.number().int().min(0),
  /** Whom the others were given to, the most frequent first. */
  takenFor: z.array(z.object({ name: z.string(), images: z.number().int().positive() })),
});
export type PersonResult = z.infer<typeof personSchema>;

/** How a run's classifier names the images that were held out of its training; a file of the run's folder. */
export const peopleResultSchema = z.object({
  version: z.literal(1),
  /** Step of the weights. */
  step: z.number().int().min(0),
  images: z.number().int().min(0),
  right: z.number().int().min(0),
  /** Everybody with a held-out image, in the order of the labels. */
  people: z.array(personSchema),
});
export type PeopleResult = z.infer<typeof peopleResultSchema>;
