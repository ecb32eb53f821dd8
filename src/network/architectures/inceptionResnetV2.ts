import { chain, repeat, scoped, stage, type Architecture, type Build } from '../network';
import { bottleneck, bottleneckFineTuning, conv } from '../slim';
import { branches, residual } from './inceptionResnetBlocks';

const mixed5b: Build = (o, net) =>
  branches(o, [
    () => conv(o, net, 96, 1, 'Conv2d_1x1'),
    () => conv(o, conv(o, net, 48, 1, 'Conv2d_0a_1x1'), 64, 5, 'Conv2d_0b_5x5'),
    () => {
      const x = conv(o, net, 64, 1, 'Conv2d_0a_1x1');
      const y = conv(o, x, 96, 3, 'Conv2d_0b_3x3');
      return conv(o, y, 96, 3, 'Conv2d_0c_3x3');
    },
    () => {
      const x = o.averagePool(net, 3, { stride: 1, padding: 'same' });
      return conv(o, x, 64, 1, 'Conv2d_0b_1x1');
    },
  ]);

const block35: Build = (o, net) =>
  branches(o, [
    () => conv(o, net, 32, 1, 'Conv2d_1x1'),
    () => conv(o, conv(o, net, 32, 1, 'Conv2d_0a_1x1'), 32, 3, 'Conv2d_0b_3x3'),
    () => {
      const x = conv(o, net, 32, 1, 'Conv2d_0a_1x1');
      const y = conv(o, x, 48, 3, 'Conv2d_0b_3x3');
      return conv(o, y, 64, 3, 'Conv2d_0c_3x3');
    },
  ]);

const block17: Build = (o, net) =>
  branches(o, [
    () => conv(o, net, 192, 1, 'Conv2d_1x1'),
    () => {
      const x = conv(o, net, 128, 1, 'Conv2d_0a_1x1');
      const y = conv(o, x, 160, [1, 7], 'Conv2d_0b_1x7');
      return conv(o, y, 192, [7, 1], 'Conv2d_0c_7x1');
    },
  ]);

const block8: Build = (o, net) =>
  branches(o, [
    () => conv(o, net, 192, 1, 'Conv2d_1x1'),
    () => {
      const x = conv(o, net, 192, 1, 'Conv2d_0a_1x1');
      const y = conv(o, x, 224, [1, 3], 'Conv2d_0b_1x3');
      return conv(o, y, 256, [3, 1], 'Conv2d_0c_3x1');
    },
  ]);

const halve = { stride: 2, padding: 'valid' } as const;

const mixed6a: Build = (o, net) =>
  branches(o, [
    () => conv(o, net, 384, 3, 'Conv2d_1a_3x3', halve),
    () => {
      const x = conv(o, net, 256, 1, 'Conv2d_0a_1x1');
      const y = conv(o, x, 256, 3, 'Conv2d_0b_3x3');
      return conv(o, y, 384, 3, 'Conv2d_1a_3x3', halve);
    },
    () => o.maxPool(net, 3, halve),
  ]);

const mixed7a: Build = (o, net) =>
  branches(o, [
    () => conv(o, conv(o, net, 256, 1, 'Conv2d_0a_1x1'), 384, 3, 'Conv2d_1a_3x3', halve),
    () => conv(o, conv(o, net, 256, 1, 'Conv2d_0a_1x1'), 288, 3, 'Conv2d_1a_3x3', halve),
    () => {
      const x = conv(o, net, 256, 1, 'Conv2d_0a_1x1');
      const y = conv(o, x, 288, 3, 'Conv2d_0b_3x3');
      return conv(o, y, 320, 3, 'Conv2d_1a_3x3', halve);
    },
    () => o.maxPool(net, 3, halve),
  ]);

/** Inception-ResNet-v2 as the FaceNet reference defines it (Szegedy et al. 2016, arXiv 1602.07261; spec §4.4). */
export function inceptionResnetV2(embeddingSize: number): Architecture {
  return {
    scope: 'InceptionResnetV2',
    inputChannels: 3,
    recipe: { alignment: 'box', imageSize: 160, standardization: 'fixed' },
    lastBlock: 'Block8',
    bottleneck: 'Bottleneck',
    fineTuning: bottleneckFineTuning,
    stages: chain('InceptionResnetV2', [
      stage('Conv2d_1a_3x3', (o, x) => conv(o, x, 32, 3, 'Conv2d_1a_3x3', halve)),
      stage('Conv2d_2a_3x3', (o, x) => conv(o, x, 32, 3, 'Conv2d_2a_3x3', { padding: 'valid' })),
      stage('Conv2d_2b_3x3', (o, x) => conv(o, x, 64, 3, 'Conv2d_2b_3x3')),
      stage('MaxPool_3a_3x3', (o, x) => o.maxPool(x, 3, { stride: 2 })),
      stage('Conv2d_3b_1x1', (o, x) => conv(o, x, 80, 1, 'Conv2d_3b_1x1')),
      stage('Conv2d_4a_3x3', (o, x) => conv(o, x, 192, 3, 'Conv2d_4a_3x3', { padding: 'valid' })),
      stage('MaxPool_5a_3x3', (o, x) => o.maxPool(x, 3, { stride: 2 })),
      scoped('Mixed_5b', mixed5b),
      ...repeat('Repeat', 10, 'block35', residual(0.17, block35)),
      scoped('Mixed_6a', mixed6a),
      ...repeat('Repeat_1', 20, 'block17', residual(0.1, block17)),
      scoped('Mixed_7a', mixed7a),
      ...repeat('Repeat_2', 9, 'block8', residual(0.2, block8)),
      scoped('Block8', residual(1, block8, false)),
      stage('Conv2d_7b_1x1', (o, x) => conv(o, x, 1536, 1, 'Conv2d_7b_1x1')),
      stage('AvgPool', (o, x) => o.dropout(o.globalAveragePool(x))),
      stage('Bottleneck', (o, x) => bottleneck(o, x, embeddingSize)),
    ]),
  };
}
