// Who computes the forward passes of frozen stages.
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe } from '../network/describe';
import { embeddingStage, type Network } from '../network/network';
import { exportOnnx } from '../network/onnx/exportOnnx';
import type { Stage } from '../network/ops';
import { requireWeights, type Weights } from '../network/tensor';
import { forward } from '../network/tensorflow/forward';
import type { TensorFlow } from '../network/tensorflow/tensorflow';
import { openOnnxSession, type ForwardSession } from './onnx';

/** Stages `from` … `to` (excluded) of a network. */
export interface FrozenPart {
  from: number;
  to: number;
  /** Shape of one example [H, W, C] or [C] before stage `from`. */
  inputShape: readonly number[];
  /** `embeddings` divides the result by its length per row. Default `activation`: the last stage's result as it is. */
  output?: 'activation' | 'embeddings';
}

export interface ForwardEngine {
  /** For the log and the run's record. */
  readonly description: string;
  /** Examples of one run with which it is fast and needs little memory. */
  readonly batchSize: number;
  /** @throws UserError when a weight is missing or the engine cannot be loaded */
  open(network: Network, weights: Weights, part: FrozenPart): Promise<ForwardSession>;
}

/**
 * ONNX Runtime, the fastest on a CPU. Larger batches need more memory and are not faster. A batch holds the event loop, so
 * its size is also how long a stop waits: for Inception-ResNet on two slow cores about three seconds.
 */
export const onnxForward: ForwardEngine = {
  description: 'ONNX Runtime on the CPU',
  batchSize: 16,
  open: (network, weights, part) => openOnnxSession(exportOnnx(network, weights, part)),
};

/** The engine that trains, for where it has a GPU: there a forward pass costs a hundredth of the CPU's. */
export function tensorflowForward(tf: TensorFlow, description: string): ForwardEngine {
  return {
    description,
    batchSize: 96,
    async open(network, weights, part) {
      const stages = stagesOf(network, part);
      const values = weightsOf(network, weights, part);
      const variables = new Map<string, Tensor>();
      const release = (): void => {
        for (const tensor of variables.values()) tensor.dispose();
        variables.clear();
      };
      try {
        for (const [name, { shape, data }] of values) variables.set(name, tf.tensor(data, [...shape]));
      } catch (error) {
        release();
        throw error;
      }
      return {
        async run(input, shape) {
          const result = tf.tidy(() => forward(tf, stages, tf.tensor(input, [...shape], 'float32'), variables));
          try {
            return [{ data: (await result.data()) as Float32Array, shape: [...result.shape] }];
          } finally {
            result.dispose();
          }
        },
        dispose: async () => release(),
      };
    },
  };
}

/** The stages of a part, with what makes embeddings of the last one's result where they are wanted. */
export function stagesOf(network: Network, { from, to, output }: FrozenPart): Stage[] {
  const stages = network.stages.slice(from, to);
  return output === 'embeddings' ? [...stages, embeddingStage] : stages;
}

/** The weights of a part by their names. @throws UserError when one is missing */
export function weightsOf(network: Network, weights: Weights, { from, to }: FrozenPart): Weights {
  const needed = describe(network)
    .stages.slice(from, to)
    .flatMap((stage) => stage.variables);
  return new Map(needed.map(({ name, shape }) => [name, requireWeights(weights, name, shape)]));
}
