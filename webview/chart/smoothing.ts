/**
 * Exponential moving average without the pull of its start: s ← w·s + (1 − w)·y, divided by 1 − w^n as in Adam's
 * bias correction, so the first value is itself. Values that are not finite (null) stay null and are skipped over.
 *
 * @param weight 0 (no smoothing) … below 1.
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...values];
  let sum = 0;
  let correction = 1;
  return values.map((value) => {
    if (value === null) return null;
    sum = weight * sum + (1 - weight) * value;
    correction *= weight;
    return sum / (1 - correction);
  });
}
