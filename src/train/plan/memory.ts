import { totalmem } from 'node:os';
import { describe, isTrained } from '../../network/describe';
import type { Network } from '../../network/network';
import type { Stage } from '../../network/ops';
import { elementCount } from '../../network/tensor';
import type { OptimizerName } from '../../protocol/trainConfig';
import { slotsOf } from '../step/updateRules';
import type { TrainingDevice } from './trainingDevice';

/** WebAssembly has 4 GB at most; running into that ends the process without a word. */
const wasmMemory = 3.6e9;

/** Bytes that a step may take; a graphics card says itself when it has too few. */
export function availableMemory(device: TrainingDevice): number {
  switch (device) {
    case 'wasm':
      return wasmMemory;
    case 'cpu':
      return totalmem();
    case 'gpu':
      return Infinity;
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
  const variables = bytes * parameters * (2 + slotsOf(step.optimizer).length);
  const kept = trained.map(
    ({ kept: { results, normalized } }) => results + (step.batchNorm === 'update' ? normalized : 0),
  );
  const activations = bytes * step.batchSize * sum(kept);
  return { variables, activations, total: variables + 2 * activations };
}
