// lfw_result.txt: one line per LFW evaluation of a training (spec §6.8).

/** Rates in [0, 1]; `step` is the global step at which the evaluation began. */
export interface LfwResult {
  step: number;
  accuracy: number;
  validationRate: number;
}

/** One line as the reference appends it, its newline included. */
export function formatLfwResult({ step, accuracy, validationRate }: LfwResult): string {
  return `${step}\t${accuracy.toFixed(5)}\t${validationRate.toFixed(5)}\n`;
}

/** All complete lines of such a file; a line that is something else (a torn last one) is left out. */
export function parseLfwResults(text: string): LfwResult[] {
  const results: LfwResult[] = [];
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(\d+)\s+([\d.]+)\s+([\d.]+)\s*$/.exec(line);
    if (match === null) continue;
    const [step, accuracy, validationRate] = match.slice(1).map(Number) as [number, number, number];
    if ([accuracy, validationRate].every((rate) => rate >= 0 && rate <= 1))
      results.push({ step, accuracy, validationRate });
  }
  return results;
}
