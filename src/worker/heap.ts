// How much V8 lets gather before it collects. Left alone it takes room for a long job that a short one never fills, so that memory
// would seem to grow with the number of images; what is given up for it is not measurable beside the images (docs/scale.md).
import { setFlagsFromString } from 'node:v8';

/** An option of Node: young generation of a process that goes through a dataset, in MB for each of its halves (V8: 16). */
export const smallYoungGeneration = '--max-semi-space-size=4';

/**
 * The old generation is collected whenever it has grown by 30 % since the last time; V8 waits for twice as much and more, up
 * to 256 MB in a process that has never collected. Holds for this process and its threads from now on.
 */
export function collectEarly(): void {
  setFlagsFromString('--heap-growing-percent=30');
}
