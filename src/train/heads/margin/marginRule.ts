import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { OwnVariable } from '../head';
import type { BatchArithmetic, RowArithmetic } from './rowArithmetic';

/** The images of a batch. */
export interface Images {
  /** [N, E], not differentiated. */
  readonly prelogits: Tensor2D;
  /** The head's variables, those of `MarginRule.statistics` among them. */
  readonly variables: ReadonlyMap<string, Tensor>;
}

/** The same by their angles θ, 0 to π, to their own persons' directions. */
export interface OwnAngles<V> extends Images {
  /** cos θ of each image. */
  readonly cosine: V;
  /** sin θ of each image, at least 0. */
  readonly sine: V;
}

/** What stands for cos θ in the logits. */
export interface Hardened<V> {
  readonly cosine: V;
  /** Its derivative by cos θ; absent where that is 1. */
  readonly slope?: V;
}

/** How a head makes it harder to be told to be oneself: cos θ ↦ something smaller. A new one is a file beside this one. */
export interface MarginRule {
  /** What it makes of a right angle, as one has with everybody by chance. */
  readonly ofRightAngle: number;
  harden<V>(rows: RowArithmetic<V>, angles: OwnAngles<V>): Hardened<V>;
  /** What it keeps of the images it has seen, moved after each step by `moves`. */
  readonly statistics?: readonly OwnVariable[];
  moves?<V>(batch: BatchArithmetic<V>, images: Images): Readonly<Record<string, V>>;
}

/** cos(θ + a) and sin(θ + a) for one angle or one of each image; θ itself, rounded, would cost digits that the scale s shows. */
export function turned<V>(
  rows: RowArithmetic<V>,
  { cosine, sine }: OwnAngles<V>,
  { cos, sin }: { cos: V | number; sin: V | number },
): { cosine: V; sine: V } {
  return {
    cosine: rows.sub(rows.mul(cosine, cos), rows.mul(sine, sin)),
    sine: rows.add(rows.mul(sine, cos), rows.mul(cosine, sin)),
  };
}

/**
 * −f′(θ) / sin θ, the derivative by cos θ of f(θ) where f falls by `fall` = −f′(θ). At 0 and π it would grow without end,
 * while what it is multiplied with on the way to the prelogits vanishes with sin θ: it is bounded there.
 */
export function perCosine<V>(rows: RowArithmetic<V>, fall: V, { sine }: OwnAngles<V>): V {
  return rows.div(fall, rows.atLeast(sine, 1e-3));
}
