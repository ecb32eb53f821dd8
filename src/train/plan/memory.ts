import { freeMemory } from '../../engine/freeMemory';
import { describe, isTrained } from '../../network/describe';
import type { Network } from '../../network/network';
import type { Stage } from '../../network/ops';
import { elementCount } from '../../network/tensor';
import type { OptimizerName } from '../../protocol/trainConfig';
import { slotsOf } from '../step/updateRules';
import type { TrainingDevice } from './trainingDevice';

/** WebAssembly has 4 GB at most, and what is freed in between is not whole. */
const wasmMemory = 3.6e9;

/**
 * Bytes that a step may take at the moment.
 * @param gpu what the graphics card has free, where it tells; where not, it says itself when it has too little
 */
export function availableMemory(device: TrainingDevice, gpu = Infinity): number {
  switch (device) {
    case 'wasm':
      return Math.min(wasmMemory, freeMemory());
    case 'cpu':
      return freeMemory();
    case 'gpu':
      return gpu;
  }
}

export interface MemoryEstimate {
  /** Bytes of the variables, their gradients and the optimizer's slots. */
  variables: number;
  /** Bytes of the activations that a training step keeps for its gradients. */
  activations: number;
  total: number;
}

export interface StepToEstimate {
  /** Stages of the loss head. */
  head: readonly Stage[];
  /** Index of the first stage that is computed; the head's follow those of the network. */
  cut: number;
  batchSize: number;
  /** The batch is a part of a larger one, whose gradients are added up. Default false. */
  accumulates?: boolean;
  optimizer: OptimizerName;
  batchNorm: 'frozen' | 'update';
  imageSize: number;
}

/**
 * About how much memory one training step of the stages from `cut` on needs, without the engine itself.
 * The tape also keeps the gradient of every kept value until the step ends, so activations count twice.
 */
export function estimateMemory(network: Network, step: StepToEstimate): MemoryEstimate {
  const trained = describe(network, step).stages.slice(step.cut);
  const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
  const bytes = 4;
  const parameters = sum(
    trained.flatMap((stage) => stage.variables.filter(isTrained)).map(({ shape }) => elementCount(shape)),
  );
  const sums = step.accumulates === true ? 1 : 0;
  const variables = bytes * parameters * (2 + sums + slotsOf(step.optimizer).length);
  const kept = trained.map(
    ({ kept: { results, normalized } }) => results + (step.batchNorm === 'update' ? normalized : 0),
  );
  const activations = bytes * step.batchSize * sum(kept);
  return { variables, activations, total: variables + 2 * activations };
}
