import { explainStepFailure } from '../../engine/outOfMemory';
import type { ForwardEngine } from '../../engine/forwardEngine';
import type { TrainingEngine } from '../../engine/trainingEngine';
import { DiskAwayError } from '../../files/patience';
import type { Journal } from '../../journal/journal';
import type { StepMeasure } from '../../journal/measures';
import { isSummarized } from '../../journal/tensorboardWriter';
import { sliceOfRank, type Ranks } from '../../mpi/ranks';
import { shapeBefore } from '../../network/stageShape';
import { activities } from '../../protocol/activities';
import { StoppedError, UserError, describeError } from '../../protocol/errors';
import type { JobContext } from '../../protocol/jobContext';
import type { Recovery } from '../../protocol/recovery';
import { Batches, cachedRows, freshRows, patientRows, type SampleRows } from '../data/batches';
import type { Batch, BatchSource } from '../data/batchSource';
import { randomBits } from '../data/counterRandom';
import type { FrozenActivations } from '../data/frozenActivations';
import type { ImageContents } from '../data/imageContent';
import { KeptLooks } from '../data/keptLooks';
import { openSampleOrder } from '../data/openSampleOrder';
import { mostEmptyRounds } from '../data/tripletBatches';
import type { VariantPlan } from '../data/variants';
import { learningRateAt } from '../plan/learningRate';
import { endStep, stepInEpoch, type PlannedPhase } from '../plan/phases';
import type { TrainingPlan } from '../plan/trainingPlan';
import type { StepExchange } from '../step/exchange';
import { openTrainer } from '../step/openTrainer';
import type { StepTrainer, StepValues } from '../step/stepTrainer';
import { CollapseWatch } from './collapseWatch';
import { brokenInWords, divergence, rateFactorOf } from './divergence';
import { EpochJudge } from './epochJudge';
import type { Evaluations } from './evaluations';
import { MicroBatches } from './microBatches';
import { openTriplets } from './openTriplets';
import type { RunState } from './runState';
import type { RankPace } from './rankPace';
import type { Saver } from './saver';
import { StepReader } from './stepReader';
import { StuckWatch } from './stuckWatch';
import { differingRanks } from './together';

/**
 * Activations of up to this many bytes are held in memory while a phase trains, which is what a classifier of a hundred
 * thousand images needs; more are read from the disk at each step, so that memory does not grow with their number.
 */
const activationMemory = 256 << 20;

export interface LoopParts {
  plan: TrainingPlan;
  state: RunState;
  engine: TrainingEngine;
  /** Computes the forward passes. */
  forward: ForwardEngine;
  variants: VariantPlan;
  /** Of the learning rate, by variable. */
  rateFactors: ReadonlyMap<string, number>;
  contents: ImageContents;
  activations: FrozenActivations;
  evaluations: Pick<Evaluations, 'wantsLfw' | 'lfw' | 'validate' | 'baseline'>;
  saver: Pick<Saver, 'isDue' | 'save' | 'saveUntrained' | 'considerBest'>;
  /** What the run went on after so far. */
  recovery: Recovery | undefined;
  journal: Journal;
  context: JobContext;
  /** Told why the steps of a phase are no graphs, where they were to be; those of several ranks are what they are to be. */
  onPlainSteps?: (phase: PlannedPhase, reason: string) => Promise<void>;
  /** With the other ranks, where several share the images of each step; they stop together. */
  exchange?: StepExchange | undefined;
  /** Records how the ranks go, on the one that owns the run. */
  pace?: RankPace | undefined;
  /** Asks this rank to stop, where that is not the context's to say. */
  wantsStop?: AbortSignal;
}

/** Goes through the phases of a plan from the state's step on. */
export class TrainingLoop {
  private readonly reader: StepReader;
  private readonly judge: EpochJudge;
  private readonly stuck: StuckWatch;
  private readonly collapse: CollapseWatch;
  private readonly microBatches: MicroBatches;
  /** Frozen variables whose histograms are written; they stay, so once is enough. */
  private readonly drawnFrozen = new Set<string>();
  private readonly phaseSeconds: Record<string, number> = {};
  private readonly stepSeconds: Record<string, number> = {};

  constructor(private readonly parts: LoopParts) {
    const { journal, plan, state, recovery, context } = parts;
    this.reader = new StepReader(journal, plan.batchSize);
    this.judge = new EpochJudge(plan.head, plan.set.labels.length);
    this.stuck = new StuckWatch(plan.head, plan.set.labels.length, plan.batchSize);
    this.collapse = new CollapseWatch(plan.head, state);
    const engine = parts.engine.description;
    this.microBatches = new MicroBatches({ state, engine, journal, context }, plan.config.microBatch, recovery);
  }

