import { type Chip, chipOf, chipsDiffer } from '../protocol/chip';
import type { Deviation, LfwReport } from '../protocol/lfwReport';

type Published = Required<Omit<LfwReport['recipe'], 'chip'>> & Pick<LfwReport['recipe'], 'chip'>;

/** The protocol of the official pairs.txt: 10 folds of 300 same and 300 different pairs (spec §7.2). */
const protocol = { folds: 10, pairs: 6000 } as const;

/**
 * How the published numbers of each family of models were measured: the models of 2018 with fixed standardisation,
 * flips, subtracted mean and the angle (0.99650 ± 0.00252, spec §7.9), those of 2017 with per-image standardisation and
 * plain squared distances, dlib's network on its own landmark chips.
 */
const published: Record<Published['standardization'], Omit<Published, 'folds'>> = {
  fixed: {
    alignment: 'box',
    imageSize: 160,
    standardization: 'fixed',
    useFlippedImages: true,
    subtractMean: true,
    distanceMetric: 1,
  },
  per_image: {
    alignment: 'box',
    imageSize: 160,
    standardization: 'per_image',
    useFlippedImages: false,
    subtractMean: false,
    distanceMetric: 0,
  },
  dlib: {
    alignment: 'landmarks',
    chip: 'mean-face',
    imageSize: 150,
    standardization: 'dlib',
    useFlippedImages: false,
    subtractMean: false,
    distanceMetric: 0,
  },
};

const words = {
  alignment: (value: Published['alignment']) => (value === 'box' ? 'detector box with margin' : 'landmark chip'),
  imageSize: (value: number) => `${value} × ${value} px`,
  standardization: (value: Published['standardization']) =>
    ({ fixed: 'fixed', per_image: 'per image', dlib: "dlib's means" })[value],
  useFlippedImages: (value: boolean) => (value ? 'concatenated' : 'not used'),
  subtractMean: (value: boolean) => (value ? 'subtracted' : 'kept'),
  distanceMetric: (value: 0 | 1) => (value === 0 ? 'squared Euclidean' : 'angle'),
};

const chipWords: Record<Chip, string> = {
  'mean-face': 'in the mean face',
  'tip-at-base': "the nose's tip at its base",
};

const labels: Record<keyof typeof words, string> = {
  alignment: 'Alignment',
  imageSize: 'Image size',
  standardization: 'Standardisation',
  useFlippedImages: 'Flipped images',
  subtractMean: 'Mean of the training folds',
  distanceMetric: 'Distance',
};

/**
 * What an evaluation does otherwise than the published one of the same family of models, item by item in the order of
 * the recipe; empty when the number may be held against the published one. An item that is not known is named as such.
 */
export function deviationsFromPublished(
  recipe: LfwReport['recipe'],
  pairs: Pick<LfwReport['pairs'], 'used' | 'skipped'>,
): Deviation[] {
  const reference = published[recipe.standardization ?? 'fixed'];
  const deviations: Deviation[] = [];
  for (const key of Object.keys(words) as (keyof typeof words)[]) {
    const say = words[key] as (value: unknown) => string;
    const here = recipe[key];
    if (here !== reference[key])
      deviations.push({
        item: labels[key],
        here: here === undefined ? 'not known' : say(here),
        published: say(reference[key]),
      });
  }
  if (chipsDiffer(recipe, reference)) {
    const [here, there] = [recipe, reference].map((one) => chipWords[chipOf(one)!]);
    deviations.push({ item: 'Landmark chip', here: here!, published: there! });
  }
  if (recipe.folds !== protocol.folds)
    deviations.push({ item: 'Folds', here: String(recipe.folds), published: String(protocol.folds) });
  if (pairs.used !== protocol.pairs) {
    const skipped = pairs.skipped.length;
    deviations.push({
      item: 'Pairs',
      here: skipped === 0 ? String(pairs.used) : `${pairs.used}, ${skipped} skipped`,
      published: String(protocol.pairs),
    });
  }
  return deviations;
}
