import { z } from 'zod';

const rate = z.number().min(0).max(1);
const count = z.number().int().nonnegative();

/** Pairs by whether they were told right before and after; together all of them. */
const pairCountsSchema = z.object({ fixed: count, broken: count, stillWrong: count, right: count });
export type PairCounts = z.infer<typeof pairCountsSchema>;

/** Whether the people of the pairs are in the training: nobody, everybody, or some. */
const peopleSchema = z.enum(['outsiders', 'trained', 'some trained']);
export type PeopleOfPairs = z.infer<typeof peopleSchema>;

const measuredSchema = z.object({
  /** `better` and `worse` only where the whole interval lies on that side of 0; `collapsed`: distances mean nothing. */
  kind: z.enum(['better', 'worse', 'unchanged', 'collapsed']),
  /**
   * Why nothing was found, where that lies with the pairs. `easy`: the baseline tells nearly all of them right. `few`: a
   * change that matters is within the noise of so few.
   */
  reason: z.enum(['easy', 'few']).optional(),
  /** Step of the checkpoint that was measured. */
  step: z.number().int(),
  /** Name of the model that it is held against. */
  baseline: z.string(),
  /** Absent where the people of the training are not known. */
  people: peopleSchema.optional(),
  /** Accuracy of each report, mean of its folds. */
  before: rate,
  after: rate,
  /** 95 % interval of the difference after − before, as fractions. */
  interval: z.tuple([z.number(), z.number()]),
  pairs: pairCountsSchema,
  /** How many people are on the pairs; absent in older records, whose interval takes the pairs as independent. */
  onPairs: count.optional(),
});
/** What a training has done, by the same pairs measured before and after. */
export type MeasuredVerdict = z.infer<typeof measuredSchema>;

const incomparableSchema = z.object({
  kind: z.literal('incomparable'),
  /** Other pairs, or the same measured in another way. */
  reason: z.enum(['pairs', 'recipe']),
  step: z.number().int(),
  /** Items of the recipe that differ. */
  differences: z.array(z.string()),
});

/** Whether a model has got better than the one that it was made from. */
export const verdictSchema = z.discriminatedUnion('kind', [measuredSchema, incomparableSchema]);
export type Verdict = z.infer<typeof verdictSchema>;

/** What may follow a verdict; `trainAgain` begins again where the training began, `trainLonger` with what it has made. */
export const nextStepSchema = z.enum([
  'tryOnPhotographs',
  'export',
  'trainLonger',
  'trainAgain',
  'harderPairs',
  'validate',
]);
export type NextStep = z.infer<typeof nextStepSchema>;
