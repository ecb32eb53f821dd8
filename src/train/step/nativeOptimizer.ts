import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { NativeVariables, ResourceVariable } from '../../network/tensorflow/nativeVariables';
import type { Tensor as HostTensor } from '../../network/tensor';
import type { OptimizerName } from '../../protocol/trainConfig';
import {
  hostCopies,
  type Optimizer,
  type Rates,
  ratesOf,
  type VariableOptimizer,
  type VariableOptions,
} from './optimizers';
import { adamW, type Factor, rateAlone, rules, scalarsAfter, slotsOf } from './updateRules';

interface Kernel {
  operation: string;
  /** What step `t`, from 1, with `rate` takes beside the tensors. */
  factors: (rate: number, t: number) => readonly number[];
  /** Inputs after the variables, in the operation's order. */
  inputs: (factors: readonly Factor[], g: Tensor) => readonly (Factor | Tensor)[];
  flags: Readonly<Record<string, boolean>>;
}

const nesterov: Kernel = {
  operation: 'ResourceApplyMomentum',
  factors: rateAlone,
  inputs: ([rate], g) => [rate!, g, 0.9],
  flags: { use_locking: false, use_nesterov: true },
};

/** TensorFlow's operations with the hyper-parameters of the rules. */
const kernels: Readonly<Record<OptimizerName, Kernel>> = {
  ADAGRAD: {
    operation: 'ResourceApplyAdagrad',
    factors: rateAlone,
    inputs: ([rate], g) => [rate!, g],
    flags: { use_locking: false, update_slots: true },
  },
  ADADELTA: {
    operation: 'ResourceApplyAdadelta',
    factors: rateAlone,
    inputs: ([rate], g) => [rate!, 0.9, 1e-6, g],
    flags: { use_locking: false },
  },
  ADAM: {
    operation: 'ResourceApplyAdam',
    factors: (rate, t) => [0.9 ** t, 0.999 ** t, rate],
    inputs: (factors, g) => [...factors, 0.9, 0.999, 0.1, g],
    flags: { use_locking: false, use_nesterov: false },
  },
  RMSPROP: {
    operation: 'ResourceApplyRMSProp',
    factors: rateAlone,
    inputs: ([rate], g) => [rate!, 0.9, 0.9, 1, g],
    flags: { use_locking: false },
  },
  MOM: nesterov,
  ADAMW: {
    operation: 'ResourceApplyAdam',
    factors: rules.ADAMW.factors,
    // With powers of 0 the operation corrects nothing itself.
    inputs: ([rate, epsilon], g) => [0, 0, rate!, adamW.beta1, adamW.beta2, epsilon!, g],
    flags: { use_locking: false, use_nesterov: false },
  },
  SGDW: nesterov,
};

interface Held {
  value: ResourceVariable;
  slots: ResourceVariable[];
}

/** Gives what a variable, or a slot of one, is kept in. @param name as in a checkpoint */
export type MakeResource = (value: Tensor, name: string) => ResourceVariable;

/**
 * The numbers of step `t`, from 1, with learning rate `rate`, by variable.
 * @param isSparse whether the gradients of a variable name the rows they have
 */
export function ratesAt(
  name: OptimizerName,
  options: VariableOptions,
  isSparse: (variable: string) => boolean,
  rate: number,
  t: number,
): ReturnType<typeof ratesOf> {
  const dense = ratesOf(options, rate, (own) => kernels[name].factors(own, t));
  const rows = ratesOf(options, rate, (own) => rules[name].factors(own, t));
  return (variable) => (isSparse(variable) ? rows(variable) : dense(variable));
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
    make: MakeResource = (value) => native.variable(value),
  ) {
    const slots = slotsOf(name);
    this.suffixes = slots.map(({ suffix }) => suffix);
    try {
      for (const [key, variable] of variables) {
        tf.tidy(() => {
          const held: Held = { value: make(variable, key), slots: [] };
          this.held.set(key, held);
          for (const { suffix, initial } of slots)
            held.slots.push(make(tf.fill(variable.shape, initial), `${key}/${suffix}`));
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
    const step = ++this.steps;
    const isSparse = (key: string): boolean => !this.held.has(key);
    this.move(gradients, ratesAt(this.name, this.options, isSparse, rate, step), presentRows);
  }

  move(
    gradients: Readonly<Record<string, Tensor>>,
    rates: (name: string) => Rates,
    presentRows: Readonly<Record<string, Tensor>> = {},
  ): void {
    const { tf, native } = this;
    const { operation, inputs, flags } = kernels[this.name];
    const scalar = (value: Factor | Tensor): Tensor => (typeof value === 'number' ? tf.scalar(value) : value);
    const sparse: Record<string, Tensor> = {};
    for (const [name, gradient] of Object.entries(gradients)) {
      const held = this.held.get(name);
      if (held === undefined) {
        sparse[name] = gradient;
        continue;
      }
      const variable = this.variables.get(name)!;
      const { factors, decay } = rates(name);
      tf.tidy(() => {
        if (decay !== undefined)
          native.update('ResourceApplyGradientDescent', [held.value], [scalar(decay), variable], {
            use_locking: false,
          });
        native.update(operation, [held.value, ...held.slots], inputs(factors, gradient).map(scalar), flags);
        variable.assign(held.value.read());
      });
    }
    this.sparse.move(sparse, rates, presentRows);
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
