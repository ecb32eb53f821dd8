import { appendFile, mkdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Weights } from '../../network/tensor';
import { formatReport } from '../../evaluate/report';
import { activities } from '../../protocol/activities';
import type { JobContext } from '../../protocol/jobContext';
import type { LfwReport } from '../../protocol/lfwReport';
import type { Recipe } from '../../protocol/recipe';
import type { LfwConfig } from '../../protocol/trainConfig';
import type { Embedder } from '../../recognize/embedder';
import { validateOnPairs, type PairList } from '../../recognize/validateOnPairs';
import { writeFileAtomic } from '../../files/atomicFile';
import type { SummaryLog } from '../../files/tensorboard';
import type { CurrentNetwork } from '../data/currentNetwork';

/** The LFW evaluations of a run: reports in its folder, events, the reference's lfw_result.txt and TensorBoard tags. */
export class LfwTracker {
  private baseline: LfwReport | undefined;

  constructor(
    private readonly lfw: LfwConfig,
    private readonly pairs: PairList,
    private readonly current: CurrentNetwork,
    private readonly context: JobContext,
    private readonly subject: { recipe: Recipe; notes: readonly string[]; logs: string },
    private readonly summaries: SummaryLog,
  ) {}

  /** Whether the report of a step has been written. */
  isDone(step: number): boolean {
    return existsSync(join(this.context.runFolder, this.reportFile(step)));
  }

  private reportFile(step: number): string {
    return join('evaluations', `lfw-${step}.json`);
  }

  /**
   * Evaluates the weights of a step. `phase` is the phase that has just ended or goes on; absent before the first.
   * Warns when the accuracy lies below that of step 0 by more than its deviation over the folds.
   */
  async evaluate(weights: Weights, step: number, model: LfwReport['model'], phase?: string): Promise<LfwReport> {
    const { context, lfw } = this;
    const started = performance.now();
    context.report({ type: 'log', level: 'info', message: 'Runnning forward pass on LFW images' });
    const embedder: Embedder = {
      dimension: this.current.network.embeddingSize,
      embed: async (paths, options = {}) =>
        this.current.forward(weights, paths, { ...options, flipped: options.flipped ?? false, output: 'embeddings' }),
      dispose: async () => undefined,
    };
    const onProgress = (done: number, total: number): void =>
      context.report({ type: 'progress', activity: activities.evaluating, done, total, unit: 'images' });
    const report = await validateOnPairs(embedder, { ...this.subject, model }, this.pairs, lfw, {
      signal: context.signal,
      onProgress,
    });
    const file = this.reportFile(step);
    await mkdir(join(context.runFolder, 'evaluations'), { recursive: true });
    await writeFileAtomic(join(context.runFolder, file), `${JSON.stringify(report)}\n`);
    await this.tell(report, step, file, phase, (performance.now() - started) / 1000);
    return report;
  }

  private async tell(
    report: LfwReport,
    step: number,
    file: string,
    phase: string | undefined,
    seconds: number,
  ): Promise<void> {
    const { context } = this;
    const { accuracy, validation } = report;
    for (const message of formatReport(report).slice(0, 2)) context.report({ type: 'log', level: 'info', message });
    context.report({
      type: 'lfw',
      step,
      ...(phase === undefined ? {} : { phase }),
      accuracy: accuracy.mean,
      accuracyStd: accuracy.std,
      validationRate: validation.rate,
      far: validation.far,
      auc: report.auc,
      ...(report.eer === undefined ? {} : { eer: report.eer }),
      report: file.replaceAll('\\', '/'),
    });
    this.summaries.scalars(step, {
      'lfw/accuracy': accuracy.mean,
      'lfw/val_rate': validation.rate,
      'time/lfw': seconds,
    });
    const line = `${step}\t${accuracy.mean.toFixed(5)}\t${validation.rate.toFixed(5)}\n`;
    await appendFile(join(this.subject.logs, 'lfw_result.txt'), line);
    if (step === 0) this.baseline = report;
    else this.warnWhenWorse(report, phase);
  }

  private warnWhenWorse(report: LfwReport, phase: string | undefined): void {
    const before = this.baseline?.accuracy;
    if (before === undefined || report.accuracy.mean >= before.mean - before.std) return;
    this.context.report({
      type: 'log',
      level: 'warning',
      message:
        `LFW accuracy is ${report.accuracy.mean.toFixed(5)}${phase === undefined ? '' : ` in phase ${phase}`}, below ` +
        `${before.mean.toFixed(5)}+-${before.std.toFixed(5)} before the training: people that it was not trained on are told ` +
        'apart less well. A lower learning rate, fewer epochs or a later first trained stage keep more.',
    });
  }
}
