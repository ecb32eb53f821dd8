import { digestText, digestWords } from '../../dataset/digestTable';
import type { ImageList } from '../../dataset/imageList';
import { plainVariant, type ImageVariant } from '../../input/imageVariant';
import type { Look } from '../../input/rows';
import { cachedVariant, plainLabel, variantCount, variantLabel, type VariantPlan } from './variants';

/** Looks whose activations are kept: each image in each of some variants, row `image · variants + variant`. */
export class KeptLooks {
  /**
   * @param contents digest of each image's content, [N, 4]
   * @param labels names of the variants
   * @param variantOf how variant `variant` of an image is prepared; `seed` follows from its content
   */
  constructor(
    private readonly images: ImageList,
    readonly contents: Uint32Array,
    readonly labels: readonly string[],
    private readonly variantOf: (seed: number, variant: number) => ImageVariant,
  ) {}

  /** Every variant of a plan. */
  static ofPlan(images: ImageList, contents: Uint32Array, plan: VariantPlan): KeptLooks {
    const labels = Array.from({ length: variantCount(plan) }, (_, variant) => variantLabel(plan, variant));
    return new KeptLooks(images, contents, labels, (seed, variant) => cachedVariant(plan, seed, variant));
  }

  /** Each image as it is, or mirrored. */
  static plain(images: ImageList, contents: Uint32Array, flip: boolean): KeptLooks {
    return new KeptLooks(images, contents, [plainLabel(flip)], () => ({ ...plainVariant, flip }));
  }

  /** Number of rows. */
  get length(): number {
    return (this.contents.length / digestWords) * this.labels.length;
  }

  /** How the image of a row is prepared. */
  at(row: number): Look {
    const [image, variant] = this.placeOf(row);
    return { path: this.images.at(image)!, variant: this.variantOf(this.contents[digestWords * image]!, variant) };
  }

  /** Name of a row's activations in a store. */
  id(row: number): string {
    const [image, variant] = this.placeOf(row);
    return `${digestText(this.contents, digestWords * image)}.${this.labels[variant]!}`;
  }

  /** Digest of the content of a row's image, [4]. */
  contentOf(row: number): Uint32Array {
    const [image] = this.placeOf(row);
    return this.contents.subarray(digestWords * image, digestWords * (image + 1));
  }

  private placeOf(row: number): [image: number, variant: number] {
    const variants = this.labels.length;
    return [Math.floor(row / variants), row % variants];
  }
}
