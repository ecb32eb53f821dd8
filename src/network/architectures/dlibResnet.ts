import { chain, scoped, stage, type Architecture, type Build, type FineTuning } from '../network';
import type { Ops, WindowOptions } from '../ops';

/** Convolution with bias, then dlib's affine layer: a batch norm with its statistics folded in. */
function conv<T>(o: Ops<T>, x: T, filters: number, kernel: number, name: string, options?: WindowOptions): T {
  return o.affine(o.conv2d(x, filters, kernel, name, { biases: true, ...options }), `${name}/Scale`);
}

/** Two 3×3 convolutions beside the identity. */
function residual(filters: number): Build {
  return (o, net) => {
    const x = o.relu(conv(o, net, filters, 3, 'conv1'));
    return o.relu(o.add(net, conv(o, x, filters, 3, 'conv2')));
  };
}

/**
 * The same at half the size: the identity is averaged 2×2 and widened with zero channels. The unpadded convolution may
 * give one row and column less than the pool; they are zeros.
 */
function residualDown(filters: number): Build {
  return (o, net) => {
    const x = o.relu(conv(o, net, filters, 3, 'conv1', { stride: 2, padding: 'valid' }));
    const branch = conv(o, x, filters, 3, 'conv2');
    const pooled = o.averagePool(net, 2);
    const [height = 0, width = 0, channels = 0] = o.shape(pooled);
    const [branchHeight = 0, branchWidth = 0] = o.shape(branch);
    const grown = o.zeroPad(branch, { height: height - branchHeight, width: width - branchWidth });
    return o.relu(o.add(o.zeroPad(pooled, { channels: filters - channels }), grown));
  };
}

/**
 * No batch norm ends this network: its prelogits are about 1.4 long, so that the classifier's gradient is small and needs
 * far larger rates. They were chosen by measurement: with 175 people of LFW the classifier told 92 % of the validation
 * images right at 10, 9 % at 0.1; beyond 0.0003 the last block cost more than its fold deviation of LFW accuracy on
 * people outside the training set. Under a margin a classifier at 10 scattered the directions: what followed cost people
 * outside the training set about 2 % (docs/heads.md).
 */
const fineTuning: FineTuning = {
  classifier: { epochs: 100, rate: 10 },
  lastBlock: { epochs: 10, rate: 0.0003 },
  marginRates: { classifier: 1, lastBlock: 0.0001 },
};

/**
 * dlib's face recognition ResNet with 29 convolutions (King 2017; the ResNet-34 of He et al. 2016 with fewer layers and
 * half the filters). Its published embedding has 128 dimensions. It needs a known input size.
 */
export function dlibResnet(embeddingSize: number): Architecture {
  return {
    scope: 'DlibResnet',
    inputChannels: 3,
    recipe: { alignment: 'landmarks', chip: 'mean-face', imageSize: 150, standardization: 'dlib' },
    lastBlock: 'Block256_Down_Out',
    bottleneck: 'Bottleneck',
    fineTuning,
    stages: chain('DlibResnet', [
      stage('Stem', (o, x) => o.relu(conv(o, x, 32, 7, 'Stem', { stride: 2, padding: 'valid' }))),
      stage('MaxPool', (o, x) => o.maxPool(x, 3, { stride: 2 })),
      scoped('Block32_1', residual(32)),
      scoped('Block32_2', residual(32)),
      scoped('Block32_3', residual(32)),
      scoped('Block64_Down', residualDown(64)),
      scoped('Block64_1', residual(64)),
      scoped('Block64_2', residual(64)),
      scoped('Block64_3', residual(64)),
      scoped('Block128_Down', residualDown(128)),
      scoped('Block128_1', residual(128)),
      scoped('Block128_2', residual(128)),
      scoped('Block256_Down', residualDown(256)),
      scoped('Block256_1', residual(256)),
      scoped('Block256_2', residual(256)),
      scoped('Block256_Down_Out', residualDown(256)),
      stage('AvgPool', (o, x) => o.dropout(o.globalAveragePool(x))),
      stage('Bottleneck', (o, x) => o.fullyConnected(x, embeddingSize, 'Bottleneck')),
    ]),
  };
}
