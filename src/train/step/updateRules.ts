// The update rules with TensorFlow's names: the five of the reference (spec §6.4), and AdamW and SGDW with decoupled weight
// decay, whose slots are called as in TensorFlow's `contrib.opt`.
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { OptimizerName } from '../../protocol/trainConfig';

/** A number of a step: known now, or only once a graph runs. */
export type Factor = number | Scalar;

interface Update {
  value: Tensor;
  slots: Tensor[];
}

export interface UpdateRule {
  /** TensorFlow's slot names, appended to the variable's name, with the slot's first value. */
  slots: readonly { suffix: string; initial: number }[];
  /** Whether a sparse gradient moves the rows without gradient too (only Adam's kind, whose moments decay). */
  movesAllRows: boolean;
  /** Whether weight decay is taken from the weights themselves and is no part of the loss. */
  decoupled?: boolean;
  /** What step `t`, from 1, with `rate` η takes beside the tensors. */
  readonly factors: (rate: number, t: number) => readonly number[];
  /** One step for one variable: `w` value, `g` gradient, `s` slots, then the `factors`. */
  step(tf: TensorFlow, w: Tensor, g: Tensor, s: readonly Tensor[], factors: readonly Factor[]): Update;
}

/** a·x + b·y. */
function blend(tf: TensorFlow, a: Factor, x: Tensor, b: Factor, y: Tensor): Tensor {
  return tf.add(tf.mul(x, a), tf.mul(y, b));
}

const beta1 = 0.9;
const beta2 = 0.999;

/**
 * AdamW as in its paper (Loshchilov and Hutter 2019, algorithm 2): η·m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ) and
 * v̂ = v / (1 − β₂ᵗ). The betas are those that float32 has, so that the moments and their corrections agree.
 */
export const adamW = {
  beta1: Math.fround(beta1),
  beta2: Math.fround(beta2),
  /** The same step as η'·m / (√v + ε'), which is what TensorFlow's operation computes. */
  corrected(rate: number, t: number): { rate: number; epsilon: number } {
    const root = Math.sqrt(1 - adamW.beta2 ** t);
    return { rate: (rate * root) / (1 - adamW.beta1 ** t), epsilon: 1e-8 * root };
  },
} as const;

/** Nesterov momentum of 0.9. */
const nesterov: Pick<UpdateRule, 'factors' | 'step'> = {
  factors: (rate) => [rate, rate * 0.9],
  step(tf, w, g, [momentum], [rate, ahead]) {
    const b = tf.add(tf.mul(momentum!, 0.9), g);
    return { value: tf.sub(w, blend(tf, rate!, g, ahead!, b)), slots: [b] };
  },
};

/** Factors of a rule that takes the rate as it is. */
export const rateAlone = (rate: number): readonly number[] => [rate];

export const rules: Readonly<Record<OptimizerName, UpdateRule>> = {
  ADAGRAD: {
    slots: [{ suffix: 'Adagrad', initial: 0.1 }],
    movesAllRows: false,
    factors: rateAlone,
    step(tf, w, g, [accumulator], [rate]) {
      const a = tf.add(accumulator!, tf.square(g));
      return { value: tf.sub(w, tf.mul(tf.mul(g, rate!), tf.rsqrt(a))), slots: [a] };
    },
  },
  ADADELTA: {
    slots: [
      { suffix: 'Adadelta', initial: 0 },
      { suffix: 'Adadelta_1', initial: 0 },
    ],
    movesAllRows: false,
    factors: rateAlone,
    step(tf, w, g, [accumulator, updates], [rate]) {
      const epsilon = 1e-6;
      const a = blend(tf, 0.9, accumulator!, 0.1, tf.square(g));
      const d = tf.mul(tf.mul(tf.sqrt(tf.add(updates!, epsilon)), tf.rsqrt(tf.add(a, epsilon))), g);
      return { value: tf.sub(w, tf.mul(d, rate!)), slots: [a, blend(tf, 0.9, updates!, 0.1, tf.square(d))] };
    },
  },
  ADAM: {
    slots: [
      { suffix: 'Adam', initial: 0 },
      { suffix: 'Adam_1', initial: 0 },
    ],
    movesAllRows: true,
    factors: (rate, t) => [(rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t)],
    step(tf, w, g, [first, second], [corrected]) {
      const m = blend(tf, beta1, first!, 1 - beta1, g);
      const v = blend(tf, beta2, second!, 1 - beta2, tf.square(g));
      return { value: tf.sub(w, tf.div(tf.mul(m, corrected!), tf.add(tf.sqrt(v), 0.1))), slots: [m, v] };
    },
  },
  RMSPROP: {
    slots: [
      { suffix: 'RMSProp', initial: 1 },
      { suffix: 'RMSProp_1', initial: 0 },
    ],
    movesAllRows: false,
    factors: rateAlone,
    step(tf, w, g, [square, momentum], [rate]) {
      const s = blend(tf, 0.9, square!, 0.1, tf.square(g));
      const b = tf.add(tf.mul(momentum!, 0.9), tf.mul(tf.mul(g, rate!), tf.rsqrt(tf.add(s, 1))));
      return { value: tf.sub(w, b), slots: [s, b] };
    },
  },
  MOM: {
    slots: [{ suffix: 'Momentum', initial: 0 }],
    movesAllRows: false,
    ...nesterov,
  },
  ADAMW: {
    slots: [
      { suffix: 'AdamW', initial: 0 },
      { suffix: 'AdamW_1', initial: 0 },
    ],
    movesAllRows: true,
    decoupled: true,
    factors: (rate, t) => {
      const corrected = adamW.corrected(rate, t);
      return [corrected.rate, corrected.epsilon];
    },
    step(tf, w, g, [first, second], [rate, epsilon]) {
      const m = blend(tf, adamW.beta1, first!, 1 - adamW.beta1, g);
      const v = blend(tf, adamW.beta2, second!, 1 - adamW.beta2, tf.square(g));
      return {
        value: tf.sub(w, tf.div(tf.mul(m, rate!), tf.add(tf.sqrt(v), epsilon!))),
        slots: [m, v],
      };
    },
  },
  SGDW: {
    slots: [{ suffix: 'MomentumW', initial: 0 }],
    movesAllRows: false,
    decoupled: true,
    ...nesterov,
  },
};

/** Adam's bias correction as TensorFlow keeps it: β^(t+1) after t steps. */
const powers = { beta1_power: beta1, beta2_power: beta2 } as const;

/** The scalars that TensorFlow saves beside the slots after `steps` steps. */
export function scalarsAfter(optimizer: OptimizerName, steps: number): Map<string, number> {
  if (optimizer !== 'ADAM' && optimizer !== 'ADAMW') return new Map();
  return new Map(Object.entries(powers).map(([name, beta]) => [name, beta ** (steps + 1)]));
}

/** TensorFlow's slot names of an optimizer, appended to a variable's name, with the slots' first values. */
export function slotsOf(optimizer: OptimizerName): readonly { suffix: string; initial: number }[] {
  return rules[optimizer].slots;
}

/** Whether an optimizer takes weight decay from the weights themselves (Loshchilov and Hutter 2019) and not into the loss. */
export function decouplesDecay(optimizer: OptimizerName): boolean {
  return rules[optimizer].decoupled === true;
}
