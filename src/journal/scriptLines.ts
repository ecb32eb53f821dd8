// The lines in which the reference's two trainings differ.
import { formatReport } from '../evaluate/report';
import type { LfwReport } from '../protocol/lfwReport';

export interface ScriptLines {
  /** Number of the first epoch in the line of a step. */
  firstEpoch: 0 | 1;
  /** Told when an evaluation begins, if anything is. */
  evaluationBegins?: string;
  /** Told when it has ended after so many seconds, if anything is. */
  evaluationEnds?(seconds: number): string;
  /** Its results, of which a training tells the first two. */
  results(report: LfwReport): string[];
}

/** Of train_softmax.py (spec §6.8), and of all that validates. */
export const softmaxLines: ScriptLines = {
  firstEpoch: 1,
  // With the reference's spelling: scripts look for it.
  evaluationBegins: 'Runnning forward pass on LFW images',
  results: formatReport,
};

/** Of train_tripletloss.py (spec §5.8), whose epochs begin at 0. */
export const tripletLines: ScriptLines = {
  firstEpoch: 0,
  evaluationEnds: (seconds) => `Running forward pass on LFW images: ${seconds.toFixed(3)}`,
  results(report) {
    const { mean, std } = report.accuracy;
    return [`Accuracy: ${mean.toFixed(3)}+-${std.toFixed(3)}`, ...formatReport(report).slice(1)];
  },
};
