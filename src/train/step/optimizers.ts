// Variables moved by an update rule, and the state that this takes.
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Tensor as HostTensor } from '../../network/tensor';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { OptimizerName } from '../../protocol/trainConfig';
import { type Factor, rules, scalarsAfter, type UpdateRule } from './updateRules';

/** What holds for some variables, by their names. */
export interface VariableOptions {
  /** Factors of the rate η, of decay too; 1 where none is named. */
  rateFactors?: ReadonlyMap<string, number>;
  /** Factors λ of decoupled weight decay: a step with rate η also takes η·λ·w away. None where none is named. */
  decays?: ReadonlyMap<string, number>;
}

/** The numbers of a step for one variable. */
export interface Rates {
  /** What its rule takes beside the tensors. */
  factors: readonly Factor[];
  /** η·λ of its decoupled decay, where it has one. */
  decay?: Factor;
}

/** Those of a step with learning rate `rate`, by variable; `factors` are those that the rule has. */
export function ratesOf(
  { rateFactors, decays }: VariableOptions,
  rate: number,
  factors: (rate: number) => readonly number[],
): (name: string) => Rates & { factors: readonly number[]; decay?: number } {
  return (name) => {
    const own = rate * (rateFactors?.get(name) ?? 1);
    const decay = decays?.get(name) ?? 0;
    return { factors: factors(own), ...(decay !== 0 && { decay: own * decay }) };
  };
}

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
  /** The same with the numbers of a step that is not counted. */
  move(
    gradients: Readonly<Record<string, Tensor>>,
    rates: (name: string) => Rates,
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
  private readonly rule: UpdateRule;
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
    private readonly options: VariableOptions = {},
  ) {
    this.rule = rules[name];
    try {
      for (const [key, { shape }] of variables) {
        const slots: Variable[] = [];
        this.slots.set(key, slots);
        for (const { initial } of this.rule.slots)
          slots.push(tf.tidy(() => tf.variable(tf.fill(shape, initial), false)));
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
    const { rule, options } = this;
    const step = ++this.steps;
    this.move(
      gradients,
      ratesOf(options, rate, (own) => rule.factors(own, step)),
      presentRows,
    );
  }

  move(
    gradients: Readonly<Record<string, Tensor>>,
    rates: (name: string) => Rates,
    presentRows: Readonly<Record<string, Tensor>> = {},
  ): void {
    const { tf, rule } = this;
    for (const [name, gradient] of Object.entries(gradients)) {
      const variable = this.variables.get(name);
      const slots = this.slots.get(name);
      if (variable === undefined || slots === undefined) throw new Error(`no trained variable ${name}`);
      const { factors, decay } = rates(name);
      tf.tidy(() => {
        const next = rule.step(tf, variable, gradient, slots, factors);
        const rows = rule.movesAllRows ? undefined : presentRows[name];
        const assign = (target: Variable, value: Tensor): void =>
          target.assign(rows === undefined ? value : tf.add(target, tf.mul(tf.sub(value, target), rows)));
        assign(variable, decay === undefined ? next.value : tf.sub(next.value, tf.mul(variable, decay)));
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