  /**
   * Resolves to the seconds that each phase took, and to those of its steps alone.
   * @throws StoppedError once everything is saved after the signal was aborted; UserError when the loss diverges
   */
  async run(): Promise<Record<'phaseSeconds' | 'stepSeconds', Record<string, number>>> {
    const { plan, state, evaluations, saver } = this.parts;
    try {
      if (state.step === 0 && (await evaluations.wantsLfw())) await evaluations.lfw();
      for (const phase of plan.phases) {
        const end = endStep(phase);
        if (state.step > end || (state.step === end && !(await evaluations.wantsLfw()))) continue;
        const more = state.step === end || (await this.trainPhase(phase));
        await this.endPhase(phase);
        if (!more) break;
      }
      const { phaseSeconds, stepSeconds } = this;
      return { phaseSeconds, stepSeconds };
    } catch (error) {
      if (!(error instanceof StoppedError) || state.step > 0) throw error;
      await saver.saveUntrained();
      throw new StoppedError('Stopped before the first step; it can be resumed from there.');
    }
  }

  /** Gives whether there is more to learn: a phase ends early where its batches are used up. */
  private async trainPhase(phase: PlannedPhase): Promise<boolean> {
    const { engine, plan, state, saver, exchange } = this.parts;
    // For what rank 0 has evaluated before.
    await exchange?.ranks.meet();
    const done = state.step - phase.firstStep;
    const saved = state.takeSlots();
    const batches = await this.openBatches(phase, done > 0 ? saved : new Map());
    const trainer = this.openTrainer(phase);
    if (done > 0) trainer.restore(done, saved);
    state.batches = batches;
    this.tellPhase(phase, 'start');
    exchange?.restart();
    const started = performance.now();
    this.reader.restart();
    try {
      let epoch = Math.floor(done / phase.stepsPerEpoch) + 1;
      let more = true;
      for (; epoch <= phase.epochs; epoch++) {
        more = await this.trainEpoch(phase, epoch, trainer, batches);
        if (!more) break;
        await this.afterEpoch(phase, epoch, trainer);
        await this.endRound();
        this.reader.restart();
      }
      await saver.save(trainer, phase.epochsBefore + Math.min(epoch, phase.epochs));
      if (exchange !== undefined) await this.compareRanks(exchange.ranks);
      await this.parts.pace?.record(true);
      return more;
    } catch (error) {
      throw explainStepFailure(error, engine.description, phase.name, this.microBatches.of(plan.batchSize));
    } finally {
      this.phaseSeconds[phase.name] = (performance.now() - started) / 1000;
      state.batches = undefined;
      trainer.dispose();
      await batches.close();
    }
  }

  /** After an epoch: the others wait for what rank 0 has saved and evaluated. */
  private async endRound(): Promise<void> {
    const { exchange, pace } = this.parts;
    await pace?.record(false);
    await exchange?.ranks.meet();
    exchange?.restart();
  }

  /** After a phase, when the state has its weights. */
  private async compareRanks(ranks: Ranks): Promise<void> {
    const { state, journal } = this.parts;
    const others = await differingRanks(state.weights, ranks);
    if (others.length === 0) {
      journal.say(`All ${ranks.size} ranks hold the same weights, bit for bit.`);
      return;
    }
    for (const { data } of state.weights.values()) await ranks.share(data);
    journal.say(
      `The weights of rank ${others.join(', ')} are not those of rank 0 to the bit, as their machines compute otherwise; ` +
        'they go on with those of rank 0.',
      'warning',
    );
  }

  /** Gives whether the epoch came to its end; where not, nothing is left to learn. */
  private async trainEpoch(
    phase: PlannedPhase,
    epoch: number,
    trainer: StepTrainer,
    batches: BatchSource,
  ): Promise<boolean> {
    const { state, journal, context, exchange } = this.parts;
    const end = phase.firstStep + epoch * phase.stepsPerEpoch;
    const started = performance.now();
    while (state.step < end) {
      context.beat?.('step', state.step + 1);
      const batch = await this.nextBatch(phase, epoch, trainer, batches);
      if (batch === undefined) return false;
      const values = await this.step(phase, epoch, trainer, batch);
      state.step++;
      if (values !== undefined) this.tellHistograms(values);
      const stops = (): boolean => exchange?.stopAgreed ?? context.signal.aborted;
      const read = state.step === end || batches.pausesBefore(state.step) || stops();
      this.look(phase, await this.reader.afterStep(trainer, phase, batch.images, read));
      // What was asked for during a step of one call has only been heard of by now.
      if (stops()) throw await this.stopped(phase, epoch, trainer);
    }
    const warning = this.judge.endEpoch(phase, epoch);
    if (warning !== undefined) journal.say(warning, 'warning');
    const seconds = (performance.now() - started) / 1000;
    this.stepSeconds[phase.name] = (this.stepSeconds[phase.name] ?? 0) + seconds;
    journal.tell('epoch', { step: state.step, epoch: phase.epochsBefore + epoch, seconds });
    return true;
  }

