import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { NativeVariables, ResourceVariable } from '../../network/tensorflow/nativeVariables';
import type { Tensor as HostTensor } from '../../network/tensor';
import type { OptimizerName } from '../../protocol/trainConfig';
import { hostCopies, type Optimizer, type VariableOptimizer, type VariableOptions } from './optimizers';
import { adamW, scalarsAfter, slotsOf } from './updateRules';

interface Kernel {
  operation: string;
  /** Inputs after the variables, in the operation's order; `t` numbers the step from 1. */
  inputs: (tf: TensorFlow, g: Tensor, rate: number, t: number) => Tensor[];
  flags: Readonly<Record<string, boolean>>;
}

const scalars = (tf: TensorFlow, ...values: number[]): Tensor[] => values.map((value) => tf.scalar(value));

const nesterov: Kernel = {
  operation: 'ResourceApplyMomentum',
  inputs: (tf, g, rate) => [...scalars(tf, rate), g, ...scalars(tf, 0.9)],
  flags: { use_locking: false, use_nesterov: true },
};

/** TensorFlow's operations with the hyper-parameters of the rules. */
const kernels: Readonly<Record<OptimizerName, Kernel>> = {
  ADAGRAD: {
    operation: 'ResourceApplyAdagrad',
    inputs: (tf, g, rate) => [...scalars(tf, rate), g],
    flags: { use_locking: false, update_slots: true },
  },
  ADADELTA: {
    operation: 'ResourceApplyAdadelta',
    inputs: (tf, g, rate) => [...scalars(tf, rate, 0.9, 1e-6), g],
    flags: { use_locking: false },
  },
  ADAM: {
    operation: 'ResourceApplyAdam',
    inputs: (tf, g, rate, t) => [...scalars(tf, 0.9 ** t, 0.999 ** t, rate, 0.9, 0.999, 0.1), g],
    flags: { use_locking: false, use_nesterov: false },
  },
  RMSPROP: {
    operation: 'ResourceApplyRMSProp',
    inputs: (tf, g, rate) => [...scalars(tf, rate, 0.9, 0.9, 1), g],
    flags: { use_locking: false },
  },
  MOM: nesterov,
  ADAMW: {
    operation: 'ResourceApplyAdam',
    inputs(tf, g, rate, t) {
      const corrected = adamW.corrected(rate, t);
      // With powers of 0 the operation corrects nothing itself.
      return [...scalars(tf, 0, 0, corrected.rate, adamW.beta1, adamW.beta2, corrected.epsilon), g];
    },
    flags: { use_locking: false, use_nesterov: false },
  },
  SGDW: nesterov,
};

interface Held {
  value: ResourceVariable;
  slots: ResourceVariable[];
}

/**
 * The update rules as TensorFlow's own operations: one pass over a variable and its slots, where the composed rules
 * take a dozen.
 */
export class NativeOptimizer implements VariableOptimizer {
  private readonly held = new Map<string, Held>();
  private readonly suffixes: readonly string[];
  private steps = 0;

  /** @param sparse moves the variables whose gradients name the rows they have; disposed with this. */
  constructor(
    private readonly tf: TensorFlow,
    private readonly native: NativeVariables,
    private readonly name: OptimizerName,
    private readonly variables: ReadonlyMap<string, Variable>,
    private readonly sparse: Optimizer,
    private readonly options: VariableOptions,
  ) {
    const slots = slotsOf(name);
    this.suffixes = slots.map(({ suffix }) => suffix);
    try {
      for (const [key, variable] of variables) {
        tf.tidy(() => {
          const held: Held = { value: native.variable(variable), slots: [] };
          this.held.set(key, held);
          for (const { initial } of slots) held.slots.push(native.variable(tf.fill(variable.shape, initial)));
        });
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  apply(
    gradients: Readonly<Record<string, Tensor>>,
    rate: number,
    presentRows: Readonly<Record<string, Tensor>> = {},
  ): void {
    const { tf, native } = this;
    this.steps++;
    const { operation, inputs, flags } = kernels[this.name];
    const sparse: Record<string, Tensor> = {};
    for (const [name, gradient] of Object.entries(gradients)) {
      const held = this.held.get(name);
      if (held === undefined) {
        sparse[name] = gradient;
        continue;
      }
      const variable = this.variables.get(name)!;
      const own = rate * (this.options.rateFactors?.get(name) ?? 1);
      const decay = this.options.decays?.get(name) ?? 0;
      tf.tidy(() => {
        if (decay !== 0)
          native.update('ResourceApplyGradientDescent', [held.value], [...scalars(tf, own * decay), variable], {
            use_locking: false,
          });
        native.update(operation, [held.value, ...held.slots], inputs(tf, gradient, own, this.steps), flags);
        variable.assign(held.value.read());
      });
    }
    this.sparse.apply(sparse, rate, presentRows);
  }

  async slotValues(): Promise<Map<string, HostTensor>> {
    const values = await this.sparse.slotValues();
    for (const [name, { slots }] of this.held) {
      for (const [index, slot] of slots.entries()) {
        const read = slot.read();
        try {
          for (const [key, value] of await hostCopies(new Map([[`${name}/${this.suffixes[index]!}`, read]])))
            values.set(key, value);
        } finally {
          read.dispose();
        }
      }
    }
    return values;
  }

  namedScalars(): Map<string, number> {
    return scalarsAfter(this.name, this.steps);
  }

  restore(steps: number, slots: ReadonlyMap<string, Float32Array>): void {
    const { tf } = this;
    this.steps = steps;
    for (const [name, held] of this.held) {
      const { shape } = this.variables.get(name)!;
      held.slots.forEach((slot, index) => {
        const data = slots.get(`${name}/${this.suffixes[index]!}`);
        if (data !== undefined) tf.tidy(() => slot.assign(tf.tensor(data, shape)));
      });
    }
    this.sparse.restore(steps, slots);
  }

  dispose(): void {
    for (const { value, slots } of this.held.values()) for (const variable of [value, ...slots]) variable.dispose();
    this.held.clear();
    this.sparse.dispose();
  }
}
