import { basename } from 'node:path';
import type { WritableTensor } from '../../checkpoint/tensorInfo';
import { explainStepFailure } from '../../engine/outOfMemory';
import type { TrainingEngine } from '../../engine/trainingEngine';
import { describe } from '../../network/describe';
import type { Network } from '../../network/network';
import type { Tensor } from '../../network/tensor';
import { activities } from '../../protocol/activities';
import { StoppedError } from '../../protocol/errors';
import type { JobContext } from '../../protocol/jobContext';
import type { Recipe } from '../../protocol/recipe';
import type { TrainConfig } from '../../protocol/trainConfig';
import type { SummaryLog } from '../../files/tensorboard';
import { CachedBatches, ImageBatches, type Batches } from '../data/batches';
import type { Checkpoints } from './checkpoints';
import { randomBits } from '../data/counterRandom';
import type { CurrentNetwork } from '../data/currentNetwork';
import { hashFiles, type FrozenActivations, type Look } from '../data/frozenActivations';
import type { LfwTracker } from './lfwTracker';
import { endStep, type PlannedPhase } from '../plan/phases';
import { shapeBefore } from '../data/prefix';
import { decayedRate, rateOfEpoch } from '../settings/schedule';
import type { Statistics } from './statistics';
import { epochOf, isSummarized, StepReporter } from './stepReporter';
import { centersName, TailTrainer } from '../step/tailTrainer';
import type { TrainingSet } from '../data/trainingSet';
import { averagedVariable, averagesOf } from '../step/variableAverages';
import { measureValidation, type ValidationMeasure } from '../step/validation';
import { cachedVariant, variantCount, type VariantPlan } from '../data/variants';

/** Activations of up to this many bytes are held in memory while a phase trains. */
const activationMemory = 1 << 30;
/** Saving takes at most this part of the time, between phases and evaluations. */
const savingShare = 0.05;
const shortestSaveInterval = 2000;

export interface RunParts {
  config: TrainConfig;
  network: Network;
  recipe: Recipe;
  set: TrainingSet;
  plan: readonly PlannedPhase[];
  /** Samples of one step. */
  batchSize: number;
  variants: VariantPlan;
  engine: TrainingEngine;
  activations: FrozenActivations;
  current: CurrentNetwork;
  checkpoints: Checkpoints;
  lfw: LfwTracker | undefined;
  summaries: SummaryLog;
  statistics: Statistics;
  /** Written beside the best checkpoint as its run.json. */
  modelRecord: object;
  best: { step: number; accuracy: number; checkpoint: string } | undefined;
}

/** Goes through the phases of a run from a step on. */
export class TrainingRun {
  private readonly reporter: StepReporter;
  private lastSave = { step: -1, ended: performance.now(), milliseconds: 0 };
  private looks: Look[] | undefined;
  /** Moving averages of variables, where they are kept, as of the last save. */
  private readonly averages: Map<string, Float32Array>;
  /** Frozen variables whose histograms are written. */
  private readonly drawnFrozen = new Set<string>();
  private readonly phaseSeconds: Record<string, number> = {};

  /**
   * @param weights all variables, kept up to date at saves and evaluations
   * @param slots optimizer slots of the checkpoint that the run resumes from
   */
  constructor(
    private readonly parts: RunParts,
    private readonly context: JobContext,
    private readonly weights: Map<string, Tensor>,
    private step: number,
    private slots: ReadonlyMap<string, Float32Array>,
  ) {
    this.reporter = new StepReporter(
      context,
      parts.summaries,
      parts.statistics,
      parts.batchSize,
      parts.set.labels.length,
    );
    this.averages = averagesOf(slots);
  }

  /** @throws StoppedError once everything is saved after the signal was aborted; UserError when the loss diverges */
  async run(): Promise<Record<string, number>> {
    try {
      await this.throughPhases();
    } catch (error) {
      if (error instanceof StoppedError) throw await this.savedBeforeTraining(error);
      throw error;
    }
    return this.phaseSeconds;
  }

  private async throughPhases(): Promise<void> {
    const { plan, lfw } = this.parts;
    if (this.step === 0 && lfw !== undefined && !lfw.isDone(0)) await this.evaluateLfw();
    for (const phase of plan) {
      const end = endStep(phase);
      if (this.step > end || (this.step === end && lfw?.isDone(end) !== false)) continue;
      if (this.step < end) await this.train(phase);
      await this.endPhase(phase);
    }
  }

