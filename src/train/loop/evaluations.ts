import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
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
import { validateOnPairs } from '../../recognize/validateOnPairs';
import { percent } from '../../words/rates';
import { endStep, epochOf, type PlannedPhase } from '../plan/phases';
import type { TrainingPlan } from '../plan/trainingPlan';
import type { StepTrainer } from '../step/stepTrainer';
import type { Checkpoints } from './checkpoints';
import type { Judgement } from './judgement';
import type { RunState } from './runState';
import { answerOfFirst } from './together';
import { validateInParts } from './validateInParts';
import { withEmbedder, type NetworkOfRun } from './withEmbedder';

export interface EvaluationParts extends NetworkOfRun {
  plan: TrainingPlan;
  state: RunState;
  checkpoints: Pick<Checkpoints, 'prefix' | 'hold'>;
  /** Of the evaluations on pairs. */
  judgement: Judgement;
  journal: Journal;
  context: JobContext;
}

/** Measures the run's state on the images that are kept for validation, and on pairs. */
export class Evaluations {
  constructor(private readonly parts: EvaluationParts) {
    parts.checkpoints.hold(parts.judgement.stepToHold);
  }

  /** Whether there are pairs that this step has not been measured on. */
  async wantsLfw(): Promise<boolean> {
    const { plan, context, ranks } = this.parts;
    const wants = plan.pairs !== undefined && !existsSync(join(context.runFolder, this.reportFile()));
    return ranks === undefined ? wants : answerOfFirst(ranks, wants);
  }

  /**
   * Accuracy of the trainer's head on the validation images; the state must be that of the trainer. At the end of a phase
   * the result per person is kept in the run's folder.
   */
  async validate(trainer: StepTrainer, phase: PlannedPhase): Promise<number> {
    const { journal, state, plan, context } = this.parts;
    const { step } = state;
    const { validation } = plan.set;
    const started = performance.now();
    context.beat?.('images', step);
    journal.tell('begin', { what: 'validation' });
    const beat = (): void => context.beat?.('images');
    const { taken, ...measure } = await withEmbedder(this.parts, 'prelogits', (embedder) =>
      validateInParts(trainer, embedder, validation, { signal: context.signal, onProgress: beat }),
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
    const { plan, state, journal, context, checkpoints, judgement } = this.parts;
    const { config, pairs, recipe, mismatches } = plan;
    const { step } = state;
    const started = performance.now();
    context.beat?.('images', step);
    journal.tell('begin', { what: 'evaluation' });
    const path = step === 0 ? (config.pretrainedModel ?? 'untrained') : checkpoints.prefix(step);
    const subject = { recipe, notes: mismatches, model: { path, name: basename(path), step } };
    const report = await withEmbedder(this.parts, 'embeddings', (embedder) =>
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
    const judged = judgement.add(report);
    if (judged?.isBest === true) await context.update({ verdict: judged.verdict });
    checkpoints.hold(judgement.stepToHold);
    if (judged !== undefined) this.warnWhenWorse(judged.verdict, phase);
    return report.accuracy.mean;
  }

  /** Accuracy on the pairs before the first step; undefined where it was not measured. */
  get baseline(): number | undefined {
    return this.parts.judgement.baseline;
  }

  /** Writes down whom each validation image was taken for; gives the file, relative to the run's folder. */
  private async keepPeople(taken: Int32Array): Promise<string> {
    const { plan, state, context } = this.parts;
    const { labels, validation } = plan.set;
    const result = peopleResult(labels, validation.labels(), taken, state.step);
    const file = join('evaluations', `people-${result.step}.json`);
    await this.keep(file, async (path) => writeFileAtomic(path, `${JSON.stringify(result)}\n`));
    const { step, images, right } = result;
    await context.update({ heldOut: { step, images, right, file: file.replaceAll('\\', '/') } });
    return file;
  }

  /** Writes a file of the run's evaluations, which the disk may take its time for. */
  private async keep(file: string, write: (path: string) => Promise<void>): Promise<void> {
    const { runFolder, signal } = this.parts.context;
    const keep = async (): Promise<void> => {
      await makeFolder(join(runFolder, 'evaluations'));
      await write(join(runFolder, file));
    };
    await patiently(runFolder, keep, signal);
  }

  private reportFile(): string {
    return reportOfStep(this.parts.state.step);
  }

  private warnWhenWorse(verdict: Verdict, phase: PlannedPhase | undefined): void {
    if (verdict.kind !== 'worse') return;
    const { before, after } = verdict;
    this.parts.journal.say(
      `Accuracy on the pairs is ${percent(after)}${phase === undefined ? '' : ` in phase ${phase.name}`}, below ` +
        `${percent(before)} before the training by more than the noise: people are told apart less well. ` +
        'A lower learning rate, fewer epochs or a later first trained stage keep more.',
      'warning',
    );
  }
}
