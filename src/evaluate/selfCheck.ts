// What a model makes of some images and of the same images slightly changed: whether it has collapsed, in numbers.
import type { SelfCheck, SelfCheckFigures } from '../protocol/selfCheck';
import { spreadOf } from './spread';

/**
 * Euclidean distance that tells people apart where no pairs of the model say it: the squared one of 1.242 that was best on
 * LFW in F. Schroff, D. Kalenichenko, J. Philbin: FaceNet, CVPR 2015, section 5.6.
 */
export const thresholdOfPaper = Math.sqrt(1.242);
/** Spread below which everybody is at nearly the same point: two people are then 0.14 apart on average, of 2. */
const collapsedSpread = 0.1;
/** So many people do not lie on one line by chance. */
const peopleOffLine = 5;
/** Effective dimensions of a line with some noise. */
const dimensionsOfLine = 1.5;

/** Three looks at the same images, [N, dimension] each, row-major, rows of length 1. */
export interface CheckedEmbeddings {
  dimension: number;
  plain: Float32Array;
  mirrored: Float32Array;
  recompressed: Float32Array;
  /** Person of each image; at least two people. */
  labels: ArrayLike<number>;
}

/**
 * Measures embeddings of images of several people.
 * @param threshold Euclidean, of the model's own pairs; that of FaceNet's paper without
 * @throws RangeError for images of one person
 */
export function selfCheckOf(
  embeddings: CheckedEmbeddings,
  threshold: number | undefined,
): Pick<SelfCheck, 'images' | 'people' | 'finding' | 'figures'> {
  const { dimension, plain, mirrored, recompressed, labels } = embeddings;
  const images = labels.length;
  const people = new Set(Array.from(labels)).size;
  if (people < 2) throw new RangeError('a self-check takes images of at least two people');
  if (![plain, mirrored, recompressed].every((rows) => rows.every(Number.isFinite)))
    return { images, people, finding: 'notFinite' };
  const distance = threshold ?? thresholdOfPaper;
  const figures: SelfCheckFigures = {
    mirrored: distancesToItself(plain, mirrored, dimension),
    recompressed: distancesToItself(plain, recompressed, dimension),
    people: betweenPeople(embeddings, distance),
    threshold: { distance, source: threshold === undefined ? 'paper' : 'pairs' },
    spread: spreadOf({ rows: images, data: plain }),
    dimensions: effectiveDimensions(plain, dimension),
  };
  const isLine = people >= peopleOffLine && figures.dimensions < dimensionsOfLine;
  return { images, people, finding: figures.spread < collapsedSpread || isLine ? 'collapsed' : 'sound', figures };
}

function distancesToItself(one: Float32Array, other: Float32Array, dimension: number): SelfCheckFigures['mirrored'] {
  const count = one.length / dimension;
  let [sum, most] = [0, 0];
  for (let row = 0; row < count; row++) {
    const distance = distanceOf(one, row, other, row, dimension);
    sum += distance;
    most = Math.max(most, distance);
  }
  return { mean: sum / count, most };
}

function betweenPeople({ plain, labels, dimension }: CheckedEmbeddings, threshold: number): SelfCheckFigures['people'] {
  const distances: number[] = [];
  for (let a = 0; a < labels.length; a++) {
    for (let b = a + 1; b < labels.length; b++)
      if (labels[a] !== labels[b]) distances.push(distanceOf(plain, a, plain, b, dimension));
  }
  const pairs = distances.length;
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / pairs;
  const variance = distances.reduce((sum, distance) => sum + (distance - mean) ** 2, 0) / pairs;
  const beyond = distances.filter((distance) => distance >= threshold).length / pairs;
  return { pairs, mean, deviation: Math.sqrt(variance), beyond };
}

function distanceOf(one: Float32Array, a: number, other: Float32Array, b: number, dimension: number): number {
  let squared = 0;
  for (let i = 0; i < dimension; i++) squared += (one[a * dimension + i]! - other[b * dimension + i]!) ** 2;
  return Math.sqrt(squared);
}

/**
 * Participation ratio of the variances, (Σλ)² / Σλ² over the eigenvalues of the covariance: n where n directions vary
 * alike, less than the number of rows; 0 where nothing varies. Taken from the rows' inner products, which have the
 * covariance's eigenvalues.
 */
export function effectiveDimensions(data: Float32Array, dimension: number): number {
  const rows = data.length / dimension;
  const centred = Float64Array.from(data);
  for (let i = 0; i < dimension; i++) {
    let mean = 0;
    for (let row = 0; row < rows; row++) mean += data[row * dimension + i]! / rows;
    for (let row = 0; row < rows; row++) centred[row * dimension + i]! -= mean;
  }
  let [trace, squares] = [0, 0];
  for (let a = 0; a < rows; a++) {
    for (let b = a; b < rows; b++) {
      let product = 0;
      for (let i = 0; i < dimension; i++) product += centred[a * dimension + i]! * centred[b * dimension + i]!;
      if (a === b) trace += product;
      squares += (a === b ? 1 : 2) * product * product;
    }
  }
  // Rounding of float32 leaves something where all rows are the same.
  return trace / rows < 1e-12 ? 0 : (trace * trace) / squares;
}
