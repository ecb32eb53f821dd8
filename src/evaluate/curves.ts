/** Area under the mean ROC by the trapezoid rule, not extended to (1, 1) (spec §7.10). */
export function areaUnderCurve(fpr: Float64Array, tpr: Float64Array): number {
  let area = 0;
  for (let k = 0; k + 1 < fpr.length; k++) area += ((fpr[k + 1]! - fpr[k]!) * (tpr[k]! + tpr[k + 1]!)) / 2;
  return area;
}

/** The equal error rate, or why there is none. */
export type EqualErrorRate = { readonly rate: number } | { readonly note: string };

/**
 * Where 1 − FPR meets TPR on the mean ROC, the curve taken as straight between its points (spec §7.9): the root that the
 * reference finds with Brent's method, solved exactly. At a vertical step the root is the step's FPR.
 */
export function equalErrorRate(fpr: Float64Array, tpr: Float64Array): EqualErrorRate {
  const gap = (k: number): number => 1 - fpr[k]! - tpr[k]!;
  if (fpr.length > 0 && gap(0) <= 0) return { rate: fpr[0]! };
  for (let k = 0; k + 1 < fpr.length; k++) {
    if (gap(k + 1) > 0) continue;
    const width = fpr[k + 1]! - fpr[k]!;
    return { rate: fpr[k]! + (width * gap(k)) / (gap(k) - gap(k + 1)) };
  }
  return {
    note: 'The equal error rate is not defined: the thresholds end before false accepts and false rejects meet.',
  };
}
