import { z } from 'zod';

/** Longest side of a thumbnail in pixels. */
export const thumbnailSides = { least: 16, most: 512, usual: 256 } as const;

/** Characters of a thumbnail's address at most: VS Code cuts the text of a hover at 100 000. */
export const longestThumbnail = 90_000;

const path = z.string();

/** One line that `facenet thumbnail` prints, for one of the pictures that it was asked for; `path` is as it was given. */
export const thumbnailLineSchema = z.union([
  z.object({ path, data: z.string().startsWith('data:image/jpeg;base64,').max(longestThumbnail) }),
  /** Why there is none, and what to do. */
  z.object({ path, problem: z.string().min(1) }),
]);
export type ThumbnailLine = z.infer<typeof thumbnailLineSchema>;

/** A picture small enough to send, or why there is none. */
export type Thumbnail = { data: string } | { problem: string };

/** The line, or undefined for text that is none, e.g. what a library says on the way. */
export function parseThumbnailLine(text: string): ThumbnailLine | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return thumbnailLineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
