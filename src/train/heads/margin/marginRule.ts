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

/** What is added to cos θ in the logits. */
export interface Hardening<V> {
  readonly cosine: V | number;
  /** Derivative of the above by cos θ; absent where that is 0. */
  readonly slope?: V;
}

/** How a head makes it harder to be told to be oneself: cos θ ↦ something smaller. A new one is a file beside this one. */
export interface MarginRule {
  /** What it makes of a right angle, as one has with everybody by chance. */
  readonly ofRightAngle: number;
  harden<V>(rows: RowArithmetic<V>, angles: OwnAngles<V>): Hardening<V>;
  /** What it keeps of the images it has seen, moved after each step by `moves`. */
  readonly statistics?: readonly OwnVariable[];
  moves?<V>(batch: BatchArithmetic<V>, images: Images): Readonly<Record<string, V>>;
}

/**
 * cos(θ + a) for one angle or one of each image, and its derivative by cos θ, sin(θ + a)/sin θ; with cos a − 1 for `cos`, by
 * how much they are more than cos θ and 1. θ itself, rounded, would cost digits that the scale s shows. At 0 and π the
 * derivative would grow without end, while what it is multiplied with on the way to the prelogits vanishes with sin θ: it is
 * bounded there.
 */
export function turned<V>(
  rows: RowArithmetic<V>,
  { cosine, sine }: OwnAngles<V>,
  { cos, sin }: { cos: V | number; sin: V | number },
): { cosine: V; slope: V } {
  return {
    cosine: rows.sub(rows.mul(cosine, cos), rows.mul(sine, sin)),
    slope: rows.add(rows.mul(rows.div(sin, rows.atLeast(sine, 1e-3)), cosine), cos),
  };
}
