import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import { gradientNormMeasure, regularizationMeasure, type StepMeasure } from '../../journal/measures';
import { describe, isTrained, type StageDescription, type VariableSpec } from '../../network/describe';
import type { Network } from '../../network/network';
import type { Tensor as HostTensor, Weights } from '../../network/tensor';
import { nextMovingStatistic } from '../../network/tensorflow/batchNormalization';
import { nativeVariables } from '../../network/tensorflow/nativeVariables';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { OptimizerName } from '../../protocol/trainConfig';
import type { HeadInput, LossHead } from '../heads/head';
import { halfSquaredSum } from '../heads/losses';
import { checksum } from './checksum';
import { clipByGlobalNorm } from './clipGradients';
import { findBroken, type Broken, type DiagnosedPass } from './diagnosis';
import { gradientPass, type GradientPass, type TrainedPart } from './gradientPass';
import { accumulate, disposePass, slicesOf, type Slice } from './microBatches';
import { openOptimizer } from './openOptimizer';
import { hostCopies, type VariableOptimizer } from './optimizers';
import {
  disposeGradients,
  disposeMeasured,
  readMeasures,
  type MeasuredTensors,
  type StepGradients,
} from './stepGradients';
import { decouplesDecay } from './updateRules';
import { type HeadValidation, validateHead } from './validation';
import { VariableAverages } from './variableAverages';

export interface TrainerOptions {
  network: Network;
  head: LossHead;
  /** First computed stage; `stages.length` for the head alone. */
  cut: number;
  /** First stage whose weights are trained, the cut unless given. */
  trainedFrom?: number;
  imageSize: number;
  /** All variables of the network and the head. */
  weights: Weights;
  optimizer: OptimizerName;
  batchNorm: 'frozen' | 'update';
  /** Factor of Σ w²/2 over all regularized variables; with decoupled decay what a step takes from them, times the rate. */
  weightDecay: number;
  keepProbability: number;
  /** Factors of the learning rate by variable; 1 for those that it does not name. */
  rateFactors?: ReadonlyMap<string, number>;
  /** Norm that the gradients have together at most; 0 or absent: whatever it is. */
  clipGradientNorm?: number;
  /** Decay of the moving averages of variables and statistics; absent: none are kept. */
  movingAverageDecay?: number;
  /** Moving averages of an earlier part of the run, by their checkpoint names. */
  averages?: ReadonlyMap<string, Float32Array>;
}

/** Values for histograms, by variable. */
export interface StepValues {
  /** Of trained variables and moving statistics. */
  variables: Map<string, Float32Array>;
  gradients: Map<string, Float32Array>;
}

/** From the dropout of one micro-batch to that of the next; a network has fewer layers that drop values. */
const seedDistance = 1009;

/**
 * The trained part of a network with its head and its optimizer, on the training engine. A step is `gradients`, then
 * `update`; what lies between may change the gradients (several machines average them).
 */
export class Trainer {
  /** Variables of the computed stages and of the head's, by their names. */
  private readonly variables = new Map<string, Variable>();
  /** Of the head, outside its stages. */
  private readonly ownVariables = new Map<string, Variable>();
  private readonly trained: { name: string; variable: Variable; decayed: boolean }[] = [];
  private readonly part: TrainedPart;
  /** Both kinds of variables, as the head is given them. */
  private readonly all: ReadonlyMap<string, Tensor>;
  private readonly optimizer: VariableOptimizer;
  private readonly averages: VariableAverages | undefined;
  /** The factor of weight decay that is part of the loss: 0 where it is decoupled. */
  private readonly lossDecay: number;
  /** Σ w²/2 of the frozen stages, a constant of the loss. */
  private readonly frozenDecay: number;
  /** All of them, frozen ones and the head's included. */
  private readonly stages: readonly StageDescription[];
  private pending: { step: number; learningRate: number; measured: MeasuredTensors }[] = [];

