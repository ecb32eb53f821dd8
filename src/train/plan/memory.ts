import { describe, isTrained } from '../../network/describe';
import type { Network } from '../../network/network';
import { elementCount } from '../../network/tensor';
import type { OptimizerName } from '../../protocol/trainConfig';

/** Tensors of a variable's size that an optimizer keeps (spec §6.4). */
const slots: Record<OptimizerName, number> = { ADAGRAD: 1, ADADELTA: 2, ADAM: 2, RMSPROP: 2, MOM: 1 };

/** WebAssembly has 4 GB at most; running into that ends the process without a word. */
export const wasmMemory = 3.6e9;

export interface MemoryEstimate {
  /** Bytes of the variables, their gradients and the optimizer's slots. */
  variables: number;
  /** Bytes of the activations that a training step keeps for its gradients. */
  activations: number;
  total: number;
}

/**
 * About how much memory one training step of the stages from `trainableFrom` on needs, without the engine itself.
 * The tape also keeps the gradient of every kept value until the step ends, so activations count twice.
 */
export function estimateMemory(
  network: Network,
  options: {
    trainableFrom: string;
    batchSize: number;
    optimizer: OptimizerName;
    classes: number;
    batchNorm?: 'frozen' | 'update';
    imageSize?: number;
  },
): MemoryEstimate {
  const { stages } = describe(network, options);
  const first = stages.findIndex(({ name }) => name === options.trainableFrom);
  const trained = stages.slice(Math.max(first, 0));
  const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
  const bytes = 4;
  const parameters = sum(
    trained.flatMap((stage) => stage.variables.filter(isTrained)).map(({ shape }) => elementCount(shape)),
  );
  const variables = bytes * parameters * (2 + slots[options.optimizer]);
  const kept = trained.map(
    ({ kept: { results, normalized } }) => results + (options.batchNorm === 'update' ? normalized : 0),
  );
  const activations = bytes * options.batchSize * sum(kept);
  return { variables, activations, total: variables + 2 * activations };
}
