import type { FineTuning } from './network';
import type { Extent, Ops, WindowOptions } from './ops';

/** The reference's `conv`: convolution without bias, batch norm, ReLU (spec §4.1). */
export function conv<T>(o: Ops<T>, x: T, filters: number, kernel: Extent, name: string, options?: WindowOptions): T {
  return o.relu(o.batchNorm(o.conv2d(x, filters, kernel, name, options), `${name}/BatchNorm`));
}

/** Convolution with bias, without normalisation or activation (spec §4.1). */
export function linearConv<T>(o: Ops<T>, x: T, filters: number, kernel: Extent, name: string): T {
  return o.conv2d(x, filters, kernel, name, { biases: true });
}

/** The last layer: fully connected without bias, batch norm, no activation (spec §4.2). */
export function bottleneck<T>(o: Ops<T>, x: T, units: number): T {
  return o.batchNorm(o.fullyConnected(x, units, 'Bottleneck'), 'Bottleneck/BatchNorm');
}

/**
 * Fine-tuning of networks that end in `bottleneck`. The classifier's gradient grows with the prelogits, which that batch
 * norm makes about 22 long. Directions have no length, so under a margin it has the starter's rate; the last block's rate is a
 * third, as there.
 */
export const bottleneckFineTuning: FineTuning = {
  classifier: { epochs: 50, rate: 0.05 },
  lastBlock: { epochs: 10, rate: 0.001 },
  marginRates: { classifier: 1, lastBlock: 0.0003 },
};
