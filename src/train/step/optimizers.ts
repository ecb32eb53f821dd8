// The five optimizers with TensorFlow's update rules and names (spec §6.4).
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Tensor as HostTensor } from '../../network/tensor';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { OptimizerName } from '../../protocol/trainConfig';

interface Update {
  value: Tensor;
  slots: Tensor[];
}

interface Rule {
  /** TensorFlow's slot names, appended to the variable's name, with the slot's first value. */
  slots: readonly { suffix: string; initial: number }[];
  /** Whether a sparse gradient moves the rows without gradient too (only Adam, whose moments decay). */
  movesAllRows: boolean;
  /** One step for one variable: `w` value, `g` gradient, `s` slots, `rate` η, `t` number of this step from 1. */
  step(tf: TensorFlow, w: Tensor, g: Tensor, s: readonly Tensor[], rate: number, t: number): Update;
}

/** a·x + b·y. */
function blend(tf: TensorFlow, a: number, x: Tensor, b: number, y: Tensor): Tensor {
  return tf.add(tf.mul(x, a), tf.mul(y, b));
}

const beta1 = 0.9;
const beta2 = 0.999;

const rules: Record<OptimizerName, Rule> = {
  ADAGRAD: {
    slots: [{ suffix: 'Adagrad', initial: 0.1 }],
    movesAllRows: false,
    step(tf, w, g, [accumulator], rate) {
      const a = tf.add(accumulator!, tf.square(g));
      return { value: tf.sub(w, tf.mul(tf.mul(g, rate), tf.rsqrt(a))), slots: [a] };
    },
  },
  ADADELTA: {
    slots: [
      { suffix: 'Adadelta', initial: 0 },
      { suffix: 'Adadelta_1', initial: 0 },
    ],
    movesAllRows: false,
    step(tf, w, g, [accumulator, updates], rate) {
      const epsilon = 1e-6;
      const a = blend(tf, 0.9, accumulator!, 0.1, tf.square(g));
      const d = tf.mul(tf.mul(tf.sqrt(tf.add(updates!, epsilon)), tf.rsqrt(tf.add(a, epsilon))), g);
      return { value: tf.sub(w, tf.mul(d, rate)), slots: [a, blend(tf, 0.9, updates!, 0.1, tf.square(d))] };
    },
  },
  ADAM: {
    slots: [
      { suffix: 'Adam', initial: 0 },
      { suffix: 'Adam_1', initial: 0 },
    ],
    movesAllRows: true,
    step(tf, w, g, [first, second], rate, t) {
      const m = blend(tf, beta1, first!, 1 - beta1, g);
      const v = blend(tf, beta2, second!, 1 - beta2, tf.square(g));
      const corrected = (rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
      return { value: tf.sub(w, tf.div(tf.mul(m, corrected), tf.add(tf.sqrt(v), 0.1))), slots: [m, v] };
    },
  },
  RMSPROP: {
    slots: [
      { suffix: 'RMSProp', initial: 1 },
      { suffix: 'RMSProp_1', initial: 0 },
    ],
    movesAllRows: false,
    step(tf, w, g, [square, momentum], rate) {
      const s = blend(tf, 0.9, square!, 0.1, tf.square(g));
      const b = tf.add(tf.mul(momentum!, 0.9), tf.mul(tf.mul(g, rate), tf.rsqrt(tf.add(s, 1))));
      return { value: tf.sub(w, b), slots: [s, b] };
    },
  },
  MOM: {
    slots: [{ suffix: 'Momentum', initial: 0 }],
    movesAllRows: false,
    step(tf, w, g, [momentum], rate) {
      const b = tf.add(tf.mul(momentum!, 0.9), g);
      return { value: tf.sub(w, blend(tf, rate, g, rate * 0.9, b)), slots: [b] };
    },
  },
};

/** Adam's bias correction as TensorFlow keeps it: β^(t+1) after t steps. */
const powers = { beta1_power: beta1, beta2_power: beta2 } as const;

/** Moves named variables along their gradients and keeps the state (slots) that this takes. */
export interface VariableOptimizer {
  /**
   * One step with learning rate `rate`. Variables without a gradient stay as they are.
   * @param presentRows for variables with a sparse gradient (centres): [rows, 1], 1 where a row has a gradient. All
   * rules but Adam leave the other rows and their slots alone, as TensorFlow does.
   */
  apply(
    gradients: Readonly<Record<string, Tensor>>,
    rate: number,
    presentRows?: Readonly<Record<string, Tensor>>,
  ): void;
  /** Values of the slots under TensorFlow's names, e.g. `Logits/weights/Adam_1`. */
  slotValues(): Promise<Map<string, HostTensor>>;
  /** Adam's `beta1_power` and `beta2_power`; nothing for the others. */
  namedScalars(): Map<string, number>;
  /** Continues after `steps` steps with the slots of a checkpoint; a slot that is missing there keeps its first value. */
  restore(steps: number, slots: ReadonlyMap<string, Float32Array>): void;
  dispose(): void;
}

/** The update rules composed of elementwise operations, on any engine. */
export class Optimizer implements VariableOptimizer {
  private readonly rule: Rule;
  private readonly slots = new Map<string, Variable[]>();
  private steps = 0;

  /**
   * @param variables by their checkpoint names; the optimizer neither owns nor disposes them
   * @param tf any TensorFlow.js
   */
  constructor(
    private readonly tf: TensorFlow,
    private readonly name: OptimizerName,
    private readonly variables: ReadonlyMap<string, Variable>,
  ) {
    this.rule = rules[name];
    for (const [key, { shape }] of variables) {
      this.slots.set(
        key,
        this.rule.slots.map(({ initial }) => tf.tidy(() => tf.variable(tf.fill(shape, initial), false))),
      );
    }
  }

  apply(
    gradients: Readonly<Record<string, Tensor>>,
    rate: number,
    presentRows: Readonly<Record<string, Tensor>> = {},
  ): void {
    const { tf, rule } = this;
    this.steps++;
    for (const [name, gradient] of Object.entries(gradients)) {
      const variable = this.variables.get(name);
      const slots = this.slots.get(name);
      if (variable === undefined || slots === undefined) throw new Error(`no trained variable ${name}`);
      tf.tidy(() => {
        const next = rule.step(tf, variable, gradient, slots, rate, this.steps);
        const rows = rule.movesAllRows ? undefined : presentRows[name];
        const assign = (target: Variable, value: Tensor): void =>
          target.assign(rows === undefined ? value : tf.add(target, tf.mul(tf.sub(value, target), rows)));
        assign(variable, next.value);
        next.slots.forEach((value, index) => assign(slots[index]!, value));
      });
    }
  }

  /** Slots under TensorFlow's names, e.g. `Logits/weights/Adam_1`. The tensors stay the optimizer's. */
  namedSlots(): Map<string, Variable> {
    const named = new Map<string, Variable>();
    for (const [name, slots] of this.slots) {
      this.rule.slots.forEach(({ suffix }, index) => named.set(`${name}/${suffix}`, slots[index]!));
    }
    return named;
  }

  async slotValues(): Promise<Map<string, HostTensor>> {
    return hostCopies(this.namedSlots());
  }

  namedScalars(): Map<string, number> {
    return scalarsAfter(this.name, this.steps);
  }

  restore(steps: number, slots: ReadonlyMap<string, Float32Array>): void {
    const { tf } = this;
    this.steps = steps;
    for (const [name, slot] of this.namedSlots()) {
      const data = slots.get(name);
      if (data !== undefined) tf.tidy(() => slot.assign(tf.tensor(data, slot.shape)));
    }
  }

  dispose(): void {
    for (const slots of this.slots.values()) for (const slot of slots) slot.dispose();
    this.slots.clear();
  }
}

/** Copies of named tensors in the host's memory. */
export async function hostCopies(tensors: ReadonlyMap<string, Tensor>): Promise<Map<string, HostTensor>> {
  const copies = new Map<string, HostTensor>();
  for (const [name, tensor] of tensors)
    copies.set(name, { shape: tensor.shape, data: Float32Array.from((await tensor.data()) as Float32Array) });
  return copies;
}

/** The scalars that TensorFlow saves beside the slots after `steps` steps. */
export function scalarsAfter(optimizer: OptimizerName, steps: number): Map<string, number> {
  if (optimizer !== 'ADAM') return new Map();
  return new Map(Object.entries(powers).map(([name, beta]) => [name, beta ** (steps + 1)]));
}

/** TensorFlow's slot names of an optimizer, appended to a variable's name, with the slots' first values. */
export function slotsOf(optimizer: OptimizerName): readonly { suffix: string; initial: number }[] {
  return rules[optimizer].slots;
}