  /** @param inputShape of one row before stage `cut`, without the batch */
  constructor(
    private readonly tf: TensorFlow,
    private readonly options: TrainerOptions,
    private readonly inputShape: readonly number[],
  ) {
    const { network, head, cut, imageSize, weights, weightDecay } = options;
    const { stages } = describe(network, { head: head.stages, imageSize });
    this.stages = stages;
    const trainedFrom = Math.max(cut, options.trainedFrom ?? cut);
    const frozen = stages.slice(0, trainedFrom).flatMap((stage) => stage.variables);
    this.lossDecay = decouplesDecay(options.optimizer) ? 0 : weightDecay;
    this.frozenDecay = this.lossDecay === 0 ? 0 : decaySum(frozen, weights);
    const { batchNorm, keepProbability } = options;
    const { variables, trained } = this;
    this.part = { stages: network.stages.slice(cut), head, variables, trained, batchNorm, keepProbability };
    try {
      stages.forEach((stage, index) => {
        if (index < cut) return;
        for (const spec of stage.variables) this.addVariable(spec, weights.get(spec.name)!, index >= trainedFrom);
      });
      for (const { name } of head.ownVariables) this.ownVariables.set(name, hold(tf, weights.get(name)!, false));
      this.all = new Map([...this.variables, ...this.ownVariables]);
      if (options.movingAverageDecay !== undefined) {
        const { movingAverageDecay: decay, averages = new Map<string, Float32Array>() } = options;
        this.averages = new VariableAverages(tf, this.variables, decay, averages);
      }
      this.optimizer = this.openOptimizer();
    } catch (error) {
      // It may be tried again with less.
      this.disposeVariables();
      throw error;
    }
  }

  private openOptimizer(): VariableOptimizer {
    const { tf, options, trained } = this;
    const { head, optimizer, rateFactors } = options;
    const optimized = new Map(trained.map(({ name, variable }) => [name, variable]));
    const sparse = head.ownVariables.filter(({ statistic }) => statistic !== true).map(({ name }) => name);
    const own = sparse.map((name) => [name, this.ownVariables.get(name)!] as const);
    return openOptimizer(tf, optimizer, new Map([...optimized, ...own]), {
      sparse: new Set(sparse),
      decays: this.decoupledDecays(),
      rateFactors,
    });
  }

  private addVariable(spec: VariableSpec, value: HostTensor, stageIsTrained: boolean): void {
    const trained = stageIsTrained && isTrained(spec);
    const variable = hold(this.tf, value, trained);
    this.variables.set(spec.name, variable);
    if (trained) this.trained.push({ name: spec.name, variable, decayed: spec.regularized });
  }

  /** Factors of decoupled weight decay, by variable. */
  private decoupledDecays(): Map<string, number> {
    const { weightDecay, optimizer } = this.options;
    const decayed = decouplesDecay(optimizer) && weightDecay > 0 ? this.trained.filter((one) => one.decayed) : [];
    return new Map(decayed.map(({ name }) => [name, weightDecay]));
  }

  /** Continues after `steps` steps of this phase with the optimizer slots of a checkpoint. */
  restore(steps: number, slots: ReadonlyMap<string, Float32Array>): void {
    this.optimizer.restore(steps, slots);
  }

  /**
   * Gradients of a batch: rows [N, …] before the cut and the labels of their people. Changes nothing, and leaves nothing
   * behind when it fails; what it gives belongs to the caller, who hands it to `update` or lets it go.
   * @param dropoutSeed another one for every step
   * @param largest images of one pass forward and back; a larger batch goes in several
   */
  gradients(rows: Float32Array, labels: Int32Array, dropoutSeed: number, largest = labels.length): StepGradients {
    const slices = slicesOf(labels.length, largest, this.unit);
    const pass = accumulate(this.tf, slices, (slice, index) =>
      this.tf.tidy(() => this.pass(this.partOf(rows, labels, slice), dropoutSeed + index * seedDistance)),
    );
    try {
      return this.complete(pass, labels, slices.length > 1);
    } catch (error) {
      disposePass(pass);
      throw error;
    }
  }

  /** Images that belong together: a batch of triplets goes in whole triplets. */
  get unit(): number {
    return this.options.head.triplets === undefined ? 1 : 3;
  }

  private partOf(rows: Float32Array, labels: Int32Array, { start, end }: Slice): { x: Tensor; labels: Int32Array } {
    const length = rows.length / labels.length;
    const some = rows.subarray(start * length, end * length);
    // TensorFlow gives back the array that it was given, which holds other images when the prelogits are read.
    const values = this.part.stages.length === 0 ? some.slice() : some;
    const x = this.tf.tensor(values, [end - start, ...this.inputShape]);
    return { x, labels: labels.subarray(start, end) };
  }

  private pass({ x, labels }: { x: Tensor; labels: Int32Array }, dropoutSeed: number): GradientPass {
    const input = { labels: this.tf.tensor1d(labels, 'int32'), variables: this.all };
    return gradientPass(this.tf, this.part, x, input, dropoutSeed);
  }

