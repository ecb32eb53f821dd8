import type { Scalar, Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { describe, isTrained, type VariableSpec } from '../../network/describe';
import { logitsStage, type Network } from '../../network/network';
import type { Weights, Tensor as HostTensor } from '../../network/tensor';
import { nextMovingStatistic } from '../../network/tensorflow/batchNormalization';
import { forward } from '../../network/tensorflow/forward';
import { nativeVariables } from '../../network/tensorflow/nativeVariables';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { OptimizerName, TrainConfig } from '../../protocol/trainConfig';
import { batchAccuracy, centerLoss, crossEntropy, halfSquaredSum, movedCenters, prelogitsNorm } from './losses';
import { openOptimizer } from './openOptimizer';
import { hostCopies, type VariableOptimizer } from './optimizers';
import { VariableAverages } from './variableAverages';

/** What a step measured; numbers of the batch before the step's update. */
export interface StepMeasure {
  /** Global step after the update (spec §6.9). */
  step: number;
  loss: number;
  crossEntropy: number;
  /** Everything else in the loss: weight decay, prelogits norm and centre loss with their factors. */
  regularization: number;
  accuracy: number;
  /** Raw, without its factor. */
  centerLoss: number;
  learningRate: number;
  /** What the classifier was given, [rows, E]. */
  prelogits: { rows: number; data: Float32Array };
}

export type LossConfig = Pick<
  TrainConfig,
  | 'weightDecay'
  | 'prelogitsNormLossFactor'
  | 'prelogitsNormP'
  | 'centerLossFactor'
  | 'centerLossAlfa'
  | 'keepProbability'
>;

export interface TailOptions extends LossConfig {
  network: Network;
  classes: number;
  /** First computed stage; `stages.length` for the classifier alone. */
  cut: number;
  /** First stage whose weights are trained, the cut unless given. */
  trainedFrom?: number;
  imageSize: number;
  /** All variables of the network, the classifier and, with centre loss, `centers`. */
  weights: Weights;
  optimizer: OptimizerName;
  batchNorm: 'frozen' | 'update';
  /** Decay of the moving averages of variables and statistics; absent: none are kept. */
  movingAverageDecay?: number;
  /** Moving averages of an earlier part of the run, by their checkpoint names. */
  averages?: ReadonlyMap<string, Float32Array>;
}

/** Values of one step for histograms. */
export interface StepValues {
  /** Before the step, of trained variables and their moving statistics. */
  variables: Map<string, Float32Array>;
  gradients: Map<string, Float32Array>;
}

interface Pending extends Pick<StepMeasure, 'step' | 'learningRate'> {
  tensors: {
    crossEntropy: Scalar;
    accuracy: Scalar;
    prelogits: Tensor2D;
    /** Prelogits norm and centre loss with their factors. */
    regularization?: Scalar;
    weightDecayLoss?: Scalar;
    centerLoss?: Scalar;
  };
}

export const centersName = 'centers';

/** The trained part of a network with its optimizer, on the training engine. */
export class TailTrainer {
  /** Trained variables and moving statistics by their names. */
  private readonly variables = new Map<string, Variable>();
  private readonly trained: { name: string; variable: Variable; decayed: boolean }[] = [];
  private readonly names = new Map<string, string>();
  private readonly optimizer: VariableOptimizer;
  private readonly averages: VariableAverages | undefined;
  private readonly centers: Variable | undefined;
  /** Σ w²/2 of the frozen stages, a constant of the loss. */
  private readonly frozenDecay: number;
  private watched: { variables: [string, Tensor][]; gradients: [string, Tensor][] } | undefined;
  private pending: Pending[] = [];
  private steps = 0;

  constructor(
    private readonly tf: TensorFlow,
    private readonly options: TailOptions,
    private readonly inputShape: readonly number[],
  ) {
    const { network, classes, cut, imageSize, weights } = options;
    const { stages } = describe(network, { classes, imageSize });
    const trainedFrom = Math.max(cut, options.trainedFrom ?? cut);
    stages.forEach((stage, index) => {
      if (index < cut) return;
      for (const spec of stage.variables) this.addVariable(spec, weights.get(spec.name)!, index >= trainedFrom);
    });
    const frozen = stages.slice(0, trainedFrom).flatMap((stage) => stage.variables);
    this.frozenDecay =
      options.weightDecay === 0
        ? 0
        : frozen
            .filter(({ regularized }) => regularized)
            .reduce((sum, { name }) => sum + halfSquaredSum(weights.get(name)!.data), 0);
    const optimized = new Map(this.trained.map(({ name, variable }) => [name, variable]));
    if (options.centerLossFactor > 0) {
      const { shape, data } = weights.get(centersName)!;
      this.centers = tf.tidy(() => tf.variable(tf.tensor(data, [...shape]), false));
      optimized.set(centersName, this.centers);
    }
    this.optimizer = openOptimizer(tf, options.optimizer, optimized, new Set([centersName]));
    if (options.movingAverageDecay !== undefined) {
      const { movingAverageDecay: decay, averages = new Map<string, Float32Array>() } = options;
      this.averages = new VariableAverages(tf, this.variables, decay, averages);
    }
  }

  private addVariable(spec: VariableSpec, { shape, data }: HostTensor, stageIsTrained: boolean): void {
    const { tf } = this;
    const trained = stageIsTrained && isTrained(spec);
    const variable = tf.tidy(() => tf.variable(tf.tensor(data, [...shape]), trained));
    this.variables.set(spec.name, variable);
    this.names.set(variable.name, spec.name);
    if (trained) this.trained.push({ name: spec.name, variable, decayed: spec.regularized });
  }

  /** Continues after `steps` steps of this phase with the optimizer slots of a checkpoint. */
  restore(steps: number, slots: ReadonlyMap<string, Float32Array>): void {
    this.steps = steps;
    this.optimizer.restore(steps, slots);
  }

  /**
   * One step on rows [N, …] before the trained stages and their labels. What it measured is read by `measures`, so that
   * no step waits for the engine.
   * @param step global step after the update
   * @param watch whether `takeValues` will ask for the values of this step
   */
  step(
    rows: Float32Array,
    labels: Int32Array,
    learningRate: number,
    step: number,
    dropoutSeed: number,
    watch = false,
  ): void {
    const { tf } = this;
    const { weightDecay } = this.options;
    this.steps++;
    const kept = tf.tidy(() => {
      const x = tf.tensor(rows, [labels.length, ...this.inputShape]);
      const y = tf.tensor1d(labels, 'int32');
      // Moving statistics change while the gradients are computed.
      const before = watch ? [...this.variables].map(([name, value]) => [name, value.clone()] as const) : [];
      const { gradients, measured, features, oneHot } = this.gradients(x, y, dropoutSeed);
      let weightDecayLoss: Scalar | undefined;
      if (weightDecay > 0) {
        const native = nativeVariables(tf);
        const sums: Tensor[] = [];
        for (const { name, variable, decayed } of this.trained) {
          if (!decayed) continue;
          sums.push(native?.halfSquaredSum(variable) ?? tf.mul(tf.sum(tf.square(variable)), 0.5));
          const decay = tf.mul(variable, weightDecay);
          gradients[name] = gradients[name] === undefined ? decay : tf.add(gradients[name], decay);
        }
        weightDecayLoss = tf.mul<Scalar>(tf.addN(sums), weightDecay);
      }
      this.moveCenters(features, oneHot, gradients);
      if (watch) {
        this.watched = { variables: keptClones(tf, before), gradients: keptClones(tf, Object.entries(gradients)) };
      }
      const present: Record<string, Tensor> = {};
      if (this.centers !== undefined) present[centersName] = tf.reshape(tf.max(oneHot, 0), [-1, 1]);
      this.optimizer.apply(gradients, learningRate, present);
      this.averages?.update(step);
      return { ...measured, ...(weightDecayLoss === undefined ? {} : { weightDecayLoss: tf.keep(weightDecayLoss) }) };
    });
    this.pending.push({ step, learningRate, tensors: kept });
  }

  /** Loss without weight decay, its gradients by variable name, and what is measured on the way. */
  private gradients(x: Tensor, labels: Tensor1D, dropoutSeed: number) {
    const { tf, options } = this;
    const { network, cut, classes, batchNorm, keepProbability } = options;
    const oneHot = tf.cast(tf.oneHot(labels, classes), 'float32') as Tensor2D;
    const statistics: { name: string; mean: Tensor1D; variance: Tensor1D }[] = [];
    let features!: Tensor2D;
    let measured!: Pending['tensors'];
    const loss = (): Scalar => {
      const stages = network.stages.slice(cut);
      features = (stages.length === 0
        ? x.clone()
        : forward(tf, stages, x, this.variables, {
            training: true,
            batchNorm,
            keepProbability,
            dropoutSeed,
            onMovingStatistics: (name, mean, variance) =>
              statistics.push({ name, mean: tf.keep(mean.clone()), variance: tf.keep(variance.clone()) }),
          })) as unknown as Tensor2D;
      const logits = forward(tf, [logitsStage(classes)], features, this.variables, {
        training: true,
        inputGradient: stages.length > 0,
      }) as Tensor2D;
      const xent = crossEntropy(tf, logits, oneHot);
      const terms: Scalar[] = [];
      if (options.prelogitsNormLossFactor > 0) {
        const norm = prelogitsNorm(tf, features, options.prelogitsNormP);
        terms.push(tf.mul(norm, options.prelogitsNormLossFactor));
      }
      let center: Scalar | undefined;
      if (this.centers !== undefined) {
        const own: Tensor2D = tf.matMul(oneHot, this.centers);
        center = centerLoss(tf, features, own);
        terms.push(tf.mul(center, options.centerLossFactor));
      }
      const regularization =
        terms.length === 0 ? undefined : terms.length === 1 ? terms[0]! : tf.add<Scalar>(terms[0]!, terms[1]!);
      measured = {
        crossEntropy: tf.keep(xent.clone()),
        accuracy: tf.keep(batchAccuracy(tf, logits, labels)),
        prelogits: tf.keep(features.clone()),
        ...(regularization === undefined ? {} : { regularization: tf.keep(regularization.clone()) }),
        ...(center === undefined ? {} : { centerLoss: tf.keep(center.clone()) }),
      };
      features = tf.keep(features.clone());
      return regularization === undefined ? xent : tf.add(xent, regularization);
    };
    const { value, grads } = tf.variableGrads(
      loss,
      this.trained.map(({ variable }) => variable),
    );
    value.dispose();
    for (const { name, mean, variance } of statistics) {
      for (const [role, batch] of [
        ['moving_mean', mean],
        ['moving_variance', variance],
      ] as const) {
        const moving = this.variables.get(`${name}/${role}`)!;
        moving.assign(nextMovingStatistic(tf, moving as Tensor, batch));
        batch.dispose();
      }
    }
    const gradients: Record<string, Tensor> = {};
    for (const [id, gradient] of Object.entries(grads)) gradients[this.names.get(id)!] = gradient;
    return { gradients, measured, features, oneHot };
  }

  /** The reference moves the centres twice: by their own rule, and by the optimizer along the loss's gradient (spec §5.2). */
  private moveCenters(features: Tensor2D, oneHot: Tensor2D, gradients: Record<string, Tensor>): void {
    const { tf, centers, options } = this;
    if (centers !== undefined) {
      const before = centers as Tensor as Tensor2D;
      const difference = tf.sub(tf.matMul(oneHot, before), features);
      const scale = (2 * options.centerLossFactor) / features.size;
      gradients[centersName] = tf.mul(tf.matMul(oneHot, difference, true, false), scale);
      centers.assign(movedCenters(tf, before, features, oneHot, options.centerLossAlfa));
    }
    features.dispose();
  }

  /** Bytes of all tensors that the engine holds, this trainer's and others'. */
  get tensorBytes(): number {
    return this.tf.memory().numBytes;
  }

  /** Reads what the steps since the last call measured. */
  async measures(): Promise<StepMeasure[]> {
    const { weightDecay } = this.options;
    const pending = this.pending;
    this.pending = [];
    const measures: StepMeasure[] = [];
    const read = async (tensor: Scalar | undefined): Promise<number> => {
      if (tensor === undefined) return 0;
      const [value] = await tensor.data();
      tensor.dispose();
      return value!;
    };
    for (const { step, learningRate, tensors } of pending) {
      const crossEntropy = await read(tensors.crossEntropy);
      const decay = (await read(tensors.weightDecayLoss)) + weightDecay * this.frozenDecay;
      const regularization = (await read(tensors.regularization)) + decay;
      const accuracy = await read(tensors.accuracy);
      const prelogits = { rows: tensors.prelogits.shape[0], data: await hostValues(tensors.prelogits) };
      const center = await read(tensors.centerLoss);
      measures.push({
        step,
        learningRate,
        crossEntropy,
        regularization,
        loss: crossEntropy + regularization,
        accuracy,
        centerLoss: center,
        prelogits,
      });
    }
    return measures;
  }

  /** The values of the last step that was watched, once. */
  async takeValues(): Promise<StepValues> {
    const read = async (tensors: [string, Tensor][] = []): Promise<Map<string, Float32Array>> => {
      const values = new Map<string, Float32Array>();
      for (const [name, tensor] of tensors) values.set(name, await hostValues(tensor));
      return values;
    };
    const watched = this.watched;
    this.watched = undefined;
    return { variables: await read(watched?.variables), gradients: await read(watched?.gradients) };
  }

  /** Current values of the trained variables, the moving statistics and the centres. */
  async values(): Promise<Map<string, HostTensor>> {
    const values = await hostCopies(this.variables);
    if (this.centers !== undefined)
      for (const [name, value] of await hostCopies(new Map([[centersName, this.centers]]))) values.set(name, value);
    return values;
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
    for (const variable of this.variables.values()) variable.dispose();
    this.centers?.dispose();
    for (const [, tensor] of [...(this.watched?.variables ?? []), ...(this.watched?.gradients ?? [])]) tensor.dispose();
    for (const { tensors } of this.pending) for (const tensor of Object.values(tensors)) tensor.dispose();
    this.pending = [];
  }
}

/** Clones that outlive the tidy around them. */
function keptClones(tf: TensorFlow, tensors: Iterable<readonly [string, Tensor]>): [string, Tensor][] {
  return Array.from(tensors, ([name, tensor]) => [name, tf.keep(tensor.clone())]);
}

/** A copy of a tensor's values; the tensor is let go. */
async function hostValues(tensor: Tensor): Promise<Float32Array> {
  const values = Float32Array.from((await tensor.data()) as Float32Array);
  tensor.dispose();
  return values;
}
