import { trainingActivity } from '../../protocol/activities';
import { UserError } from '../../protocol/errors';
import type { JobContext } from '../../protocol/jobContext';
import { heedRequests } from '../../run/heedRequests';
import type { SummaryLog } from '../../files/tensorboard';
import { endStep, type PlannedPhase } from '../plan/phases';
import type { Statistics } from './statistics';
import type { StepMeasure, TailTrainer } from '../step/tailTrainer';

/** How often measurements are read from the engine and told; reading at every step would slow short steps down. */
const readEveryMilliseconds = 250;
/** Steps told per reading; a fast phase makes hundreds. */
const toldPerReading = 8;
/** Decay of the loss averages of the reference (spec §6.4), which start at 0. */
const averageDecay = 0.9;

/** Steps of an epoch from one summary to the next, from its first step on (spec §6.5). */
const summaryInterval = 100;

/** Whether TensorBoard is told of the step with this number (after its update). */
export function isSummarized(step: number, phase: Pick<PlannedPhase, 'firstStep' | 'stepsPerEpoch'>): boolean {
  return ((step - 1 - phase.firstStep) % phase.stepsPerEpoch) % summaryInterval === 0;
}

/** What one reading says of the machine; it holds for every step told by that reading. */
interface MachineMeasure {
  imagesPerSecond: number;
  residentBytes: number;
  tensorBytes: number;
}

/** Reads what steps measured, tells the log, the run's events and TensorBoard, and stops at once when a loss is not a number. */
export class StepReporter {
  private readonly averages = { crossEntropy: 0, total: 0 };
  private lastRead = performance.now();
  private lastLine = Number.NEGATIVE_INFINITY;
  private stepsSinceRead = 0;
  /** Cross entropies of the epoch so far. */
  private epoch = { sum: 0, count: 0 };
  private readonly warnedPhases = new Set<string>();

  constructor(
    private readonly context: JobContext,
    private readonly summaries: SummaryLog,
    private readonly statistics: Statistics,
    private readonly batchSize: number,
    private readonly classes: number,
  ) {}

  /** Called at a phase's begin, so that what came before does not count as training time. */
  restart(): void {
    this.lastRead = performance.now();
    this.stepsSinceRead = 0;
  }

  /** Counts a step; reads when it is time or when `now` is set. @throws UserError when a loss is not a number */
  async afterStep(trainer: TailTrainer, phase: PlannedPhase, now: boolean): Promise<StepMeasure | undefined> {
    this.stepsSinceRead++;
    if (!now && performance.now() - this.lastRead < readEveryMilliseconds) return undefined;
    return this.read(trainer, phase);
  }

  private async read(trainer: TailTrainer, phase: PlannedPhase): Promise<StepMeasure | undefined> {
    const measures = await trainer.measures();
    const elapsed = (performance.now() - this.lastRead) / 1000;
    const imagesPerSecond = (this.stepsSinceRead * this.batchSize) / Math.max(elapsed, 1e-6);
    this.restart();
    const memory = { residentBytes: process.memoryUsage.rss(), tensorBytes: trainer.tensorBytes };
    const told = new Set(evenly(measures.length, toldPerReading));
    for (const [index, measure] of measures.entries()) {
      if (!Number.isFinite(measure.loss)) throw notANumber(measure, phase);
      if (isSummarized(measure.step, phase)) this.summarize(measure);
      this.average('crossEntropy', measure.crossEntropy);
      this.epoch.sum += measure.crossEntropy;
      this.epoch.count++;
      this.average('total', measure.loss);
      this.statistics.addStep(measure, epochOf(measure.step, phase));
      if (told.has(index)) this.tell(measure, phase, { imagesPerSecond, ...memory });
    }
    const last = measures.at(-1);
    if (last !== undefined) {
      this.tellProgress(last.step - phase.firstStep, phase, imagesPerSecond);
      this.tellLine(last, phase, this.batchSize / imagesPerSecond);
    }
    await heedRequests();
    return last;
  }

  private average(which: 'crossEntropy' | 'total', value: number): void {
    this.averages[which] = averageDecay * this.averages[which] + (1 - averageDecay) * value;
  }

