// What scripts/soak.mjs bundles in the place of src/network/architectures/squeezenet.ts.
import { chain, scoped, stage, type Architecture } from '../../src/network/network';
import { bottleneck, bottleneckFineTuning, conv } from '../../src/network/slim';

/**
 * A network whose steps take milliseconds and do what those of a large one do: strides, pooling, branches, batch norm,
 * dropout, a frozen prefix before the last block.
 */
export function squeezenet(embeddingSize: number): Architecture {
  return {
    scope: 'squeezenet',
    inputChannels: 3,
    recipe: { alignment: 'box', imageSize: 16, standardization: 'fixed' },
    lastBlock: 'block',
    bottleneck: 'Bottleneck',
    fineTuning: bottleneckFineTuning,
    stages: chain('squeezenet', [
      stage('conv1', (o, x) => conv(o, x, 4, 3, 'conv1', { stride: 2 })),
      stage('maxpool1', (o, x) => o.maxPool(x, 2)),
      scoped('block', (o, x) => o.concat([conv(o, x, 4, 1, '1x1'), conv(o, x, 4, 3, '3x3')])),
      stage('AvgPool', (o, x) => o.dropout(o.globalAveragePool(x))),
      stage('Bottleneck', (o, x) => bottleneck(o, x, embeddingSize)),
    ]),
  };
}
