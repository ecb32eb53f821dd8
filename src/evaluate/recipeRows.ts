// The recipe of an evaluation in words; shared by the LFW tab and the exported report.
import type { LfwReport } from '../protocol/lfwReport';

type Recipe = LfwReport['recipe'];

const standardizations: Record<NonNullable<Recipe['standardization']>, string> = {
  fixed: 'fixed: (x − 127.5) / 128',
  per_image: 'per image: zero mean, unit variance',
  dlib: "dlib's channel means",
};

const alignments: Record<NonNullable<Recipe['alignment']>, string> = {
  box: 'detector box with margin',
  landmarks: 'eyes and nose on fixed positions',
};

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
export function treatmentRows({
  alignment,
  imageSize,
  standardization,
}: Pick<Recipe, 'alignment' | 'imageSize' | 'standardization'>): [string, string][] {
  if (alignment === undefined && imageSize === undefined && standardization === undefined) {
    return [['Image treatment', 'not known: embeddings were given']];
  }
  return [
    ['Alignment', alignment === undefined ? '–' : alignments[alignment]],
    ['Image size', imageSize === undefined ? '–' : `${imageSize} × ${imageSize} px`],
    ['Standardisation', standardization === undefined ? '–' : standardizations[standardization]],
  ];
}
