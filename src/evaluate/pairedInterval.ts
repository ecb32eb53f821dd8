/** Quantile of the normal distribution that leaves 2.5 % on either side. */
export const normalQuantile = 1.959964;

/**
 * 95 % interval of the difference of two proportions that were measured on the same `pairs`, of which `fixed` were wrong
 * before and right after, and `broken` the other way round: the adjusted Wald interval of Bonett and Price (Journal of
 * Educational and Behavioral Statistics 37, 2012, 479–488), which adds one pair to each of the two counts. With
 * p = (fixed + 1) / (pairs + 2) and q = (broken + 1) / (pairs + 2) it is
 * p − q ± z √((p + q − (p − q)²) / (pairs + 2)), cut off at −1 and 1.
 * @param widening by which it is wider, at least 1, as pairs are not independent (`wideningBySharedPeople`)
 */
export function pairedInterval(
  fixed: number,
  broken: number,
  pairs: number,
  widening = 1,
): [low: number, high: number] {
  const total = pairs + 2;
  const p = (fixed + 1) / total;
  const q = (broken + 1) / total;
  const halfWidth = widening * normalQuantile * Math.sqrt((p + q - (p - q) ** 2) / total);
  return [Math.max(-1, p - q - halfWidth), Math.min(1, p - q + halfWidth)];
}
