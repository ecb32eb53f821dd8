import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ForwardEngine } from '../../engine/forwardEngine';
import { writeFileAtomic } from '../../files/atomicFile';
import { peopleResult } from '../../recognize/people';
import { makeFolder } from '../../files/makeFolder';
import { patiently } from '../../files/patience';
import type { Journal } from '../../journal/journal';
import { activities } from '../../protocol/activities';
import type { JobContext } from '../../protocol/jobContext';
import type { Verdict } from '../../protocol/verdict';
import { reportOfStep } from '../../evaluate/runVerdict';
import { writeReport } from '../../evaluate/writeReport';
import { createEmbedder, type Embedder } from '../../recognize/embedder';
import { validateOnPairs } from '../../recognize/validateOnPairs';
import { percent } from '../../words/rates';
import type { FrozenActivations } from '../data/frozenActivations';
import { endStep, epochOf, type PlannedPhase } from '../plan/phases';
import type { TrainingPlan } from '../plan/trainingPlan';
import type { StepTrainer } from '../step/stepTrainer';
import type { Checkpoints } from './checkpoints';
import type { Judgement } from './judgement';
import type { RunState } from './runState';
import { validateInParts } from './validateInParts';

/** Measures the run's state on the images that are kept for validation, and on pairs. */
export class Evaluations {
  /**
   * @param engine computes the forward passes
   * @param judgement of the evaluations on pairs
   */
  constructor(
    private readonly plan: TrainingPlan,
    private readonly state: RunState,
    private readonly engine: ForwardEngine,
    private readonly activations: FrozenActivations,
    private readonly checkpoints: Pick<Checkpoints, 'prefix' | 'hold'>,
    private readonly judgement: Judgement,
    private readonly journal: Journal,
    private readonly context: JobContext,
  ) {
    checkpoints.hold(judgement.stepToHold);
  }

  /** Whether there are pairs that this step has not been measured on. */
  wantsLfw(): boolean {
    return this.plan.pairs !== undefined && !existsSync(join(this.context.runFolder, this.reportFile()));
  }

  /**
   * Accuracy of the trainer's head on the validation images; the state must be that of the trainer. At the end of a phase
   * the result per person is kept in the run's folder.
   */
  async validate(trainer: StepTrainer, phase: PlannedPhase): Promise<number> {
    const { journal, state } = this;
    const { step } = state;
    const { validation } = this.plan.set;
    const started = performance.now();
    this.context.beat?.('images', step);
    journal.tell('begin', { what: 'validation' });
    const beat = (): void => this.context.beat?.('images');
    const { taken, ...measure } = await this.forward('prelogits', (embedder) =>
      validateInParts(trainer, embedder, validation, { signal: this.context.signal, onProgress: beat }),
    );
    const people = taken !== undefined && step === endStep(phase) ? await this.keepPeople(taken) : undefined;
    const seconds = (performance.now() - started) / 1000;
    const file = people === undefined ? {} : { people };
    journal.tell('validation', { step, epoch: epochOf(step, phase), ...measure, seconds, ...file });
    return measure.values.accuracy!;
  }

  /**
   * Accuracy on the pairs; the report is kept in the run's folder. `phase` has just ended or goes on; absent before the
   * first step. Warns when the verdict on it is that it is worse than step 0.
   */
  async lfw(phase?: PlannedPhase): Promise<number> {
    const { config, pairs, recipe, mismatches } = this.plan;
    const { journal, context } = this;
    const { step } = this.state;
    const started = performance.now();
    context.beat?.('images', step);
    journal.tell('begin', { what: 'evaluation' });
    const path = step === 0 ? (config.pretrainedModel ?? 'untrained') : this.checkpoints.prefix(step);
    const subject = { recipe, notes: mismatches, model: { path, name: basename(path), step } };
    const report = await this.forward('embeddings', (embedder) =>
      validateOnPairs(embedder, subject, pairs!, config.lfw!, {
        signal: context.signal,
        onProgress: (done, total) =>
          context.report({ type: 'progress', activity: activities.evaluating, done, total, unit: 'images' }),
      }),
    );
    const file = this.reportFile();
    await this.keep(file, async (path) => writeReport(path, report));
    const place = phase === undefined ? {} : { phase: phase.name, epoch: epochOf(step, phase) };
    journal.tell('evaluation', { step, ...place, report, file, seconds: (performance.now() - started) / 1000 });
    const judged = this.judgement.add(report);
    if (judged?.isBest === true) await context.update({ verdict: judged.verdict });
    this.checkpoints.hold(this.judgement.stepToHold);
    if (judged !== undefined) this.warnWhenWorse(judged.verdict, phase);
    return report.accuracy.mean;
  }

  /** Accuracy on the pairs before the first step; undefined where it was not measured. */
  get baseline(): number | undefined {
    return this.judgement.baseline;
  }

  /** Writes down whom each validation image was taken for; gives the file, relative to the run's folder. */
  private async keepPeople(taken: Int32Array): Promise<string> {
    const { labels, validation } = this.plan.set;
    const result = peopleResult(labels, validation.labels(), taken, this.state.step);
    const file = join('evaluations', `people-${result.step}.json`);
    await this.keep(file, async (path) => writeFileAtomic(path, `${JSON.stringify(result)}\n`));
    const { step, images, right } = result;
    await this.context.update({ heldOut: { step, images, right, file: file.replaceAll('\\', '/') } });
    return file;
  }

  /** Writes a file of the run's evaluations, which the disk may take its time for. */
  private async keep(file: string, write: (path: string) => Promise<void>): Promise<void> {
    const { runFolder, signal } = this.context;
    const keep = async (): Promise<void> => {
      await makeFolder(join(runFolder, 'evaluations'));
      await write(join(runFolder, file));
    };
    await patiently(runFolder, keep, signal);
  }

  private reportFile(): string {
    return reportOfStep(this.state.step);
  }

  /** Does `work` with the network as the state has it. */
  private async forward<T>(output: 'embeddings' | 'prelogits', work: (embedder: Embedder) => Promise<T>): Promise<T> {
    const { network, recipe } = this.plan;
    const { weights } = this.state;
    const input = this.activations.embedderInput(weights);
    const embedder = await createEmbedder({ network, weights, recipe }, { engine: this.engine, input, output });
    try {
      return await work(embedder);
    } finally {
      await embedder.dispose();
    }
  }

  private warnWhenWorse(verdict: Verdict, phase: PlannedPhase | undefined): void {
    if (verdict.kind !== 'worse') return;
    const { before, after } = verdict;
    this.journal.say(
      `Accuracy on the pairs is ${percent(after)}${phase === undefined ? '' : ` in phase ${phase.name}`}, below ` +
        `${percent(before)} before the training by more than the noise: people are told apart less well. ` +
        'A lower learning rate, fewer epochs or a later first trained stage keep more.',
      'warning',
    );
  }
}
