import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../../network/tensorflow/tensorflow';
import type { OwnVariable } from '../head';

/** The images of a batch by their angles θ, 0 to π, to their own persons' directions. */
export interface OwnAngles {
  /** cos θ, [N]. */
  readonly cosine: Tensor1D;
  /** sin θ, [N], at least 0. */
  readonly sine: Tensor1D;
  /** [N, E], not differentiated. */
  readonly prelogits: Tensor2D;
  /** The head's variables, those of `MarginRule.statistics` among them. */
  readonly variables: ReadonlyMap<string, Tensor>;
}

/** What stands for cos θ in the logits. */
export interface Hardened {
  /** [N] */
  readonly cosine: Tensor;
  /** Its derivative by cos θ, [N]; absent where that is 1. */
  readonly slope?: Tensor;
}

/** How a head makes it harder to be told to be oneself: cos θ ↦ something smaller. A new one is a file beside this one. */
export interface MarginRule {
  /** What it makes of a right angle, as one has with everybody by chance. */
  readonly ofRightAngle: number;
  harden(tf: TensorFlow, angles: OwnAngles): Hardened;
  /** What it keeps of the images it has seen, moved after each step by `moves`. */
  readonly statistics?: readonly OwnVariable[];
  moves?(tf: TensorFlow, prelogits: Tensor2D, variables: ReadonlyMap<string, Tensor>): Readonly<Record<string, Tensor>>;
}

/** cos(θ + a) and sin(θ + a) for a number or a tensor [N]; θ itself, rounded, would cost digits that the scale s shows. */
export function turned(
  tf: TensorFlow,
  { cosine, sine }: OwnAngles,
  { cos, sin }: { cos: Tensor | number; sin: Tensor | number },
): { cosine: Tensor; sine: Tensor } {
  return {
    cosine: tf.sub(tf.mul(cosine, cos), tf.mul(sine, sin)),
    sine: tf.add(tf.mul(sine, cos), tf.mul(cosine, sin)),
  };
}

/**
 * −f′(θ) / sin θ, the derivative by cos θ of f(θ) where f falls by `fall` = −f′(θ). At 0 and π it would grow without end,
 * while what it is multiplied with on the way to the prelogits vanishes with sin θ: it is bounded there.
 */
export function perCosine(tf: TensorFlow, fall: Tensor, { sine }: OwnAngles): Tensor {
  return tf.div(fall, tf.maximum(sine, 1e-3));
}
