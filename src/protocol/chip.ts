/**
 * Where a landmark chip has the points of a face, in dlib's mean face.
 * `mean-face`: each point at its own place: the corners of the eyes and the base of the nose where the detector finds them,
 * else the middles of the eyes and the tip of the nose.
 * `tip-at-base`: the middles of the eyes, and the tip of the nose where its base belongs, so that the face comes out too small. All
 * chips were so before there was a name for it.
 */
export const chipNames = ['mean-face', 'tip-at-base'] as const;
export type Chip = (typeof chipNames)[number];

/** The chip that a record speaks of: one that says nothing is older than the choice. Undefined where faces are not cut out by landmarks. */
export function chipOf({
  alignment,
  chip,
}: {
  alignment?: 'box' | 'landmarks' | undefined;
  chip?: Chip | undefined;
}): Chip | undefined {
  return alignment === 'landmarks' ? (chip ?? 'tip-at-base') : undefined;
}

/** Whether two records speak of two chips; where one of them is of no chip at all, their alignment differs, and that is all to say. */
export function chipsDiffer(one: Parameters<typeof chipOf>[0], other: Parameters<typeof chipOf>[0]): boolean {
  const [first, second] = [chipOf(one), chipOf(other)];
  return first !== undefined && second !== undefined && first !== second;
}