  /** Adds to a pass what is no mean over images: weight decay, and the head's own rules. */
  private complete(pass: GradientPass, labels: Int32Array, inParts: boolean): StepGradients {
    const { tf } = this;
    const { head } = this.options;
    return tf.tidy(() => {
      const { gradients, statistics, prelogits } = pass;
      const input: HeadInput = {
        ...{ labels: tf.tensor1d(labels, 'int32'), variables: this.all, prelogits, inputGradient: false },
      };
      const { [regularizationMeasure.name]: regularization, ...means } = pass.measures;
      const weightDecay = this.addWeightDecay(gradients);
      // How far a batch spreads is no mean of its parts; without stages of its own a head measures the whole for little.
      const isMeasuredWhole = inParts && head.stages.length === 0;
      const measures = isMeasuredWhole ? head.loss(tf, input).measures : means;
      if (isMeasuredWhole) for (const mean of Object.values(means)) mean.dispose();
      const own = head.afterGradients?.(tf, input);
      const terms = [measures[head.mainMeasure]!, regularization, weightDecay].filter((term) => term !== undefined);
      const all = { ...gradients, ...own?.gradients };
      return {
        gradients: all,
        presentRows: { ...own?.presentRows },
        moves: { ...own?.moves },
        statistics,
        checksum: checksum(tf, [
          ...terms,
          ...Object.values<Tensor>({ ...all, ...own?.moves }),
          ...Object.values(statistics),
        ]),
        measured: {
          measures,
          ...(regularization !== undefined && { regularization }),
          ...(weightDecay !== undefined && { weightDecay }),
          prelogits,
        },
      };
    });
  }

  /** Whether the loss of a step and all that it would change are numbers. It waits for the engine. */
  async isFinite(step: StepGradients): Promise<boolean> {
    const [sum] = await step.checksum.data();
    return Number.isFinite(sum) && Number.isFinite(this.frozenDecay);
  }

  /**
   * Where a step that is not finite stops being so, for the batch that it was computed from. Slow.
   * @returns undefined where all is finite: then only the sum that `isFinite` looks at has overflown
   */
  async diagnose(
    step: StepGradients,
    rows: Float32Array,
    labels: Int32Array,
    dropoutSeed: number,
    largest = labels.length,
  ): Promise<Broken | undefined> {
    const { part, stages, all: variables } = this;
    const passes: DiagnosedPass[] = [];
    try {
      for (const [index, slice] of slicesOf(labels.length, largest, this.unit).entries()) {
        const { x, labels: some } = this.partOf(rows, labels, slice);
        passes.push({ rows: x, labels: some, dropoutSeed: dropoutSeed + index * seedDistance });
      }
      return await findBroken(this.tf, { part, stages, weights: this.options.weights, variables, step }, passes);
    } finally {
      for (const pass of passes) pass.rows.dispose();
    }
  }

  /** Adds weight decay to the gradients of what it holds for; its part of the loss, or undefined where there is none. */
  private addWeightDecay(gradients: Record<string, Tensor>): Scalar | undefined {
    const { tf } = this;
    const weightDecay = this.lossDecay;
    if (weightDecay === 0) return undefined;
    for (const { name, variable, decayed } of this.trained) {
      if (!decayed) continue;
      const gradient = gradients[name];
      // Let go one by one: the sums of all variables at once would be as large again as what is trained.
      gradients[name] = tf.tidy(() => {
        const decay = tf.mul(variable, weightDecay);
        return gradient === undefined ? decay : tf.add(gradient, decay);
      });
      gradient?.dispose();
    }
    return this.decayLoss();
  }

  /** Weight decay's part of the loss that changes. */
  private decayLoss(): Scalar {
    const { tf } = this;
    const native = nativeVariables(tf);
    const sums = this.trained
      .filter(({ decayed }) => decayed)
      .map(({ variable }) => native?.halfSquaredSum(variable) ?? tf.mul(tf.sum(tf.square(variable)), 0.5));
    return tf.mul<Scalar>(tf.addN(sums), this.lossDecay);
  }

