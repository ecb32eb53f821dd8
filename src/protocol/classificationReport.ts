import { z } from 'zod';

const index = z.number().int().nonnegative();

/** What a classifier has said to each face of a folder. */
export const classificationReportSchema = z.object({
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
  people: z.array(z.string()).min(2),
  /** Folders of people whom it does not know; they follow `people` in the counting of `person`. */
  strangers: z.array(z.string()),
  images: z.array(
    z.object({
      /** `<person>/<image>`, with slashes. */
      file: z.string(),
      /** Whose folder it lies in: an index into `people` and, behind them, `strangers`. */
      person: index,
      /** The most probable person, an index into `people`, and the probability. */
      label: index,
      probability: z.number().min(0).max(1),
    }),
  ),
  notes: z.array(z.string()),
});
export type ClassificationReport = z.infer<typeof classificationReportSchema>;
