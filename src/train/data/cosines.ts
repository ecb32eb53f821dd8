import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';

/** Cosines of the angles between a round's embeddings. */
export interface Cosines {
  /** Those of `count` images from `start` on to all M images, [count, M]. */
  rows(start: number, count: number): Promise<Float32Array>;
  dispose(): void;
}

/** Cosines between the rows of embeddings [M, E], each of length 1, by the engine's matrix product. */
export function cosinesOf(tf: TensorFlow, embeddings: Float32Array, dimension: number): Cosines {
  const all = tf.tensor2d(embeddings, [embeddings.length / dimension, dimension]);
  let turned: Tensor2D;
  try {
    // Once: a product with the second matrix as it lies in memory is the fast one.
    turned = tf.transpose<Tensor2D>(all);
  } catch (error) {
    all.dispose();
    throw error;
  }
  return {
    async rows(start, count) {
      const products = tf.tidy(() => tf.matMul(tf.slice(all, [start, 0], [count, dimension]), turned));
      try {
        return (await products.data()) as Float32Array;
      } finally {
        products.dispose();
      }
    },
    dispose() {
      all.dispose();
      turned.dispose();
    },
  };
}
