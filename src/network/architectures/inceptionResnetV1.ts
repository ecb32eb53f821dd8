import { chain, repeat, scoped, stage, type Architecture, type Build } from '../network';
import { bottleneck, bottleneckFineTuning, conv } from '../slim';
import { branches, residual } from './inceptionResnetBlocks';

const block35: Build = (o, net) =>
  branches(o, [
    () => conv(o, net, 32, 1, 'Conv2d_1x1'),
    () => {
      const x = conv(o, net, 32, 1, 'Conv2d_0a_1x1');
      return conv(o, x, 32, 3, 'Conv2d_0b_3x3');
    },
    () => {
      const x = conv(o, net, 32, 1, 'Conv2d_0a_1x1');
      const y = conv(o, x, 32, 3, 'Conv2d_0b_3x3');
      return conv(o, y, 32, 3, 'Conv2d_0c_3x3');
    },
  ]);

const block17: Build = (o, net) =>
  branches(o, [
    () => conv(o, net, 128, 1, 'Conv2d_1x1'),
    () => {
      const x = conv(o, net, 128, 1, 'Conv2d_0a_1x1');
      const y = conv(o, x, 128, [1, 7], 'Conv2d_0b_1x7');
      return conv(o, y, 128, [7, 1], 'Conv2d_0c_7x1');
    },
  ]);

const block8: Build = (o, net) =>
  branches(o, [
    () => conv(o, net, 192, 1, 'Conv2d_1x1'),
    () => {
      const x = conv(o, net, 192, 1, 'Conv2d_0a_1x1');
      const y = conv(o, x, 192, [1, 3], 'Conv2d_0b_1x3');
      return conv(o, y, 192, [3, 1], 'Conv2d_0c_3x1');
    },
  ]);

const halve = { stride: 2, padding: 'valid' } as const;

const reductionA: Build = (o, net) =>
  branches(o, [
    () => conv(o, net, 384, 3, 'Conv2d_1a_3x3', halve),
    () => {
      const x = conv(o, net, 192, 1, 'Conv2d_0a_1x1');
      const y = conv(o, x, 192, 3, 'Conv2d_0b_3x3');
      return conv(o, y, 256, 3, 'Conv2d_1a_3x3', halve);
    },
    () => o.maxPool(net, 3, halve),
  ]);

const reductionB: Build = (o, net) =>
  branches(o, [
    () => conv(o, conv(o, net, 256, 1, 'Conv2d_0a_1x1'), 384, 3, 'Conv2d_1a_3x3', halve),
    () => conv(o, conv(o, net, 256, 1, 'Conv2d_0a_1x1'), 256, 3, 'Conv2d_1a_3x3', halve),
    () => {
      const x = conv(o, net, 256, 1, 'Conv2d_0a_1x1');
      const y = conv(o, x, 256, 3, 'Conv2d_0b_3x3');
      return conv(o, y, 256, 3, 'Conv2d_1a_3x3', halve);
    },
    () => o.maxPool(net, 3, halve),
  ]);

/** Inception-ResNet-v1 as the FaceNet reference defines it (Szegedy et al. 2016, arXiv 1602.07261; spec §4.2). */
export function inceptionResnetV1(embeddingSize: number): Architecture {
  return {
    scope: 'InceptionResnetV1',
    inputChannels: 3,
    recipe: { alignment: 'box', imageSize: 160, standardization: 'fixed' },
    lastBlock: 'Block8',
    bottleneck: 'Bottleneck',
    fineTuning: bottleneckFineTuning,
    stages: chain('InceptionResnetV1', [
      stage('Conv2d_1a_3x3', (o, x) => conv(o, x, 32, 3, 'Conv2d_1a_3x3', halve)),
      stage('Conv2d_2a_3x3', (o, x) => conv(o, x, 32, 3, 'Conv2d_2a_3x3', { padding: 'valid' })),
      stage('Conv2d_2b_3x3', (o, x) => conv(o, x, 64, 3, 'Conv2d_2b_3x3')),
      stage('MaxPool_3a_3x3', (o, x) => o.maxPool(x, 3, { stride: 2 })),
      stage('Conv2d_3b_1x1', (o, x) => conv(o, x, 80, 1, 'Conv2d_3b_1x1')),
      stage('Conv2d_4a_3x3', (o, x) => conv(o, x, 192, 3, 'Conv2d_4a_3x3', { padding: 'valid' })),
      stage('Conv2d_4b_3x3', (o, x) => conv(o, x, 256, 3, 'Conv2d_4b_3x3', halve)),
      ...repeat('Repeat', 5, 'block35', residual(0.17, block35)),
      scoped('Mixed_6a', reductionA),
      ...repeat('Repeat_1', 10, 'block17', residual(0.1, block17)),
      scoped('Mixed_7a', reductionB),
      ...repeat('Repeat_2', 5, 'block8', residual(0.2, block8)),
      scoped('Block8', residual(1, block8, false)),
      stage('AvgPool', (o, x) => o.dropout(o.globalAveragePool(x))),
      stage('Bottleneck', (o, x) => bottleneck(o, x, embeddingSize)),
    ]),
  };
}
