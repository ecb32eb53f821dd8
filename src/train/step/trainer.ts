import type { Scalar, Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { StepMeasure, ValidationMeasure } from '../../journal/measures';
import { describe, isTrained, type VariableSpec } from '../../network/describe';
import type { Network } from '../../network/network';
import type { Tensor as HostTensor, Weights } from '../../network/tensor';
import { nextMovingStatistic } from '../../network/tensorflow/batchNormalization';
import { forward } from '../../network/tensorflow/forward';
import { nativeVariables } from '../../network/tensorflow/nativeVariables';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { OptimizerName } from '../../protocol/trainConfig';
import type { HeadInput, LossHead } from '../heads/head';
import { halfSquaredSum } from '../heads/losses';
import { openOptimizer } from './openOptimizer';
import { hostCopies, type VariableOptimizer } from './optimizers';
import {
  disposeGradients,
  disposeMeasured,
  readMeasures,
  type MeasuredTensors,
  type StepGradients,
} from './stepGradients';
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
  /** Factor of Σ w²/2 over all regularized variables. */
  weightDecay: number;
  keepProbability: number;
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

/** Values that a head gives for one batch of a validation, at most. */
const largestOutput = 1 << 22;

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
  private readonly names = new Map<string, string>();
  /** Both kinds of variables, as the head is given them. */
  private readonly all: ReadonlyMap<string, Tensor>;
  private readonly optimizer: VariableOptimizer;
  private readonly averages: VariableAverages | undefined;
  /** Σ w²/2 of the frozen stages, a constant of the loss. */
  private readonly frozenDecay: number;
  /** Values of one row of the head's last stage. */
  private readonly outputs: number;
  private pending: { step: number; learningRate: number; measured: MeasuredTensors }[] = [];

  /** @param inputShape of one row before stage `cut`, without the batch */
  constructor(
    private readonly tf: TensorFlow,
    private readonly options: TrainerOptions,
    private readonly inputShape: readonly number[],
  ) {
    const { network, head, cut, imageSize, weights, weightDecay } = options;
    const { stages } = describe(network, { head: head.stages, imageSize });
    this.outputs = stages.at(-1)!.outputShape[0] ?? 1;
    const trainedFrom = Math.max(cut, options.trainedFrom ?? cut);
    stages.forEach((stage, index) => {
      if (index < cut) return;
      for (const spec of stage.variables) this.addVariable(spec, weights.get(spec.name)!, index >= trainedFrom);
    });
    const frozen = stages.slice(0, trainedFrom).flatMap((stage) => stage.variables);
    this.frozenDecay = weightDecay === 0 ? 0 : decaySum(frozen, weights);
    for (const { name } of head.ownVariables) this.ownVariables.set(name, hold(tf, weights.get(name)!, false));
    const optimized = new Map(this.trained.map(({ name, variable }) => [name, variable]));
    const sparse = head.ownVariables.filter(({ statistic }) => statistic !== true).map(({ name }) => name);
    this.all = new Map([...this.variables, ...this.ownVariables]);
    this.optimizer = openOptimizer(
      tf,
      options.optimizer,
      new Map([...optimized, ...sparse.map((name) => [name, this.ownVariables.get(name)!] as const)]),
      new Set(sparse),
    );
    if (options.movingAverageDecay !== undefined) {
      const { movingAverageDecay: decay, averages = new Map<string, Float32Array>() } = options;
      this.averages = new VariableAverages(tf, this.variables, decay, averages);
    }
  }

  private addVariable(spec: VariableSpec, value: HostTensor, stageIsTrained: boolean): void {
    const trained = stageIsTrained && isTrained(spec);
    const variable = hold(this.tf, value, trained);
    this.variables.set(spec.name, variable);
    this.names.set(variable.name, spec.name);
    if (trained) this.trained.push({ name: spec.name, variable, decayed: spec.regularized });
  }

  /** Continues after `steps` steps of this phase with the optimizer slots of a checkpoint. */
  restore(steps: number, slots: ReadonlyMap<string, Float32Array>): void {
    this.optimizer.restore(steps, slots);
  }

  /**
   * Gradients of a batch: rows [N, …] before the cut and the labels of their people. Changes nothing; what they are and
   * what was measured belongs to the caller, who hands it to `update`.
   * @param dropoutSeed another one for every step
   */
  gradients(rows: Float32Array, labels: Int32Array, dropoutSeed: number): StepGradients {
    const { tf } = this;
    const { head } = this.options;
    return tf.tidy(() => {
      const x = tf.tensor(rows, [labels.length, ...this.inputShape]);
      const input = { labels: tf.tensor1d(labels, 'int32'), variables: this.all };
      const { gradients, statistics, measured, prelogits } = this.differentiate(x, input, dropoutSeed);
      const decay = this.addWeightDecay(gradients);
      const own = head.afterGradients?.(tf, { ...input, prelogits, inputGradient: false });
      return {
        gradients: { ...gradients, ...own?.gradients },
        presentRows: { ...own?.presentRows },
        moves: { ...own?.moves },
        statistics,
        measured: { ...measured, ...(decay !== undefined && { weightDecay: decay }), prelogits },
      };
    });
  }

  /** Gradients of the loss without weight decay, the batch's moving statistics, and what is measured on the way. */
  private differentiate(x: Tensor, input: Pick<HeadInput, 'labels' | 'variables'>, dropoutSeed: number) {
    const { tf, options } = this;
    const { network, head, cut, batchNorm, keepProbability } = options;
    const stages = network.stages.slice(cut);
    const statistics: Record<string, Tensor1D> = {};
    const kept = <T extends Tensor>(tensor: T): T => tf.keep(tensor.clone());
    let prelogits!: Tensor2D;
    let measured!: Pick<MeasuredTensors, 'regularization' | 'measures'>;
    const { value, grads } = tf.variableGrads(
      (): Scalar => {
        const output = (stages.length === 0
          ? x.clone()
          : forward(tf, stages, x, this.variables, {
              training: true,
              batchNorm,
              keepProbability,
              dropoutSeed,
              onMovingStatistics(name, mean, variance) {
                statistics[`${name}/moving_mean`] = kept(mean);
                statistics[`${name}/moving_variance`] = kept(variance);
              },
            })) as unknown as Tensor2D;
        const { main, regularizers, measures } = head.loss(tf, {
          ...input,
          prelogits: output,
          inputGradient: stages.length > 0,
        });
        const regularization = regularizers.length === 0 ? undefined : regularizers.reduce((a, b) => tf.add(a, b));
        prelogits = kept(output);
        measured = {
          ...(regularization !== undefined && { regularization: kept(regularization) }),
          measures: Object.fromEntries(Object.entries(measures).map(([name, tensor]) => [name, kept(tensor)])),
        };
        return regularization === undefined ? main : tf.add(main, regularization);
      },
      this.trained.map(({ variable }) => variable),
    );
    value.dispose();
    const gradients: Record<string, Tensor> = {};
    for (const [id, gradient] of Object.entries(grads)) gradients[this.names.get(id)!] = gradient;
    return { gradients, statistics, measured, prelogits };
  }

  /** Adds weight decay to the gradients of what it holds for; its part of the loss, or undefined where there is none. */
  private addWeightDecay(gradients: Record<string, Tensor>): Scalar | undefined {
    const { tf } = this;
    const { weightDecay } = this.options;
    if (weightDecay === 0) return undefined;
    for (const { name, variable, decayed } of this.trained) {
      if (!decayed) continue;
      const decay = tf.mul(variable, weightDecay);
      gradients[name] = gradients[name] === undefined ? decay : tf.add(gradients[name], decay);
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
    return tf.mul<Scalar>(tf.addN(sums), this.options.weightDecay);
  }

  /**
   * Moves the variables, their statistics and the head's own along `step`, which is let go. What it measured is read by
   * `measures`, so that no step waits for the engine.
   * @param number global step after the update
   */
  update(step: StepGradients, learningRate: number, number: number): void {
    const { tf } = this;
    tf.tidy(() => {
      for (const [name, batch] of Object.entries(step.statistics)) {
        const moving = this.variables.get(name)!;
        moving.assign(nextMovingStatistic(tf, moving as Tensor, batch));
      }
      for (const [name, move] of Object.entries(step.moves)) {
        const variable = this.ownVariables.get(name)!;
        variable.assign(tf.add(variable, move));
      }
      this.optimizer.apply(step.gradients, learningRate, step.presentRows);
      this.averages?.update(number);
    });
    disposeGradients(step);
    this.pending.push({ step: number, learningRate, measured: step.measured });
  }

  /** Bytes of all tensors that the engine holds, this trainer's and others'. */
  get tensorBytes(): number {
    return this.tf.memory().numBytes;
  }

  private async read(measured: MeasuredTensors): ReturnType<typeof readMeasures> {
    const { head, weightDecay } = this.options;
    return readMeasures(measured, head.mainMeasure, weightDecay, this.frozenDecay);
  }

  /** Reads what the steps since the last call measured. */
  async measures(): Promise<StepMeasure[]> {
    const pending = this.pending;
    this.pending = [];
    const measures: StepMeasure[] = [];
    for (const { step, learningRate, measured } of pending)
      measures.push({ step, learningRate, ...(await this.read(measured)) });
    return measures;
  }

  /**
   * The loss and what it measures on images that are not trained with (spec §6.7), as means over all of them; the
   * reference drops the last incomplete batch and moves the centres, this does neither.
   * @param prelogits [N, E]
   */
  async validate(prelogits: Float32Array, labels: readonly number[]): Promise<ValidationMeasure> {
    const { tf } = this;
    const { head, weightDecay } = this.options;
    const batch = Math.max(1, Math.floor(largestOutput / this.outputs));
    const dimension = prelogits.length / labels.length;
    const sums: Record<string, number> = {};
    let loss = 0;
    for (let start = 0; start < labels.length; start += batch) {
      const some = labels.slice(start, start + batch);
      const values = prelogits.subarray(start * dimension, (start + some.length) * dimension);
      const measured = tf.tidy((): MeasuredTensors => {
        const rows = tf.tensor2d(values, [some.length, dimension]);
        const input = { prelogits: rows, labels: tf.tensor1d(some, 'int32'), variables: this.all };
        const { regularizers, measures } = head.loss(tf, { ...input, inputGradient: false });
        const regularization = regularizers.length === 0 ? undefined : regularizers.reduce((a, b) => tf.add(a, b));
        const decay = weightDecay === 0 ? undefined : this.decayLoss();
        return {
          ...{ measures, prelogits: rows },
          ...(regularization !== undefined && { regularization }),
          ...(decay !== undefined && { weightDecay: decay }),
        };
      });
      const read = await this.read(measured);
      loss += read.loss * some.length;
      for (const [name, value] of Object.entries(read.values)) sums[name] = (sums[name] ?? 0) + value * some.length;
    }
    const mean = (sum: number): number => sum / labels.length;
    return {
      loss: mean(loss),
      values: Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, mean(sum)])),
    };
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

  dispose(): void {
    this.optimizer.dispose();
    this.averages?.dispose();
    for (const variable of [...this.variables.values(), ...this.ownVariables.values()]) variable.dispose();
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
