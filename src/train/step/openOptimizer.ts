import type { Variable } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import { nativeVariables } from '../../network/tensorflow/nativeVariables';
import type { OptimizerName } from '../../protocol/trainConfig';
import { NativeOptimizer } from './nativeOptimizer';
import { Optimizer, type VariableOptimizer, type VariableOptions } from './optimizers';

export interface OptimizerOptions extends VariableOptions {
  /** Names of variables whose gradients cover only the rows that a batch has (centres). */
  sparse?: ReadonlySet<string>;
}

/**
 * The optimizer `name` for variables under their checkpoint names: TensorFlow's own update operations where TensorFlow
 * computes, the same rules composed elsewhere. It neither owns nor disposes the variables.
 */
export function openOptimizer(
  tf: TensorFlow,
  name: OptimizerName,
  variables: ReadonlyMap<string, Variable>,
  { sparse = new Set(), ...options }: OptimizerOptions = {},
): VariableOptimizer {
  const native = nativeVariables(tf);
  if (native === undefined) return new Optimizer(tf, name, variables, options);
  const part = (wanted: boolean): Map<string, Variable> =>
    new Map([...variables].filter(([key]) => sparse.has(key) === wanted));
  return new NativeOptimizer(tf, native, name, part(false), new Optimizer(tf, name, part(true), options), options);
}
