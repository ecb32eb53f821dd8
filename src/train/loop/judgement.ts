import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readReport } from '../../evaluate/readReport';
import { reportOfStep, verdictOfRun } from '../../evaluate/runVerdict';
import { verdictOf } from '../../evaluate/verdict';
import { describeError, UserError } from '../../protocol/errors';
import type { LfwReport } from '../../protocol/lfwReport';
import type { RunRecord } from '../../protocol/run';
import type { Verdict } from '../../protocol/verdict';

/** Holds each evaluation of a run on pairs against that of its beginning, and keeps the verdict on the best one. */
export class Judgement {
  private constructor(
    /** Names of the people of the training. */
    private readonly people: readonly string[],
    private before: LfwReport | undefined,
    private verdict: Verdict | undefined,
  ) {}

  /**
   * With what an earlier part of the run has measured.
   * @param record of that part
   * @param onProblem is told why its reports cannot be used
   */
  static async open(
    runFolder: string,
    people: readonly string[],
    record: RunRecord | undefined,
    onProblem: (message: string) => void,
  ): Promise<Judgement> {
    const first = join(runFolder, reportOfStep(0));
    if (record === undefined || !existsSync(first)) return new Judgement(people, undefined, undefined);
    try {
      const before = await readReport(first);
      return new Judgement(people, before, await verdictOfRun(runFolder, record));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      onProblem(`What the run had measured before is not compared with: ${describeError(error)}`);
      return new Judgement(people, undefined, record.verdict);
    }
  }

  /** The evaluation of the beginning, with which all later ones are compared; undefined where there is none. */
  get baseline(): LfwReport['accuracy'] | undefined {
    return this.before?.accuracy;
  }

  /**
   * Step of the best evaluation where it is no better than the beginning: no best checkpoint, and yet the one to go back to
   * when the training diverges.
   */
  get stepToHold(): number | undefined {
    const { verdict } = this;
    if (verdict === undefined || verdict.kind === 'incomparable') return undefined;
    return verdict.after > verdict.before ? undefined : verdict.step;
  }

  /** Takes an evaluation; gives the run's verdict where it is another one by that. */
  add(report: LfwReport): Verdict | undefined {
    if (report.model.step === 0) this.before = report;
    if (this.before === undefined || report.model.step === 0) return undefined;
    const next = verdictOf(this.before, report, this.people);
    if (!succeeds(next, this.verdict)) return undefined;
    this.verdict = next;
    return next;
  }
}

/** A later one has to be better, like a checkpoint that is to be the best; one without figures says less than one with them. */
function succeeds(next: Verdict, known: Verdict | undefined): boolean {
  if (known === undefined || known.kind === 'incomparable') return true;
  return next.kind !== 'incomparable' && next.after > known.after;
}
