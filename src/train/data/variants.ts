import type { TrainConfig } from '../../protocol/trainConfig';
import { plainVariant, type ImageVariant } from '../../input/imageVariant';
import { randomAt } from './counterRandom';

/** Degrees to either side (spec §3.1). */
const largestRotation = 10;

/** How training images are varied. */
export type Augmentation = Pick<TrainConfig, 'randomFlip' | 'randomCrop' | 'randomRotate' | 'cropsPerImage' | 'seed'>;

/** The looks at an image that are computed once: crops and rotations, each plain and mirrored where flips are on. */
export interface VariantPlan {
  /** Crops (or rotations) of every image, 1 where both are off. */
  crops: number;
  flips: 1 | 2;
  random: { crop: boolean; rotate: boolean };
}

/** @param cropMatters whether any image is larger than the network's input, so that crops differ */
export function planVariants(augmentation: Augmentation, cropMatters: boolean): VariantPlan {
  const random = { crop: augmentation.randomCrop && cropMatters, rotate: augmentation.randomRotate };
  return {
    crops: random.crop || random.rotate ? augmentation.cropsPerImage : 1,
    flips: augmentation.randomFlip ? 2 : 1,
    random,
  };
}

export function variantCount({ crops, flips }: VariantPlan): number {
  return crops * flips;
}

/** Label of variant `index` of every image in the cache. */
export function variantLabel(plan: VariantPlan, index: number): string {
  const { crop, flip, kind } = partsOf(plan, index);
  return kind === '' ? plainLabel(flip) : `${kind}${crop}${flip ? '-flip' : ''}`;
}

/**
 * How variant `index` of an image is prepared. Its crop and rotation follow from the image's content and the number alone,
 * so that other runs find it again.
 * @param seed first 32 bits of the digest of the image's content
 */
export function cachedVariant(plan: VariantPlan, seed: number, index: number): ImageVariant {
  const { crop, flip, kind } = partsOf(plan, index);
  return kind === '' ? { ...plainVariant, flip } : randomVariant(plan.random, seed, crop, flip);
}

function partsOf({ flips, random }: VariantPlan, index: number): { crop: number; flip: boolean; kind: string } {
  return {
    crop: Math.floor(index / flips),
    flip: index % flips === 1,
    kind: `${random.crop ? 'c' : ''}${random.rotate ? 'r' : ''}`,
  };
}

/** Label of an image as it is, or mirrored. */
export function plainLabel(flip: boolean): string {
  return flip ? 'plain-flip' : 'plain';
}

function randomVariant(random: VariantPlan['random'], seed: number, index: number, flip: boolean): ImageVariant {
  return {
    flip,
    crop: random.crop ? { x: randomAt(seed, 'crop', index, 0), y: randomAt(seed, 'crop', index, 1) } : 'centre',
    rotation: random.rotate ? (2 * randomAt(seed, 'rotate', index) - 1) * largestRotation : 0,
  };
}

/** Which cached variant the sample at a position of the queue gets. */
export function drawVariant(plan: VariantPlan, seed: number, position: number): number {
  const crop = Math.floor(randomAt(seed, 'crop', position) * plan.crops);
  const flip = plan.flips === 2 && randomAt(seed, 'flip', position) < 0.5 ? 1 : 0;
  return crop * plan.flips + flip;
}

/** The look of the sample at a position of the queue where nothing is cached: every sample has a crop of its own. */
export function freshVariant(augmentation: Augmentation, position: number): ImageVariant {
  const { seed, randomCrop: crop, randomRotate: rotate } = augmentation;
  const flip = augmentation.randomFlip && randomAt(seed, 'flip', position) < 0.5;
  return randomVariant({ crop, rotate }, seed, position, flip);
}