  private tell(measure: StepMeasure, phase: PlannedPhase, machine: MachineMeasure): void {
    const { step, loss, crossEntropy, regularization, accuracy, learningRate } = measure;
    const epoch = epochOf(step, phase);
    this.context.report({
      type: 'step',
      step,
      epoch,
      phase: phase.name,
      loss,
      crossEntropy,
      regularization,
      accuracy,
      learningRate,
      ...machine,
    });
  }

  /** The reference's merged summary; the averages are those from before the step (spec §6.10). */
  private summarize({ step, loss, crossEntropy, regularization, accuracy, learningRate }: StepMeasure): void {
    this.summaries.scalars(step, {
      learning_rate_1: learningRate,
      cross_entropy__raw_: crossEntropy,
      cross_entropy_1: this.averages.crossEntropy,
      total_loss__raw_: loss,
      total_loss_1: this.averages.total,
      accuracy,
      regularization,
    });
  }

  private tellProgress(done: number, phase: PlannedPhase, perSecond: number): void {
    const total = phase.epochs * phase.stepsPerEpoch;
    this.context.report({
      type: 'progress',
      activity: trainingActivity(phase.name),
      done: done * this.batchSize,
      total: total * this.batchSize,
      unit: 'images',
      perSecond,
      etaSeconds: ((total - done) * this.batchSize) / perSecond,
    });
  }

  /** The reference's line for a step (spec §6.5): of every step that takes a second or more, else one a second. */
  private tellLine(measure: StepMeasure, phase: PlannedPhase, seconds: number): void {
    const last = measure.step === endStep(phase);
    if (!last && performance.now() - this.lastLine < 1000) return;
    this.lastLine = performance.now();
    const inEpoch = ((measure.step - 1 - phase.firstStep) % phase.stepsPerEpoch) + 1;
    const three = (value: number): string => value.toFixed(3);
    const message = [
      `Epoch: [${epochOf(measure.step, phase)}][${inEpoch}/${phase.stepsPerEpoch}]`,
      `Time ${three(seconds)}`,
      `Loss ${three(measure.loss)}`,
      `Xent ${three(measure.crossEntropy)}`,
      `RegLoss ${three(measure.regularization)}`,
      `Accuracy ${three(measure.accuracy)}`,
      `Lr ${measure.learningRate.toFixed(5)}`,
      `Cl ${three(measure.centerLoss)}`,
    ].join('\t');
    this.context.report({ type: 'log', level: 'info', message });
  }

  /** Compares an epoch's cross entropy with that of guessing among all people, and says once a phase when it is off. */
  judgeEpoch({ step }: StepMeasure, phase: PlannedPhase, last: boolean): void {
    const mean = this.epoch.sum / Math.max(this.epoch.count, 1);
    this.epoch = { sum: 0, count: 0 };
    const guessing = Math.log(this.classes);
    const epoch = epochOf(step, phase);
    const diverges = epoch > phase.epochsBefore + 1 && mean > 2 * guessing;
    const idles = last && mean > 0.95 * guessing;
    if (!(diverges || idles) || this.warnedPhases.has(phase.name)) return;
    this.warnedPhases.add(phase.name);
    const compared = `The cross entropy of epoch ${epoch} (${mean.toPrecision(3)})`;
    const message = diverges
      ? `${compared} is worse than guessing among ${this.classes} people (${guessing.toFixed(2)}): the learning rate of phase ${phase.name} is too high.`
      : `${compared} is hardly better than guessing among ${this.classes} people (${guessing.toFixed(2)}): phase ${phase.name} needs more epochs or a higher learning rate.`;
    this.context.report({ type: 'log', level: 'warning', message });
  }
}

/** The run's epoch (1-based) that the step with this number (after its update) belongs to. */
export function epochOf(step: number, phase: PlannedPhase): number {
  return phase.epochsBefore + Math.floor((step - 1 - phase.firstStep) / phase.stepsPerEpoch) + 1;
}

/** Up to `count` of the indices 0 … length − 1, evenly spread, the last always among them. */
function evenly(length: number, count: number): number[] {
  const chosen = Math.min(length, count);
  return Array.from({ length: chosen }, (_, i) => Math.floor(((i + 1) * length) / chosen) - 1);
}

function notANumber({ step }: StepMeasure, phase: PlannedPhase): UserError {
  return new UserError(
    `The loss is not a number any more at step ${step} (epoch ${epochOf(step, phase)}, phase ${phase.name}): the training diverged.`,
    `Lower the learning rate of phase ${phase.name} and start again, or resume from the last checkpoint.`,
  );
}
