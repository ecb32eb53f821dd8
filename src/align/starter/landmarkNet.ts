import { scoped, stage } from '../../network/network';
import type { Build } from '../../network/network';
import type { Chain, Ops } from '../../network/ops';

/** Edge of the square input, pixels. */
export const landmarkInputSize = 112;

/** Depthwise 3×3 and pointwise 1×1 convolution with one bias. */
function separable<T>(o: Ops<T>, x: T, filters: number, name: string, stride = 1): T {
  return o.scope(name, () =>
    o.conv2d(o.depthwiseConv2d(x, 3, 'depthwise', { stride }), filters, 1, 'pointwise', { biases: true }),
  );
}

/** Four convolutions of which each sees the sum of all before it; the first one halves the size. */
function denseBlock(filters: number, first: Build): Build {
  return (o, x) => {
    const x1 = o.relu(first(o, x));
    const x2 = separable(o, x1, filters, 'conv1');
    const sum2 = o.add(x1, x2);
    const x3 = separable(o, o.relu(sum2), filters, 'conv2');
    const sum3 = o.add(sum2, x3);
    const x4 = separable(o, o.relu(sum3), filters, 'conv3');
    return o.relu(o.add(sum3, x4));
  };
}

const halving = (filters: number): Build => denseBlock(filters, (o, x) => separable(o, x, filters, 'conv0', 2));

/**
 * 68 points of a face (the small network of face-api.js). Input [N, 112, 112, 3]: RGB less the mean, over 255; output
 * [N, 136]: x and y of each point in units of the input.
 */
export const landmarkNet: Chain = {
  inputChannels: 3,
  stages: [
    scoped(
      'dense0',
      denseBlock(32, (o, x) => o.conv2d(x, 32, 3, 'conv0', { stride: 2, biases: true })),
    ),
    scoped('dense1', halving(64)),
    scoped('dense2', halving(128)),
    scoped('dense3', halving(256)),
    stage('fc', (o, x) => o.fullyConnected(o.globalAveragePool(x), 136, 'fc', { biases: true })),
  ],
};
