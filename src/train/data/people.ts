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
export function samplesOfPeople(labels: readonly number[]): number[][] {
  const people = new Map<number, number[]>();
  for (const [sample, label] of labels.entries()) {
    const known = people.get(label);
    if (known === undefined) people.set(label, [sample]);
    else known.push(sample);
  }
  return [...people].sort(([a], [b]) => a - b).map(([, samples]) => samples);
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
  people: readonly (readonly number[])[],
  { peoplePerBatch, imagesPerPerson }: { peoplePerBatch: number; imagesPerPerson: number },
  random: () => number,
): SampledPeople {
  const wanted = peoplePerBatch * imagesPerPerson;
  const samples: number[] = [];
  const counts: number[] = [];
  for (const person of shuffle([...people.keys()], random)) {
    const images = shuffle([...people[person]!], random);
    const taken = images.slice(0, Math.min(imagesPerPerson, wanted - samples.length));
    samples.push(...taken);
    counts.push(taken.length);
    if (samples.length === wanted) break;
  }
  return { samples: Uint32Array.from(samples), counts };
}
