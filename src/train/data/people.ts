// Which people and images a round of choosing triplets looks at (spec §5.6).

export interface SampledPeople {
  /** Indices of samples, the images of a person one after another. */
  samples: Uint32Array;
  /** Images of each person, in the order of `samples`. */
  counts: number[];
}

/**
 * The samples of each person by their indices, in the order of the labels; people without images are left out.
 * @param labels person of each sample
 */
export function samplesOfPeople(labels: ArrayLike<number>): Uint32Array[] {
  const counts = new Map<number, number>();
  for (let sample = 0; sample < labels.length; sample++)
    counts.set(labels[sample]!, (counts.get(labels[sample]!) ?? 0) + 1);
  const people = new Map(
    [...counts].sort(([a], [b]) => a - b).map(([label, count]) => [label, new Uint32Array(count)]),
  );
  // From the last sample on, so that the counts say where each one goes.
  for (let sample = labels.length - 1; sample >= 0; sample--) {
    const label = labels[sample]!;
    const place = counts.get(label)! - 1;
    people.get(label)![place] = sample;
    counts.set(label, place);
  }
  return [...people.values()];
}

/** Puts the entries of `list` into a random order, in place. */
export function shuffle<T>(list: T[], random: () => number): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}

/**
 * Goes through the people in random order and takes up to `imagesPerPerson` random images of each until there are
 * peoplePerBatch · imagesPerPerson; everything where there are fewer, where the reference fails. People with few images
 * are thus followed by others than the first `peoplePerBatch`.
 * @param people indices of the samples of each person
 * @param random uniform numbers in [0, 1)
 */
export function samplePeople(
  people: readonly ArrayLike<number>[],
  { peoplePerBatch, imagesPerPerson }: { peoplePerBatch: number; imagesPerPerson: number },
  random: () => number,
): SampledPeople {
  const wanted = peoplePerBatch * imagesPerPerson;
  const samples: number[] = [];
  const counts: number[] = [];
  for (const person of shuffle([...people.keys()], random)) {
    const images = shuffle(Array.from(people[person]!), random);
    const taken = images.slice(0, Math.min(imagesPerPerson, wanted - samples.length));
    samples.push(...taken);
    counts.push(taken.length);
    if (samples.length === wanted) break;
  }
  return { samples: Uint32Array.from(samples), counts };
}
