import { linearConv } from '../slim';
import { channelsOf } from '../shapes';
import type { Ops } from '../ops';
import type { Build } from '../network';

/** `Branch_0`, `Branch_1` … side by side, joined along the channels. */
export function branches<T>(o: Ops<T>, paths: readonly (() => T)[]): T {
  return o.concat(paths.map((path, index) => o.scope(`Branch_${index}`, path)));
}

/**
 * An Inception-ResNet block: net + scale · up(mixed(net)), where `up` is a linear 1×1 convolution back to the width of
 * the input; then ReLU, except in the last block of the network (spec §4.2).
 */
export function residual(scale: number, mixed: Build, activation = true): Build {
  return (o, net) => {
    const up = linearConv(o, mixed(o, net), channelsOf(o.shape(net)), 1, 'Conv2d_1x1');
    const sum = o.addScaled(net, up, scale);
    return activation ? o.relu(sum) : sum;
  };
}
