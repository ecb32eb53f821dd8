import { z } from 'zod';

/** Longest name, note and tag of a run, characters. */
export const [longestName, longestNote, longestTag] = [200, 10_000, 50];
const mostTags = 50;

/** A name or tag: one line without blanks at its ends. */
const line = (most: number) =>
  z
    .string()
    .transform((text) => text.replace(/\s+/g, ' ').trim())
    .pipe(z.string().min(1).max(most));

/**
 * about.json of a run folder: what a person says of the run. Only windows and commands write it, never a worker; a run of
 * which nothing was said has none. Unknown fields are kept for newer versions.
 */
export const runAboutSchema = z.looseObject({
  /** In place of the title of run.json. */
  name: line(longestName).optional(),
  note: z.string().max(longestNote).optional(),
  /** Each once. */
  tags: z
    .array(line(longestTag))
    .max(mostTags)
    .transform((tags) => [...new Set(tags)])
    .default([]),
  star: z.boolean().default(false),
  /** Left out of lists unless these are asked for. */
  archived: z.boolean().default(false),
});
export type RunAbout = z.infer<typeof runAboutSchema>;

/** What is changed of it; null takes a field away. */
export interface AboutPatch {
  name?: string | null;
  note?: string | null;
  tags?: readonly string[];
  star?: boolean;
  archived?: boolean;
}
