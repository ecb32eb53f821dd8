// Flags of the reference that are understood and change nothing here, with what holds instead.
import type { Flag } from './setting';

const noEffect = 'accepted; it has no effect here';

/** `default` is the value that asks for nothing; any other one is answered with `reason`. */
export type IgnoredFlag = Flag & Required<Pick<Flag, 'default'>> & { reason: string };

export const ignoredFlags = [
  {
    name: 'gpu_memory_fraction',
    kind: 'float',
    default: 1,
    help: `${noEffect}: TensorFlow takes GPU memory as it needs it`,
    reason: 'TensorFlow for Node.js takes GPU memory as it needs it, without a limit',
  },
  {
    name: 'nrof_preprocess_threads',
    kind: 'int',
    default: 4,
    help: `${noEffect}, nor in the reference`,
    reason: 'images are decoded on as many threads as the system gives; the reference ignores it too',
  },
] as const satisfies readonly IgnoredFlag[];
