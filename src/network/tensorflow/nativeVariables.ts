// TensorFlow's resource variables on the Node backend: its own optimizers change them in place.
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { TensorFlow } from './tensorflow';
import { type Attribute, nodeBackend } from './nativeOps';

let made = 0;

/** A variable that lives in TensorFlow; float32. */
export interface ResourceVariable {
  readonly handle: Tensor;
  /** Its present value, sharing its memory until the next update; the caller disposes it. */
  read(): Tensor;
  assign(value: Tensor): void;
  dispose(): void;
}

export interface NativeVariables {
  variable(value: Tensor): ResourceVariable;
  /** Runs one of TensorFlow's ResourceApply… operations: variables first, then what it takes. */
  update(
    operation: string,
    variables: readonly ResourceVariable[],
    inputs: Tensor[],
    flags: Readonly<Record<string, boolean>>,
  ): void;
  /** Σ x² / 2 in one pass. */
  halfSquaredSum(x: Tensor): Scalar;
}

/** Resource variables on TensorFlow itself; undefined on every other backend. */
export function nativeVariables(tf: TensorFlow): NativeVariables | undefined {
  const backend = nodeBackend(tf);
  if (backend === undefined) return undefined;
  const { binding } = backend;
  const float = (name: string): Attribute => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT });
  const text = (name: string, value: string): Attribute => ({ name, type: binding.TF_ATTR_STRING, value });
  const flag = (name: string, value: boolean): Attribute => ({ name, type: binding.TF_ATTR_BOOL, value });
  return {
    variable(value) {
      const handle = tf.keep(
        backend.executeSingleOutput(
          'VarHandleOp',
          [
            float('dtype'),
            { name: 'shape', type: binding.TF_ATTR_SHAPE, value: value.shape },
            text('container', ''),
            // Variables of one name are one variable.
            text('shared_name', `facenet/${process.pid}/${made++}`),
          ],
          [],
        ),
      );
      const assign = (next: Tensor): void => {
        backend.executeMultipleOutputs('AssignVariableOp', [float('dtype')], [handle, next], 0);
      };
      const dispose = (): void => {
        backend.executeMultipleOutputs('DestroyResourceOp', [flag('ignore_lookup_error', true)], [handle], 0);
        handle.dispose();
      };
      try {
        assign(value);
      } catch (error) {
        dispose();
        throw error;
      }
      return {
        handle,
        assign,
        read: () => backend.executeSingleOutput('ReadVariableOp', [float('dtype')], [handle]),
        dispose,
      };
    },
    update(operation, variables, inputs, flags) {
      const attributes = [float('T'), ...Object.entries(flags).map(([name, value]) => flag(name, value))];
      const handles = variables.map(({ handle }) => handle);
      backend.executeMultipleOutputs(operation, attributes, [...handles, ...inputs], 0);
    },
    halfSquaredSum: (x) => backend.executeSingleOutput('L2Loss', [float('T')], [x]) as Scalar,
  };
}
