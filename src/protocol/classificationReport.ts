import { z } from 'zod';

const index = z.number().int().nonnegative();
/** As many as a classifier may know, and more images than are looked at. */
const mostPeople = 100_000;
const mostImages = 1_000_000;

/** What a classifier has said to each face of a folder. */
export const classificationReportSchema = z
  .object({
    version: z.literal(1),
    createdAt: z.string(),
    model: z.object({ path: z.string(), name: z.string(), step: z.number().int().optional() }),
    /** File of the classifier. */
    classifier: z.string(),
    /** Folder of the faces. */
    imagesDir: z.string(),
    /** Probability up to which an answer is *unknown*, as it was chosen in training; absent where nothing was chosen. */
    threshold: z.number().min(0).max(1).optional(),
    /** Folders of the people whom the classifier knows, by label. */
    people: z.array(z.string()).min(2).max(mostPeople),
    /** Folders of people whom it does not know; they follow `people` in the counting of `person`. */
    strangers: z.array(z.string()).max(mostPeople),
    images: z
      .array(
        z.object({
          /** `<person>/<image>`, with slashes. */
          file: z.string(),
          /** Whose folder it lies in: an index into `people` and, behind them, `strangers`. */
          person: index,
          /** The most probable person, an index into `people`, and the probability. */
          label: index,
          probability: z.number().min(0).max(1),
        }),
      )
      .max(mostImages),
    notes: z.array(z.string()),
  })
  .refine(
    ({ people, strangers, images }) =>
      images.every(({ person, label }) => person < people.length + strangers.length && label < people.length),
    'an image is of somebody who is not listed',
  );
export type ClassificationReport = z.infer<typeof classificationReportSchema>;
