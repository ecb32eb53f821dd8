import { ImagePicks } from './imageList';
import type { NumpyRandom } from './random';
import type { Dataset, Person } from './scan';

export interface Split {
  readonly train: Dataset;
  readonly validation: Dataset;
  /** Names of people that the split leaves out of both sets, because too few images would remain. */
  readonly dropped: readonly string[];
}

/** A window goes on meanwhile: so many take some milliseconds. */
const imagesAtOnce = 1 << 15;

/**
 * The reference's SPLIT_IMAGES (spec §1.6): each person's images are shuffled, the first ⌊n·(1−ratio)⌋ train (one fewer
 * where that is all of them), the rest validate. People with fewer than `minTrainImages` training images, and people
 * without images, are dropped from both. Deviation: a person's only image trains, instead of leaving a logit that nothing
 * trains; such a person stays in the validation set without images, so that labels are the same in both.
 */
export async function splitImages(
  dataset: Dataset,
  ratio: number,
  minTrainImages: number,
  random: NumpyRandom,
): Promise<Split> {
  const train: Person[] = [];
  const validation: Person[] = [];
  const dropped: string[] = [];
  const picks = new ImagePicks(dataset.people.map(({ images }) => images));
  let unheard = 0;
  for (const { name, images } of dataset.people) {
    unheard += images.length;
    if (unheard > imagesAtOnce) {
      unheard = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const shuffled = random.permutation(images.length);
    let kept = Math.floor(shuffled.length * (1 - ratio));
    if (kept === shuffled.length) kept--;
    if (shuffled.length === 1) kept = 1;
    if (kept < Math.max(minTrainImages, 1)) {
      dropped.push(name);
      continue;
    }
    train.push({ name, images: picks.of(images, shuffled.slice(0, kept)) });
    validation.push({ name, images: picks.of(images, shuffled.slice(kept)) });
  }
  const { root, ignored } = dataset;
  return { train: { root, people: train, ignored }, validation: { root, people: validation, ignored }, dropped };
}
