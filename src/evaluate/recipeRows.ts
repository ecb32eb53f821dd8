// The recipe of an evaluation in words; shared by the LFW tab and the exported report.
import { type Chip, chipOf } from '../protocol/chip';
import type { LfwReport } from '../protocol/lfwReport';

type Recipe = LfwReport['recipe'];

const standardizations: Record<NonNullable<Recipe['standardization']>, string> = {
  fixed: 'fixed: (x − 127.5) / 128',
  per_image: 'per image: zero mean, unit variance',
  dlib: "dlib's channel means",
};

const chips: Record<Chip, string> = {
  'mean-face': 'eyes and nose where the mean face has them',
  'tip-at-base': 'eyes and nose on fixed positions',
};

function alignmentText(recipe: Pick<Recipe, 'alignment' | 'chip'>): string {
  const chip = chipOf(recipe);
  return chip === undefined ? 'detector box with margin' : chips[chip];
}

/** Name and value of each item, in the order of the treatment; where only embeddings were given, nothing is known of it. */
export function recipeRows(recipe: Recipe): [string, string][] {
  return [
    ...treatmentRows(recipe),
    ['Distance', recipe.distanceMetric === 0 ? 'squared Euclidean' : 'angle / π'],
    ['Flipped images', recipe.useFlippedImages ? 'concatenated' : 'not used'],
    ['Mean subtracted', recipe.subtractMean ? 'of the training folds' : 'no'],
    ['Folds', String(recipe.folds)],
  ];
}

/** Of these the ones about the images alone. */
export function treatmentRows(
  recipe: Pick<Recipe, 'alignment' | 'chip' | 'imageSize' | 'standardization'>,
): [string, string][] {
  const { alignment, imageSize, standardization } = recipe;
  if (alignment === undefined && imageSize === undefined && standardization === undefined) {
    return [['Image treatment', 'not known: embeddings were given']];
  }
  return [
    ['Alignment', alignment === undefined ? '–' : alignmentText(recipe)],
    ['Image size', imageSize === undefined ? '–' : `${imageSize} × ${imageSize} px`],
    ['Standardisation', standardization === undefined ? '–' : standardizations[standardization]],
  ];
}
