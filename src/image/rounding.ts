// Adding and taking away 1.5 · 2^52 leaves a double rounded to an integer, half to even, as C's rint does.
const shift = 6755399441055744;

/** Rounds half to even (spec §0.2); exact for |value| < 2^51. */
export function rint(value: number): number {
  return value + shift - shift;
}