  /** A run that is stopped before its first step leaves a checkpoint as well, so that it is resumed like any other. */
  private async savedBeforeTraining(stopped: StoppedError): Promise<StoppedError> {
    if (this.step > 0) return stopped;
    await this.writeCheckpoint(new Map());
    return new StoppedError('Stopped before the first step; it can be resumed from there.');
  }

  private async train(phase: PlannedPhase): Promise<void> {
    const { engine, network, config, recipe, set } = this.parts;
    const { context } = this;
    const batches = await this.openBatches(phase);
    const inputShape = shapeBefore(network, phase.cut, recipe.imageSize);
    const trainer = new TailTrainer(
      engine.tf,
      {
        ...config,
        network,
        classes: set.labels.length,
        cut: phase.cut,
        trainedFrom: phase.trainedFrom,
        imageSize: recipe.imageSize,
        weights: this.weights,
        optimizer: phase.optimizer ?? config.optimizer,
        batchNorm: phase.batchNorm === 'frozen' ? 'frozen' : 'update',
        averages: this.averages,
      },
      inputShape,
    );
    const done = this.step - phase.firstStep;
    if (done > 0) trainer.restore(done, this.slots);
    this.slots = new Map();
    context.report({ type: 'phase', ...this.phaseEvent(phase), boundary: 'start' });
    const started = performance.now();
    this.reporter.restart();
    try {
      const first = Math.floor(done / phase.stepsPerEpoch) + 1;
      for (let epoch = first; epoch <= phase.epochs; epoch++) await this.trainEpoch(phase, epoch, trainer, batches);
      await this.save(trainer, phase.epochsBefore + phase.epochs);
    } catch (error) {
      throw explainStepFailure(error, engine.description, phase.name, this.parts.batchSize);
    } finally {
      trainer.dispose();
      await batches.close();
    }
    this.phaseSeconds[phase.name] = (performance.now() - started) / 1000;
  }

  private phaseEvent({ name, trainableFrom, epochs }: PlannedPhase) {
    return { step: this.step, name, trainableFrom, epochs };
  }

  private async trainEpoch(phase: PlannedPhase, epoch: number, trainer: TailTrainer, batches: Batches): Promise<void> {
    const { config } = this.parts;
    const end = phase.firstStep + epoch * phase.stepsPerEpoch;
    const decay = {
      factor: config.learningRateDecayFactor,
      epochs: config.learningRateDecayEpochs,
      stepsPerEpoch: phase.stepsPerEpoch,
    };
    const rate = rateOfEpoch(phase.learningRate, epoch);
    const runEpoch = phase.epochsBefore + epoch;
    const started = performance.now();
    while (this.step < end) {
      const { rows, labels } = await batches.batch(this.step);
      const learningRate = decayedRate(rate, this.step - phase.firstStep, decay);
      const dropoutSeed = randomBits(config.seed, 'dropout', this.step) >>> 1;
      const watch = config.logHistograms && isSummarized(this.step + 1, phase);
      trainer.step(rows, labels, learningRate, ++this.step, dropoutSeed, watch);
      if (watch) await this.writeHistograms(trainer);
      const measure = await this.reporter.afterStep(trainer, phase, this.step === end || this.context.signal.aborted);
      if (this.context.signal.aborted) {
        await this.save(trainer, runEpoch);
        await this.writeStatistics();
        throw new StoppedError(`Stopped at step ${this.step}; everything so far is saved.`);
      }
      if (this.step === end && measure !== undefined) {
        const seconds = (performance.now() - started) / 1000;
        this.reporter.judgeEpoch(measure, phase, epoch === phase.epochs);
        this.parts.statistics.addTraining(runEpoch, seconds);
        this.parts.summaries.scalars(this.step, { 'time/total': seconds });
      }
    }
    await this.afterEpoch(phase, epoch, trainer);
    this.reporter.restart();
  }

