// What a training with triplets chooses and computes on embeddings that Python has left.
import { join } from 'node:path';
import type { Rank, Tensor2D } from '@tensorflow/tfjs-core';
import { readNpy, toFloat64 } from '../../src/checkpoint/npy';
import { openWasm } from '../../src/engine/wasm/openWasm';
import { cosinesOf } from '../../src/train/data/cosines';
import { selectTriplets } from '../../src/train/data/tripletSelection';
import { tripletHead } from '../../src/train/heads/triplet';

/** The chosen triplets of either condition, and loss and gradient of batches of prelogits. */
export async function readTriplets(folder: string): Promise<unknown> {
  const values = async (name: string) => readNpy(join(folder, `triplet_${name}.npy`));
  const tf = await openWasm();
  const embeddings = await values('embeddings');
  const counts = [...toFloat64(await values('counts'))];
  const draws = [...toFloat64(await values('draws'))];
  const selections = [];
  for (const semiHard of [false, true]) {
    const cosines = cosinesOf(tf, Float32Array.from(toFloat64(embeddings)), embeddings.shape[1]!);
    let next = 0;
    const settings = { peoplePerBatch: 5, alpha: 0.2, semiHard };
    const { triplets, pairs } = await selectTriplets(counts, cosines, settings, () => draws[next++]!);
    cosines.dispose();
    selections.push({ semiHard, pairs, triplets: [...triplets] });
  }
  const prelogits = await values('prelogits');
  const [rows, size] = prelogits.shape as [number, number];
  const head = tripletHead({ alpha: 0.2, semiHard: false, peoplePerBatch: 5, imagesPerPerson: 8 });
  const labels = tf.zeros<Rank.R1>([rows], 'int32');
  const { value, grad } = tf.valueAndGrad(
    (x) =>
      head.loss(tf, { prelogits: x as unknown as Tensor2D, labels, variables: new Map(), inputGradient: true }).main,
  )(tf.tensor2d(Float32Array.from(toFloat64(prelogits)), [rows, size]));
  return { selections, loss: (await value.data())[0], gradient: [...(await grad.data())] };
}
