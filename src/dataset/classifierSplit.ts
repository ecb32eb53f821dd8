import { ImagePicks } from './imageList';
import type { NumpyRandom } from './random';
import type { Dataset, Person } from './scan';

/**
 * The split of classifier.py (spec §1.7): of each person with at least `minImages` images, shuffled, the first `trainImages`
 * train and the others test; smaller people are left out of both.
 */
export function splitForClassifier(
  dataset: Dataset,
  minImages: number,
  trainImages: number,
  random: NumpyRandom,
): { train: Dataset; test: Dataset } {
  const picks = new ImagePicks(dataset.people.map(({ images }) => images));
  const [train, test]: [Person[], Person[]] = [[], []];
  for (const { name, images } of dataset.people) {
    if (images.length < minImages) continue;
    const shuffled = random.permutation(images.length);
    train.push({ name, images: picks.of(images, shuffled.slice(0, trainImages)) });
    test.push({ name, images: picks.of(images, shuffled.slice(trainImages)) });
  }
  return { train: { ...dataset, people: train }, test: { ...dataset, people: test } };
}
