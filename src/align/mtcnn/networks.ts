import type { Chain, Stage } from '../../network/ops';
import { chain, stage } from '../../network/network';

/**
 * The three networks of Zhang et al. 2016 in the reference's form (spec §2.6): biases everywhere, PReLU instead of
 * ReLU, TensorFlow's `same` pools in place of caffe's rounding up. The face scores leave as two logits: only the few
 * that may pass the threshold are worth an exponential.
 */
function network(scope: string, stages: readonly Stage[]): Chain {
  return { inputChannels: 3, stages: chain(scope, stages) };
}

/**
 * RNet's first filters, filled up with zeros to a multiple of sixteen: ONNX Runtime then keeps its blocked layout through
 * the pool, which makes the whole network a sixth faster (PNet gains nothing by it).
 */
export function widened(filters: number): number {
  return Math.ceil(filters / 16) * 16;
}

const valid = { padding: 'valid', biases: true } as const;

/**
 * Proposals, sliding: [N, h, w, 3] → [N, ⌈(h−2)/2⌉−4, ⌈(w−2)/2⌉−4, 6]. The reference's two heads conv4-1 (logits) and
 * conv4-2 (regression) are one convolution of six filters.
 */
export const pnet = network('pnet', [
  stage('conv1', (o, x) => o.prelu(o.conv2d(x, 10, 3, 'conv1', valid), 'PReLU1')),
  stage('pool1', (o, x) => o.maxPool(x, 2, { padding: 'same' })),
  stage('conv2', (o, x) => o.prelu(o.conv2d(x, 16, 3, 'conv2', valid), 'PReLU2')),
  stage('conv3', (o, x) => o.prelu(o.conv2d(x, 32, 3, 'conv3', valid), 'PReLU3')),
  stage('conv4', (o, x) => o.output('heads', o.conv2d(x, 6, 1, 'conv4', { biases: true }))),
]);

/** Refinement of 24×24 patches: logits [N, 2] and regression [N, 4]. */
export const rnet = network('rnet', [
  stage('conv1', (o, x) => o.prelu(o.conv2d(x, widened(28), 3, 'conv1', valid), 'prelu1')),
  stage('pool1', (o, x) => o.maxPool(x, 3, { stride: 2, padding: 'same' })),
  stage('conv2', (o, x) => o.prelu(o.conv2d(x, 48, 3, 'conv2', valid), 'prelu2')),
  stage('pool2', (o, x) => o.maxPool(x, 3, { stride: 2 })),
  stage('conv3', (o, x) => o.prelu(o.conv2d(x, 64, 2, 'conv3', valid), 'prelu3')),
  stage('conv4', (o, x) => o.prelu(o.fullyConnected(o.flatten(x), 128, 'conv4', { biases: true }), 'prelu4')),
  stage('conv5', (o, x) => {
    o.output('logits', o.fullyConnected(x, 2, 'conv5-1', { biases: true }));
    return o.output('regression', o.fullyConnected(x, 4, 'conv5-2', { biases: true }));
  }),
]);

/** Verdict on 48×48 patches: logits [N, 2], regression [N, 4] and landmarks [N, 10] (five x, five y in box units). */
export const onet = network('onet', [
  stage('conv1', (o, x) => o.prelu(o.conv2d(x, 32, 3, 'conv1', valid), 'prelu1')),
  stage('pool1', (o, x) => o.maxPool(x, 3, { stride: 2, padding: 'same' })),
  stage('conv2', (o, x) => o.prelu(o.conv2d(x, 64, 3, 'conv2', valid), 'prelu2')),
  stage('pool2', (o, x) => o.maxPool(x, 3, { stride: 2 })),
  stage('conv3', (o, x) => o.prelu(o.conv2d(x, 64, 3, 'conv3', valid), 'prelu3')),
  stage('pool3', (o, x) => o.maxPool(x, 2, { padding: 'same' })),
  stage('conv4', (o, x) => o.prelu(o.conv2d(x, 128, 2, 'conv4', valid), 'prelu4')),
  stage('conv5', (o, x) => o.prelu(o.fullyConnected(o.flatten(x), 256, 'conv5', { biases: true }), 'prelu5')),
  stage('conv6', (o, x) => {
    o.output('logits', o.fullyConnected(x, 2, 'conv6-1', { biases: true }));
    o.output('regression', o.fullyConnected(x, 4, 'conv6-2', { biases: true }));
    return o.output('landmarks', o.fullyConnected(x, 10, 'conv6-3', { biases: true }));
  }),
]);