  /**
   * Moves the variables, their statistics and the head's own along `step`, which is let go. What it measured is read by
   * `measures`, so that no step waits for the engine.
   * @param number global step after the update
   */
  update(step: StepGradients, learningRate: number, number: number): void {
    const { tf } = this;
    const { clipGradientNorm: largest = 0 } = this.options;
    let norm: Scalar | undefined;
    try {
      norm = tf.tidy((): Scalar | undefined => {
        for (const [name, batch] of Object.entries(step.statistics)) {
          const moving = this.variables.get(name)!;
          moving.assign(nextMovingStatistic(tf, moving as Tensor, batch));
        }
        for (const [name, move] of Object.entries(step.moves)) {
          const variable = this.ownVariables.get(name)!;
          variable.assign(tf.add(variable, move));
        }
        const clipped = largest > 0 ? clipByGlobalNorm(tf, step.gradients, largest) : undefined;
        this.optimizer.apply(clipped?.gradients ?? step.gradients, learningRate, step.presentRows);
        this.averages?.update(number);
        return clipped?.norm;
      });
    } catch (error) {
      disposeMeasured(step.measured);
      throw error;
    } finally {
      disposeGradients(step);
    }
    const { measures } = step.measured;
    const measured =
      norm === undefined
        ? step.measured
        : { ...step.measured, measures: { ...measures, [gradientNormMeasure.name]: norm } };
    this.pending.push({ step: number, learningRate, measured });
  }

  /** Bytes of all tensors that the engine holds, this trainer's and others'. */
  get tensorBytes(): number {
    return this.tf.memory().numBytes;
  }

  private async read(measured: MeasuredTensors): ReturnType<typeof readMeasures> {
    return readMeasures(measured, this.options.head.mainMeasure, this.lossDecay, this.frozenDecay);
  }

  /** Reads what the steps since the last call measured. */
  async measures(): Promise<StepMeasure[]> {
    const pending = this.pending;
    this.pending = [];
    const measures: StepMeasure[] = [];
    try {
      for (const { step, learningRate, measured } of pending)
        measures.push({ step, learningRate, ...(await this.read(measured)) });
    } finally {
      for (const { measured } of pending) disposeMeasured(measured);
    }
    return measures;
  }

  /** The loss on images that are not trained with, as `validateHead`. @param prelogits [N, E] */
  async validate(prelogits: Float32Array, labels: readonly number[]): Promise<HeadValidation> {
    const validated = {
      ...{ head: this.options.head, variables: this.all, outputs: this.stages.at(-1)!.outputShape[0] ?? 1 },
      weightDecay: () => (this.lossDecay === 0 ? undefined : this.decayLoss()),
      read: (measured: MeasuredTensors) => this.read(measured),
    };
    return validateHead(this.tf, validated, prelogits, labels);
  }

  /** The values that `update` will change, and the gradients along which it will. */
  async values(step: StepGradients): Promise<StepValues> {
    const host = async (tensors: ReadonlyMap<string, Tensor>): Promise<StepValues['variables']> =>
      new Map([...(await hostCopies(tensors))].map(([name, { data }]) => [name, data]));
    return {
      variables: await host(this.variables),
      gradients: await host(new Map(Object.entries(step.gradients))),
    };
  }

  /** Present values of the trained variables, the moving statistics and the head's own variables. */
  async weights(): Promise<Map<string, HostTensor>> {
    return hostCopies(this.all);
  }

  /** The optimizer's slots and scalars and the moving averages, under TensorFlow's names. */
  async optimizerState(): Promise<Map<string, HostTensor>> {
    const state = await this.optimizer.slotValues();
    if (this.averages !== undefined)
      for (const [name, value] of await hostCopies(this.averages.named())) state.set(name, value);
    for (const [name, value] of this.optimizer.namedScalars())
      state.set(name, { shape: [], data: Float32Array.of(value) });
    return state;
  }

  private disposeVariables(): void {
    this.averages?.dispose();
    for (const variable of [...this.variables.values(), ...this.ownVariables.values()]) variable.dispose();
  }

  dispose(): void {
    this.optimizer.dispose();
    this.disposeVariables();
    for (const { measured } of this.pending) disposeMeasured(measured);
    this.pending = [];
  }
}

function hold(tf: TensorFlow, { shape, data }: HostTensor, trained: boolean): Variable {
  return tf.tidy(() => tf.variable(tf.tensor(data, [...shape]), trained));
}

/** Σ w²/2 over the variables that weight decay holds for. */
function decaySum(variables: readonly VariableSpec[], weights: Weights): number {
  const decayed = variables.filter(({ regularized }) => regularized);
  return decayed.reduce((sum, { name }) => sum + halfSquaredSum(weights.get(name)!.data), 0);
}
