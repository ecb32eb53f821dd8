import { describe } from '../../network/describe';
import type { Network } from '../../network/network';
import type { Weights } from '../../network/tensor';
import { halfSquaredSum, prelogitsNorms } from './losses';
import { centersName, type LossConfig } from './tailTrainer';

export interface ValidationMeasure {
  loss: number;
  crossEntropy: number;
  accuracy: number;
}

/**
 * The loss and accuracy of the classifier on images that were not trained with (spec §6.7), as means over all of them;
 * the reference drops the last incomplete batch and moves the centres, this does neither.
 * @param prelogits [N, E]
 */
export function measureValidation(
  network: Network,
  weights: Weights,
  prelogits: Float32Array,
  labels: readonly number[],
  config: LossConfig,
): ValidationMeasure {
  const { data: kernel, shape } = weights.get('Logits/weights')!;
  const biases = weights.get('Logits/biases')!.data;
  const [dimension, classes] = [shape[0]!, shape[1]!];
  const centers = config.centerLossFactor > 0 ? weights.get(centersName)!.data : undefined;
  let [xent, correct, norm, center] = [0, 0, 0, 0];
  const logits = new Float64Array(classes);
  labels.forEach((label, row) => {
    const features = prelogits.subarray(row * dimension, (row + 1) * dimension);
    logits.set(biases);
    for (let i = 0; i < dimension; i++) {
      const feature = features[i]!;
      for (let c = 0; c < classes; c++) logits[c] = logits[c]! + feature * kernel[i * classes + c]!;
    }
    let best = 0;
    for (let c = 1; c < classes; c++) if (logits[c]! > logits[best]!) best = c;
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(logits[c]! - logits[best]!);
    xent += logits[best]! + Math.log(sum) - logits[label]!;
    if (best === label) correct++;
    if (config.prelogitsNormLossFactor > 0) norm += prelogitsNorms(features, 1, config.prelogitsNormP);
    if (centers !== undefined) {
      for (let i = 0; i < dimension; i++) center += (features[i]! - centers[label * dimension + i]!) ** 2 / dimension;
    }
  });
  const count = labels.length;
  const regularization =
    config.weightDecay * (config.weightDecay > 0 ? decayedSum(network, weights, classes) : 0) +
    (config.prelogitsNormLossFactor * norm + config.centerLossFactor * center) / count;
  return { crossEntropy: xent / count, loss: xent / count + regularization, accuracy: correct / count };
}

function decayedSum(network: Network, weights: Weights, classes: number): number {
  const decayed = describe(network, { classes }).variables.filter(({ regularized }) => regularized);
  return decayed.reduce((sum, { name }) => sum + halfSquaredSum(weights.get(name)!.data), 0);
}
