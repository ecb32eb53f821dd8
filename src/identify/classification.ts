import { basename } from 'node:path';
import type { Classifier } from '../classify/classifierFile';
import type { Dataset } from '../dataset/scan';
import type { ClassificationReport } from '../protocol/classificationReport';
import { answer } from './answers';

/**
 * What a classifier says to each image of a dataset, beside whose it is. People are told apart by the names of their folders.
 * @param embeddings of the images person by person, [N, dimension] row-major
 */
export function classify(
  classifier: Classifier,
  { people }: Dataset,
  embeddings: Float32Array,
): Pick<ClassificationReport, 'people' | 'strangers' | 'threshold' | 'images'> {
  const known = classifier.people.map(({ folder }) => folder);
  const labelOf = new Map(known.map((folder, label) => [folder, label]));
  const strangers = people.map(({ name }) => name).filter((name) => !labelOf.has(name));
  const strangerOf = new Map(strangers.map((name, place) => [name, known.length + place]));
  const answers = answer(classifier, embeddings);
  let next = 0;
  const images: ClassificationReport['images'] = [];
  for (const { name, images: own } of people) {
    const person = labelOf.get(name) ?? strangerOf.get(name)!;
    for (const path of own) {
      const { label, probability } = answers[next++]!;
      images.push({ file: `${name}/${basename(path)}`, person, label, probability });
    }
  }
  const threshold = classifier.unknown?.threshold;
  return { people: known, strangers, ...(threshold !== undefined && { threshold }), images };
}