  /**
   * One step; gives the values before it where histograms of them are written.
   * @throws UserError where they are no numbers: the step ends before it has changed anything
   */
  private async step(
    phase: PlannedPhase,
    epoch: number,
    trainer: StepTrainer,
    { rows, labels, own, images }: Batch,
  ): Promise<StepValues | undefined> {
    const { plan, state, journal, saver, exchange, context, wantsStop = context.signal } = this.parts;
    const { config } = plan;
    const step = state.step + 1;
    // Before the first step there is nothing to go on from: such a run begins again.
    const save = async (): Promise<void> =>
      state.step === 0 ? undefined : saver.save(trainer, phase.epochsBefore + epoch);
    const outcome = await trainer.step({
      ...{ rows, labels, own, number: step, isRest: images < plan.batchSize },
      dropoutSeed: randomBits(config.seed, 'dropout', state.step, exchange?.ranks.rank) >>> 1,
      learningRate: learningRateAt(phase, state.step, config) * rateFactorOf(this.parts),
      wantsStop: wantsStop.aborted,
      wantsValues: config.logHistograms && isSummarized(stepInEpoch(step, phase)),
      within: async (attempt) => this.microBatches.within(labels.length, trainer.unit, phase, save, attempt),
    });
    if (outcome.made) return outcome.values;
    const { broken } = outcome;
    this.look(phase, await this.reader.read(trainer, phase));
    journal.tell('alarm', { what: 'diverged', step, message: brokenInWords(step, phase, broken) });
    await this.writeStatistics();
    throw divergence(step, phase, broken);
  }

  /** At what has been read of the steps. */
  private look(phase: PlannedPhase, measures: readonly StepMeasure[]): void {
    const { journal } = this.parts;
    this.judge.add(measures);
    const collapsed = this.collapse.add(measures);
    if (collapsed !== undefined) journal.tell('alarm', { what: 'collapsed', ...collapsed });
    const stuck = this.stuck.add(phase, measures);
    if (stuck !== undefined) journal.tell('alarm', { what: 'stuck', ...stuck });
  }

  private async nextBatch(
    phase: PlannedPhase,
    epoch: number,
    trainer: StepTrainer,
    batches: BatchSource,
  ): Promise<Batch | undefined> {
    const { plan, state, journal, exchange } = this.parts;
    const pauses = batches.pausesBefore(state.step);
    try {
      const batch = await batches.batch(state.step, trainer);
      if (batch === undefined) {
        journal.say(
          `${mostEmptyRounds} rounds one after another had no triplet that violates the margin of ${plan.config.alpha}: ` +
            `all are satisfied, and the training ends at step ${state.step}. A larger alpha asks for more.`,
          'warning',
        );
      }
      return batch;
    } catch (error) {
      if (state.step > 0 && error instanceof StoppedError) throw await this.stopped(phase, epoch, trainer);
      if (state.step > 0 && error instanceof UserError && !(error instanceof DiskAwayError))
        await this.saveBefore(error, phase, epoch, trainer);
      throw error;
    } finally {
      if (pauses) {
        this.reader.restart();
        exchange?.restart();
      }
    }
  }

  /** An image is missing or damaged: nothing is wrong with what has been learned, and it is saved. */
  private async saveBefore(error: UserError, phase: PlannedPhase, epoch: number, trainer: StepTrainer): Promise<void> {
    const { saver, journal } = this.parts;
    this.look(phase, await this.reader.read(trainer, phase));
    await saver.save(trainer, phase.epochsBefore + epoch).catch((second: unknown) => {
      journal.say(`What was learned could not be saved after "${error.message}": ${describeError(second)}`, 'warning');
    });
  }

  /** Saves everything. */
  private async stopped(phase: PlannedPhase, epoch: number, trainer: StepTrainer): Promise<StoppedError> {
    const { state, saver } = this.parts;
    await saver.save(trainer, phase.epochsBefore + epoch);
    await this.writeStatistics();
    return new StoppedError(`Stopped at step ${state.step}; everything so far is saved.`);
  }

