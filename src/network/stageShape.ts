import { describe } from './describe';
import type { Network } from './network';

/** Shape of one example [H, W, C] or [C] before stage `index`; `stages.length` gives that of the prelogits. */
export function shapeBefore(network: Network, index: number, imageSize: number): number[] {
  if (index === 0) return [imageSize, imageSize, network.inputChannels];
  return describe(network, { imageSize }).stages[index - 1]!.outputShape.map((size) => size!);
}
