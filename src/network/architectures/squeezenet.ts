import { chain, scoped, stage, type Architecture, type Build } from '../network';
import { bottleneck, bottleneckFineTuning, conv, linearConv } from '../slim';

/** Squeeze to few channels, expand them with 1×1 and 3×3 kernels side by side. */
function fire(squeezed: number, expanded: number): Build {
  return (o, x) => {
    const net = conv(o, x, squeezed, 1, 'squeeze');
    return o.scope('expand', () => o.concat([conv(o, net, expanded, 1, '1x1'), conv(o, net, expanded, 3, '3x3')]));
  };
}

/** SqueezeNet 1.0 with batch norm, as the FaceNet reference defines it (Iandola et al. 2016; spec §4.5). */
export function squeezenet(embeddingSize: number): Architecture {
  return {
    scope: 'squeezenet',
    inputChannels: 3,
    recipe: { alignment: 'box', imageSize: 160, standardization: 'fixed' },
    lastBlock: 'fire9',
    bottleneck: 'Bottleneck',
    fineTuning: bottleneckFineTuning,
    stages: chain('squeezenet', [
      stage('conv1', (o, x) => conv(o, x, 96, 7, 'conv1', { stride: 2 })),
      stage('maxpool1', (o, x) => o.maxPool(x, 3, { stride: 2 })),
      scoped('fire2', fire(16, 64)),
      scoped('fire3', fire(16, 64)),
      scoped('fire4', fire(32, 128)),
      stage('maxpool4', (o, x) => o.maxPool(x, 2)),
      scoped('fire5', fire(32, 128)),
      scoped('fire6', fire(48, 192)),
      scoped('fire7', fire(48, 192)),
      scoped('fire8', fire(64, 256)),
      stage('maxpool8', (o, x) => o.maxPool(x, 3, { stride: 2 })),
      scoped('fire9', fire(64, 256)),
      stage('conv10', (o, x) => linearConv(o, o.dropout(x), 1000, 1, 'conv10')),
      stage('AvgPool', (o, x) => o.globalAveragePool(x)),
      stage('Bottleneck', (o, x) => bottleneck(o, x, embeddingSize)),
    ]),
  };
}
