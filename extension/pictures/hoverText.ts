import { basename } from 'node:path';
import { shownText } from '../../src/protocol/shownText';
import type { Thumbnail } from '../../src/protocol/thumbnail';

/** Pixels; a hover is about this wide anyway. */
const width = 160;

export interface HoveredImage {
  path: string;
  /** The path as it is shown, e.g. relative to the workspace. */
  place: string;
  /** Undefined where it was given up before it was made. */
  thumbnail: Thumbnail | undefined;
  /** What is wrong with the image, a sentence each. */
  problems: readonly string[];
}

/** Text in which nothing is markdown: a name may hold anything, a link to somewhere else included. */
export function escapeMarkdown(text: string): string {
  const line = shownText(text).replace(/\s+/g, ' ');
  return line.replace(/[!-/:-@[-`{-~]/g, '\\$&');
}

/** Markdown of an image's hover: the picture within its text, so that it is seen wherever the window is. */
export function hoverText({ path, place, thumbnail, problems }: HoveredImage): string {
  const picture =
    thumbnail !== undefined && 'data' in thumbnail
      ? [`![${escapeMarkdown(basename(path))}](${thumbnail.data}|width=${width})`]
      : [];
  const sentences = new Set(problems);
  // What a check has found says the same, and more.
  if (thumbnail !== undefined && 'problem' in thumbnail && problems.length === 0) sentences.add(thumbnail.problem);
  return [...picture, ...[place, ...sentences].map(escapeMarkdown)].join('\n\n');
}
