// Operations of TensorFlow that TensorFlow.js does not offer. Its Node backend executes any operation by name; the other
// backends do without.
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from './tensorflow';

export interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

type Constant =
  'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_STRING' | 'TF_ATTR_BOOL' | 'TF_ATTR_SHAPE' | 'TF_FLOAT' | 'TF_INT32';

/** What the Node backend has beside TensorFlow.js's interface of backends. */
interface NodeBackend {
  binding: Record<Constant, number>;
  executeSingleOutput(name: string, attributes: Attribute[], inputs: Tensor[]): Tensor;
  executeMultipleOutputs(name: string, attributes: Attribute[], inputs: Tensor[], outputs: number): Tensor[];
  /** Where a graph is written. */
  inBfloat16?<R>(compute: () => R): R;
}

export interface TrainingBatchNorm {
  /** (x − mean)/sqrt(variance + epsilon) + beta, shaped as x. */
  y: Tensor;
  mean: Tensor1D;
  /** With n − 1 in its denominator, as the moving statistics take it. */
  variance: Tensor1D;
  /** What the gradient needs; to be kept until then. */
  reserved: Tensor[];
}

/** Fused operations for training, as TensorFlow's own graphs use them. All on float32, channels last. */
export interface NativeOps {
  /** Batch normalisation of x [N, H, W, C] by the batch's own statistics, scale 1. */
  batchNorm(x: Tensor, beta: Tensor, epsilon: number): TrainingBatchNorm;
  /** Gradients for x and beta of `batchNorm`. */
  batchNormGradient(dy: Tensor, x: Tensor, reserved: readonly Tensor[], epsilon: number): [x: Tensor, beta: Tensor];
  /** Gradient of ReLU by its result. */
  reluGradient(dy: Tensor, y: Tensor): Tensor;
  /** x + bias [C] over the last axis. */
  addBias(x: Tensor, bias: Tensor1D): Tensor;
  /** Sum over all axes but the last: the gradient of a bias. */
  biasGradient(dy: Tensor): Tensor1D;
  /** Lengths of the vectors along an axis of x, which stays with size 1. */
  lengths(x: Tensor, axis: number): Tensor;
  /** x, of any shape, within `low` and `high`. */
  clip(x: Tensor, low: number, high: number): Tensor;
  /** Numbers of [0, 1) that depend on the seed alone, int32 [2]. */
  uniform(shape: readonly number[], seed: Tensor): Tensor;
}

/** Name of the backend that writes TensorFlow's operations down (`recording`). It must have no underscore. */
export const recordingName = 'recording';

/** TensorFlow's own backend, which executes operations by name; undefined where another one computes. */
export function nodeBackend(tf: TensorFlow): NodeBackend | undefined {
  const name = tf.getBackend();
  return name === 'tensorflow' || name === recordingName ? (tf.backend() as unknown as NodeBackend) : undefined;
}

/**
 * Runs `compute`, whose convolutions and matrix products take bfloat16 and give float32.
 * @throws Error where no graph is being written: TensorFlow.js has no such numbers
 */
export function inBfloat16<R>(tf: TensorFlow, compute: () => R): R {
  const backend = nodeBackend(tf);
  if (backend?.inBfloat16 === undefined) throw new Error('bfloat16 is for graphs alone');
  return backend.inBfloat16(compute);
}

/** The operations on TensorFlow itself; undefined on every other backend. */
export function nativeOps(tf: TensorFlow): NativeOps | undefined {
  const backend = nodeBackend(tf);
  if (backend === undefined) return undefined;
  const { binding } = backend;
  const float = (name: string): Attribute => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT });
  const int32 = (name: string): Attribute => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 });
  const channelsLast = { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' };
  const batchNormAttributes = (epsilon: number): Attribute[] => [
    float('T'),
    float('U'),
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon },
    channelsLast,
    { name: 'is_training', type: binding.TF_ATTR_BOOL, value: true },
  ];
  return {
    batchNorm(x, beta, epsilon) {
      const scale = tf.onesLike(beta);
      // Without moving statistics of its own to average with, the operation takes empty ones.
      const none = tf.tensor1d([], 'float32');
      const inputs = [x, scale, beta, none, none];
      const [y, mean, variance, ...reserved] = backend.executeMultipleOutputs(
        'FusedBatchNormV3',
        batchNormAttributes(epsilon),
        inputs,
        6,
      ) as [Tensor, Tensor1D, Tensor1D, ...Tensor[]];
      return { y, mean, variance, reserved: [scale, ...reserved] };
    },
    batchNormGradient(dy, x, [scale, ...reserved], epsilon) {
      const [dx, , dBeta] = backend.executeMultipleOutputs(
        'FusedBatchNormGradV3',
        batchNormAttributes(epsilon),
        [dy, x, scale!, ...reserved],
        5,
      );
      return [dx!, dBeta!];
    },
    reluGradient: (dy, y) => backend.executeSingleOutput('ReluGrad', [float('T')], [dy, y]),
    addBias: (x, bias) => backend.executeSingleOutput('BiasAdd', [float('T'), channelsLast], [x, bias]),
    biasGradient: (dy) => backend.executeSingleOutput('BiasAddGrad', [float('T'), channelsLast], [dy]) as Tensor1D,
    lengths(x, axis) {
      const attributes = [{ name: 'keep_dims', type: binding.TF_ATTR_BOOL, value: true }, float('T'), int32('Tidx')];
      return backend.executeSingleOutput('EuclideanNorm', attributes, [x, tf.tensor1d([axis], 'int32')]);
    },
    clip: (x, low, high) =>
      backend.executeSingleOutput('ClipByValue', [float('T')], [x, tf.scalar(low), tf.scalar(high)]),
    uniform(shape, seed) {
      const attributes = [float('dtype'), int32('T'), int32('Tseed')];
      return backend.executeSingleOutput('StatelessRandomUniform', attributes, [
        tf.tensor1d([...shape], 'int32'),
        seed,
      ]);
    },
  };
}