  private async afterEpoch(phase: PlannedPhase, epoch: number, trainer: StepTrainer): Promise<void> {
    const { plan, evaluations, saver } = this.parts;
    const { config, set, pairs } = plan;
    const last = epoch === phase.epochs;
    const validates = set.validation.length > 0 && (last || epoch % config.validateEveryEpochs === 0);
    const every = config.lfw?.everyEpochs ?? 0;
    const evaluates = pairs !== undefined && !last && every > 0 && epoch % every === 0;
    const saves = validates || evaluates || saver.isDue();
    if (saves) await saver.save(trainer, phase.epochsBefore + epoch);
    if (validates) {
      const accuracy = await evaluations.validate(trainer, phase);
      if (pairs === undefined) await saver.considerBest(accuracy);
    }
    if (evaluates) await this.evaluate(phase);
    if (saves && !last) await this.writeStatistics();
  }

  /** On the pairs. */
  private async evaluate(phase: PlannedPhase): Promise<void> {
    const { evaluations, saver } = this.parts;
    const accuracy = await evaluations.lfw(phase);
    await saver.considerBest(accuracy, evaluations.baseline);
  }

  private async endPhase(phase: PlannedPhase): Promise<void> {
    if (await this.parts.evaluations.wantsLfw()) await this.evaluate(phase);
    await this.writeStatistics();
    this.tellPhase(phase, 'end');
  }

  private openTrainer(phase: PlannedPhase): StepTrainer {
    const { engine, plan, state, exchange } = this.parts;
    const { config, network, head, recipe } = plan;
    return openTrainer(
      engine,
      {
        network,
        head,
        cut: phase.cut,
        trainedFrom: phase.trainedFrom,
        imageSize: recipe.imageSize,
        pixels: phase.cut === 0 ? recipe.standardization : undefined,
        weights: state.weights,
        optimizer: phase.optimizer ?? config.optimizer,
        batchNorm: phase.batchNorm === 'frozen' ? 'frozen' : 'update',
        weightDecay: config.weightDecay,
        keepProbability: config.keepProbability,
        clipGradientNorm: config.clipGradientNorm,
        rateFactors: this.parts.rateFactors,
        movingAverageDecay: config.movingAverageDecay,
        averages: state.averages,
        exchange,
        computation: config,
      },
      shapeBefore(network, phase.cut, recipe.imageSize),
      async (reason) => this.parts.onPlainSteps?.(phase, reason),
    );
  }

  /** @param saved of the checkpoint that the phase goes on from */
  private async openBatches(phase: PlannedPhase, saved: ReadonlyMap<string, Float32Array>): Promise<BatchSource> {
    const { config, set, head, batchSize } = this.parts.plan;
    const rows = await this.openRows(phase);
    if (head.triplets !== undefined) return openTriplets(head.triplets, phase, rows, saved, this.parts);
    const { exchange } = this.parts;
    const part = exchange && sliceOfRank(batchSize, exchange.ranks);
    return new Batches(set.training, rows, batchSize, openSampleOrder(config, set.training), part);
  }

  private async openRows(phase: PlannedPhase): Promise<SampleRows> {
    const { plan, state, variants, contents, activations, context } = this.parts;
    const { config, set, recipe } = plan;
    if (phase.cut === 0) return patientRows(freshRows(set.training, config, recipe), config.dataDir, context.signal);
    context.beat?.('images', state.step);
    const { paths } = set.training;
    const looks = KeptLooks.ofPlan(paths, await contents.of(paths, context.signal), variants);
    const source = await activations.rows(state.weights, phase.cut, looks, {
      memoryLimit: activationMemory,
      ranks: this.parts.exchange?.ranks,
      signal: context.signal,
      onProgress: (done, total) =>
        context.report({ type: 'progress', activity: activities.freezing, done, total, unit: 'images' }),
    });
    return cachedRows(source, variants, config.seed);
  }

  /** Under the reference's tags; frozen variables once, as they stay. */
  private tellHistograms({ variables, gradients }: StepValues): void {
    const { plan, state, journal } = this.parts;
    const own = new Set(plan.head.ownVariables.map(({ name }) => name));
    const frozen = [...state.weights].filter(
      ([name]) => !variables.has(name) && !own.has(name) && !this.drawnFrozen.has(name),
    );
    for (const [name] of frozen) this.drawnFrozen.add(name);
    const values = [
      ...[...variables].map(([name, data]) => [`${name}_1`, data] as const),
      ...frozen.map(([name, { data }]) => [`${name}_1`, data] as const),
      ...[...gradients].map(([name, data]) => [`${name}/gradients`, data] as const),
    ];
    journal.tell('histograms', { step: state.step, values });
  }

  private tellPhase({ name, trainableFrom, epochs }: PlannedPhase, boundary: 'start' | 'end'): void {
    const { state, journal } = this.parts;
    journal.tell('phase', { step: state.step, name, trainableFrom, epochs, boundary });
  }

  private async writeStatistics(): Promise<void> {
    const { journal } = this.parts;
    journal.tell('begin', { what: 'statistics' });
    await journal.flush();
  }
}
