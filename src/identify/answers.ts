import type { Classifier } from '../classify/classifierFile';
import { probabilities } from '../classify/pairwiseSvm';

/** What a classifier says to one face. */
export interface Answer {
  /** Label of the most probable person, and the probability, 0 … 1. */
  readonly label: number;
  readonly name: string;
  readonly probability: number;
  /** Not above the threshold: the name is then a guess that is not given. */
  readonly unknown: boolean;
}

/** The name that is told: the person's, or `unknown`. */
export function toldName({ name, unknown }: Answer): string {
  return unknown ? 'unknown' : name;
}

/** @param threshold up to which an answer is unknown; default the one that was chosen in training, 0 without one */
export function answer(
  classifier: Classifier,
  embeddings: Float32Array,
  threshold: number = classifier.unknown?.threshold ?? 0,
): Answer[] {
  const classes = classifier.people.length;
  const { dimension } = classifier.machine.support;
  const table = probabilities(classifier.machine, { data: Float64Array.from(embeddings), dimension });
  return Array.from({ length: table.length / classes }, (_, row) => {
    const own = table.subarray(row * classes, (row + 1) * classes);
    let label = 0;
    for (let other = 1; other < classes; other++) if (own[other]! > own[label]!) label = other;
    const probability = own[label]!;
    return { label, name: classifier.people[label]!.name, probability, unknown: probability <= threshold };
  });
}
