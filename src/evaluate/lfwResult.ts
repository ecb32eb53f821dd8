/**
 * A line of the reference's lfw_result.txt (spec §6.8), its newline included. `step` is the global step at which the
 * evaluation began; `accuracy` and `validationRate` lie in [0, 1].
 */
export function lfwResultLine(step: number, accuracy: number, validationRate: number): string {
  return `${step}\t${accuracy.toFixed(5)}\t${validationRate.toFixed(5)}\n`;
}
