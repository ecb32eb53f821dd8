import { stage } from '../../network/network';
import type { Chain, Extent, Ops, Stage } from '../../network/ops';

/** Edge of the square input, pixels. */
export const ssdInputSize = 512;

/** Convolution whose batch norm was folded into weights and offset, then ReLU6. */
function pointwise<T>(o: Ops<T>, x: T, filters: number, kernel: Extent, stride: number, name: string): T {
  return o.relu6(o.conv2d(x, filters, kernel, name, { stride, biases: true }));
}

/** Depthwise 3×3 and pointwise 1×1 convolution, the block of MobileNet (Howard et al. 2017). */
function separable<T>(o: Ops<T>, x: T, index: number, filters: number, stride: number): T {
  const name = `Conv2d_${index}_depthwise`;
  const depthwise = o.depthwiseConv2d(x, 3, name, { stride });
  const normalized = o.relu6(o.batchNorm(depthwise, `${name}/BatchNorm`, { scale: true }));
  return pointwise(o, normalized, filters, 1, 1, `Conv2d_${index}_pointwise`);
}

/** The heads of one feature map: three or six anchors per cell, four box numbers and three class logits for each. */
function predict<T>(o: Ops<T>, x: T, scale: number): void {
  const anchors = scale === 0 ? 3 : 6;
  o.scope(`Prediction/BoxPredictor_${scale}`, () => {
    o.output(`boxes_${scale}`, o.conv2d(x, anchors * 4, 1, 'BoxEncodingPredictor', { biases: true }));
    o.output(`classes_${scale}`, o.conv2d(x, anchors * 3, 1, 'ClassPredictor', { biases: true }));
  });
}

/** Filters and strides of the 13 separable blocks. */
const blocks: readonly (readonly [filters: number, stride: number])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
];

function mobilenetStages(): Stage[] {
  const first = stage('Conv2d_0', (o, x) =>
    o.scope('MobilenetV1', () => pointwise(o, x, 32, 3, 2, 'Conv2d_0_pointwise')),
  );
  const separables = blocks.map(([filters, stride], block) =>
    stage(`Conv2d_${block + 1}`, (o, x) => {
      const features = o.scope('MobilenetV1', () => separable(o, x, block + 1, filters, stride));
      if (block + 1 === 11) predict(o, features, 0);
      if (block + 1 === 13) predict(o, features, 1);
      return features;
    }),
  );
  return [first, ...separables];
}

/** Four more, ever coarser feature maps with heads: 1×1 convolution to half the filters, 3×3 to half the size. */
function coarserStages(): Stage[] {
  return [512, 256, 256, 128].map((filters, level) =>
    stage(`Coarser_${level}`, (o, x) => {
      const features = o.scope('Prediction', () => {
        const narrow = pointwise(o, x, filters / 2, 1, 1, `Conv2d_${2 * level}_pointwise`);
        return pointwise(o, narrow, filters, 3, 2, `Conv2d_${2 * level + 1}_pointwise`);
      });
      predict(o, features, level + 2);
      return features;
    }),
  );
}

/**
 * SSD (Liu et al. 2016) on MobileNet v1 with one class, face. Input [N, 512, 512, 3] in −1 … 1; outputs boxes_0,
 * classes_0 … boxes_5, classes_5, which belong to the 5,118 anchors in this order.
 */
export const ssdMobilenet: Chain = { inputChannels: 3, stages: [...mobilenetStages(), ...coarserStages()] };
