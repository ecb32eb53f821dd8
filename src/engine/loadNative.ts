import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { TensorFlow } from '../network/tensorflow/linear';

/** What the addon says about itself. */
export interface NativeDescription {
  /** Version of TensorFlow's library, e.g. 2.9.1. */
  tensorflow: string;
  gpu: boolean;
}

/** Restores what tfjs-node takes from `util` and Node 23 removed. Without it its first operation throws. */
export function restoreRemovedUtil(util: Record<string, unknown>): void {
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}

/** Loads TensorFlow's addon into this process. A broken one may end the process: probe it in a child first. */
export function loadNative(folder: string): TensorFlow {
  const require = createRequire(join(folder, 'package.json'));
  restoreRemovedUtil(require('util') as Record<string, unknown>);
  return require(folder) as TensorFlow;
}