  private async afterEpoch(phase: PlannedPhase, epoch: number, trainer: TailTrainer): Promise<void> {
    const { config, set, lfw } = this.parts;
    const last = epoch === phase.epochs;
    const validates = set.validation.length > 0 && (last || epoch % config.validateEveryEpochs === 0);
    const every = config.lfw?.everyEpochs ?? 0;
    const evaluates = lfw !== undefined && !last && every > 0 && epoch % every === 0;
    const saves = validates || evaluates || this.saveIsDue();
    if (saves) await this.save(trainer, phase.epochsBefore + epoch);
    if (validates) {
      const { accuracy } = await this.validate(phase);
      if (lfw === undefined) await this.considerBest(accuracy);
    }
    if (evaluates) await this.considerBest(await this.evaluateLfw(phase));
    if (saves && !last) await this.writeStatistics();
  }

  private async writeStatistics(): Promise<void> {
    this.context.report({ type: 'log', level: 'info', message: 'Saving statistics' });
    await this.parts.statistics.write();
  }

  /** Histograms of the step that was watched, under the reference's tags; frozen variables once, as they stay. */
  private async writeHistograms(trainer: TailTrainer): Promise<void> {
    const { variables, gradients } = await trainer.takeValues();
    const frozen = [...this.weights].filter(
      ([name]) => !variables.has(name) && name !== centersName && !this.drawnFrozen.has(name),
    );
    for (const [name] of frozen) this.drawnFrozen.add(name);
    this.parts.summaries.histograms(this.step, [
      ...[...variables].map(([name, values]) => [`${name}_1`, values] as const),
      ...frozen.map(([name, { data }]) => [`${name}_1`, data] as const),
      ...[...gradients].map(([name, values]) => [`${name}/gradients`, values] as const),
    ]);
  }

  private async endPhase(phase: PlannedPhase): Promise<void> {
    if (this.parts.lfw !== undefined && !this.parts.lfw.isDone(this.step)) {
      await this.considerBest(await this.evaluateLfw(phase));
    }
    await this.writeStatistics();
    this.context.report({ type: 'phase', ...this.phaseEvent(phase), boundary: 'end' });
  }

  private async openBatches(phase: PlannedPhase): Promise<Batches> {
    const { config, set, variants, batchSize, recipe, activations } = this.parts;
    if (phase.cut === 0) return new ImageBatches(set.training, config, batchSize, recipe);
    this.looks ??= await looksAt(set, variants, this.context.signal);
    const reader = await activations.rows(this.weights, phase.cut, this.looks, {
      memoryLimit: activationMemory,
      signal: this.context.signal,
      onProgress: (done, total) =>
        this.context.report({
          type: 'progress',
          activity: activities.freezing,
          done,
          total,
          unit: 'images',
        }),
    });
    return new CachedBatches(set.training, config.seed, batchSize, reader, variants);
  }

  private async validate(phase: PlannedPhase): Promise<ValidationMeasure> {
    const { network, config, set, current, summaries } = this.parts;
    const started = performance.now();
    this.context.report({ type: 'log', level: 'info', message: 'Running forward pass on validation set' });
    const paths = set.validation.map(({ path }) => path);
    const { signal } = this.context;
    const prelogits = await current.forward(this.weights, paths, { flipped: false, output: 'activation', signal });
    const labels = set.validation.map(({ label }) => label);
    const measure = measureValidation(network, this.weights, prelogits, labels, config);
    const epoch = epochOf(this.step, phase);
    this.context.report({ type: 'validation', step: this.step, epoch, ...measure });
    const { loss, crossEntropy, accuracy } = measure;
    summaries.scalars(this.step, {
      'validation/loss': loss,
      'validation/cross_entropy': crossEntropy,
      'validation/accuracy': accuracy,
    });
    const seconds = (performance.now() - started) / 1000;
    this.parts.statistics.addValidation(epoch, measure, seconds);
    const message = `Validation Epoch: ${epoch}\tTime ${seconds.toFixed(3)}\tLoss ${loss.toFixed(3)}\tXent ${crossEntropy.toFixed(3)}\tAccuracy ${accuracy.toFixed(3)}`;
    this.context.report({ type: 'log', level: 'info', message });
    return measure;
  }

