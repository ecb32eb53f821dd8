import { Samples } from '../dataset/samples';
import { imageCount, type Dataset } from '../dataset/scan';
import { identify, type ProbeScores } from '../evaluate/identification';
import { UserError } from '../protocol/errors';
import type { IdentificationReport } from '../protocol/identificationReport';
import type { Recipe } from '../protocol/recipe';
import type { Embedder, EmbedOptions } from './embedder';

/** Name of the folder of probes that are nobody of the gallery. */
const unknownFolder = 'unknown';

export interface IdentificationSubject {
  model: IdentificationReport['model'];
  recipe: Recipe;
  notes: readonly string[];
  /** Rates of false alarms, 0 … 1. */
  far: readonly number[];
  fpir: readonly number[];
}

/**
 * Looks everybody of `probes` up in `gallery`, by the cosine with the nearest image of each person. Who is in the folder
 * `unknown`, and people who are not enrolled, should be found to be nobody.
 * @throws UserError where nobody is enrolled, or no probe is of an enrolled person
 */
export async function evaluateIdentification(
  embedder: Embedder,
  gallery: Dataset,
  probes: Dataset,
  subject: IdentificationSubject,
  options: Pick<EmbedOptions, 'signal' | 'onProgress'> = {},
): Promise<IdentificationReport> {
  const people = gallery.people.filter(({ name, images }) => images.length > 0 && name !== unknownFolder);
  if (people.length === 0) {
    throw new UserError(
      `Nobody is enrolled: ${gallery.root} has no folder of a person with images.`,
      'Check the path.',
    );
  }
  const indexOf = new Map(people.map(({ name }, index) => [name, index]));
  const strangers = probes.people.filter(({ name, images }) => images.length > 0 && !indexOf.has(name));
  const known = probes.people.filter(({ name }) => indexOf.has(name));
  if (imageCount({ people: known }) === 0) {
    throw new UserError(
      `No image of ${probes.root} is of a person of ${gallery.root}.`,
      'Give the folders of a person the same name in both.',
    );
  }
  const enrolled = new Samples(people);
  const asked = new Samples(probes.people);
  const total = enrolled.length + asked.length;
  const stretch = (start: number): Pick<EmbedOptions, 'signal' | 'onProgress'> => ({
    ...options,
    onProgress: (done) => options.onProgress?.(start + done, total),
  });
  const references = await embedder.embed(enrolled.paths, stretch(0));
  const embeddings = await embedder.embed(asked.paths, stretch(enrolled.length));
  const owners = [...enrolled.labels()];
  const { dimension } = embedder;
  const scored = [...asked.labels()].map((label, probe): ProbeScores => {
    const scores = new Float32Array(people.length).fill(-Infinity);
    for (const [image, owner] of owners.entries()) {
      let cosine = 0;
      for (let d = 0; d < dimension; d++)
        cosine += references[image * dimension + d]! * embeddings[probe * dimension + d]!;
      if (cosine > scores[owner]!) scores[owner] = cosine;
    }
    const person = indexOf.get(probes.people[label]!.name);
    return { scores, ...(person !== undefined && { person }) };
  });
  const others = strangers.filter(({ name }) => name !== unknownFolder);
  const notes = [...subject.notes];
  if (others.length > 0) {
    const images = imageCount({ people: others });
    const who = others.length === 1 ? '1 person of the probes is' : `${others.length} people of the probes are`;
    notes.push(
      `${who} not enrolled; of them ${images === 1 ? '1 image counts' : `${images} images count`} as unknown.`,
    );
  }
  return {
    version: 1,
    createdAt: new Date().toISOString(),
    model: subject.model,
    recipe: subject.recipe,
    gallery: { dir: gallery.root, people: people.length, images: enrolled.length },
    probes: { dir: probes.root, enrolled: imageCount({ people: known }), unknown: imageCount({ people: strangers }) },
    ...identify(scored, { far: subject.far, fpir: subject.fpir }),
    notes,
  };
}
