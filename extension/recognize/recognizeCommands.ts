import type { Services } from '../services';
import { expand } from '../workspace/library';
import { photographsMeant } from './photographsMeant';
import { galleryToCompareWith } from './questions';
import { recognizePage } from './recognizePanel';

interface RecognizeOptions {
  gallery: string;
  photographs: string[];
}

/**
 * Opens photographs, or those of folders, in the tab of a gallery and says who is in them. Resolves to the number of
 * photographs in it.
 */
export async function recognize({ panels }: Services, argument?: unknown): Promise<number | undefined> {
  const { gallery: given, photographs } = meant(argument);
  const gallery = given === undefined ? await galleryToCompareWith() : expand(given);
  if (gallery === undefined) return undefined;
  const panel = await panels.show(recognizePage, { kind: 'recognize', gallery, opened: [] });
  await panel.add(photographs.map(expand));
  return panel.shown.length;
}

/** Entries of the Explorer, a gallery's row, or options. */
function meant(argument: unknown): Partial<RecognizeOptions> & { photographs: string[] } {
  const { gallery, path, kind } = (argument ?? {}) as Record<string, unknown>;
  if (kind === 'gallery' && typeof path === 'string') return { gallery: path, photographs: [] };
  return { ...(typeof gallery === 'string' && { gallery }), photographs: photographsMeant(argument) };
}
