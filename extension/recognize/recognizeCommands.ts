import type { Services } from '../services';
import { galleriesOfModel } from '../jobs/modelOfGallery';
import { expand } from '../workspace/library';
import { enrolPeople } from './enrolPeople';
import { photographsMeant } from './photographsMeant';
import { galleryToCompareWith } from './questions';
import { recognizePage } from './recognizePanel';

interface RecognizeOptions {
  gallery: string;
  /** Instead of a gallery: one that this model has made, else one of `people`, enrolled with it now. */
  model: string;
  people: string;
  photographs: string[];
}

/**
 * Opens photographs, or those of folders, in the tab of a gallery and says who is in them. Resolves to the number of
 * photographs in it.
 */
export async function recognize(services: Services, argument?: unknown): Promise<number | undefined> {
  const { photographs, ...asked } = meant(argument);
  const gallery = await galleryOf(services, asked);
  if (gallery === undefined) return undefined;
  const panel = await services.panels.show(recognizePage, { kind: 'recognize', gallery, opened: [] });
  await panel.add(photographs.map(expand));
  return panel.shown.length;
}

async function galleryOf(services: Services, asked: Partial<RecognizeOptions>): Promise<string | undefined> {
  const { gallery, model, people } = asked;
  if (gallery !== undefined) return expand(gallery);
  if (model === undefined) return galleryToCompareWith();
  const own = await galleriesOfModel(services, model);
  if (own.length > 0) return galleryToCompareWith(own);
  return enrolPeople(services, { model, ...(people !== undefined && { folder: people }) });
}

/** Entries of the Explorer, a gallery's row, or options. */
function meant(argument: unknown): Partial<RecognizeOptions> & { photographs: string[] } {
  const { gallery, model, people, path, kind } = (argument ?? {}) as Record<string, unknown>;
  if (kind === 'gallery' && typeof path === 'string') return { gallery: path, photographs: [] };
  return {
    ...(typeof gallery === 'string' && { gallery }),
    ...(typeof model === 'string' && { model }),
    ...(typeof people === 'string' && { people }),
    photographs: photographsMeant(argument),
  };
}