  private async evaluateLfw(phase?: PlannedPhase): Promise<number> {
    const { checkpoints, config } = this.parts;
    const path = this.step === 0 ? (config.pretrainedModel ?? 'untrained') : checkpoints.prefix(this.step);
    const model = { path, name: basename(path), step: this.step };
    const started = performance.now();
    const report = await this.parts.lfw!.evaluate(this.weights, this.step, model, phase?.name);
    if (phase !== undefined) {
      const { accuracy, validation } = report;
      const seconds = (performance.now() - started) / 1000;
      this.parts.statistics.addLfw(epochOf(this.step, phase), accuracy.mean, validation.rate, seconds);
    }
    return report.accuracy.mean;
  }

  private saveIsDue(): boolean {
    const { ended, milliseconds } = this.lastSave;
    return performance.now() - ended >= Math.max(shortestSaveInterval, milliseconds / savingShare);
  }

  /**
   * Brings `weights` up to date and writes a checkpoint of this step, unless it is there already.
   * @param epoch of the run, the step under which the reference tells TensorBoard how long saving took
   */
  private async save(trainer: TailTrainer, epoch: number): Promise<void> {
    if (this.lastSave.step === this.step) return;
    const started = performance.now();
    const { summaries } = this.parts;
    const log = (message: string): void => this.context.report({ type: 'log', level: 'info', message });
    log('Saving variables');
    for (const [name, value] of await trainer.values()) this.weights.set(name, value);
    const metaGraphSeconds = await this.writeCheckpoint(await trainer.optimizerState());
    const milliseconds = performance.now() - started;
    log(`Variables saved in ${(milliseconds / 1000).toFixed(2)} seconds`);
    summaries.scalars(epoch, { 'time/save_variables': milliseconds / 1000 });
    if (metaGraphSeconds !== undefined) {
      log('Saving metagraph');
      log(`Metagraph saved in ${metaGraphSeconds.toFixed(2)} seconds`);
      summaries.scalars(epoch, { 'time/save_metagraph': metaGraphSeconds });
    }
    this.lastSave = { step: this.step, ended: performance.now(), milliseconds };
  }

  /** Resolves to the seconds that writing the metagraph took, the first time. */
  private async writeCheckpoint(optimizerState: ReadonlyMap<string, Tensor>): Promise<number | undefined> {
    for (const [name, { data }] of averagesOf(optimizerState)) this.averages.set(name, data);
    const tensors = new Map<string, WritableTensor>([...this.weights, ...optimizerState]);
    for (const [name, data] of this.averages) {
      tensors.set(name, { shape: this.weights.get(averagedVariable(name))!.shape, data });
    }
    tensors.set('global_step', { shape: [], data: BigInt64Array.of(BigInt(this.step)) });
    // First, so that a run that is killed and goes on from the checkpoint finds its steps there.
    await this.parts.statistics.write();
    const { prefix, metaGraphSeconds } = await this.parts.checkpoints.save(this.step, tensors);
    await this.context.update({ checkpoint: { step: this.step, prefix } });
    this.context.report({ type: 'checkpoint', step: this.step, prefix: basename(prefix), best: false });
    return metaGraphSeconds;
  }

  /** Keeps the checkpoint of this step apart when its accuracy (on LFW, else on the validation images) is the best. */
  private async considerBest(accuracy: number): Promise<void> {
    const { parts, step } = this;
    if (parts.best !== undefined && accuracy <= parts.best.accuracy) return;
    const checkpoint = await parts.checkpoints.keepBest(step, parts.modelRecord);
    parts.best = { step, accuracy, checkpoint };
    await this.context.update({ best: parts.best });
    this.context.report({ type: 'checkpoint', step, prefix: `best/${basename(checkpoint)}`, best: true });
  }
}

/** Every variant of every training image, `sample · variants + variant`. */
async function looksAt(set: TrainingSet, plan: VariantPlan, signal: AbortSignal): Promise<Look[]> {
  const contents = await hashFiles(
    set.training.map(({ path }) => path),
    signal,
  );
  return set.training.flatMap(({ path }, sample) =>
    Array.from({ length: variantCount(plan) }, (_, index): Look => {
      const content = contents[sample]!;
      return { path, content, ...cachedVariant(plan, content, index) };
    }),
  );
}

/** Variables that the checkpoints of a run hold beside the optimizer's. */
export function modelVariables(network: Network, classes: number): string[] {
  return describe(network, { classes }).variables.map(({ name }) => name);
}
