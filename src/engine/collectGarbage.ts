import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Lets go at once of what nothing needs any more. V8 does so when its own memory grows; of what TensorFlow is about to take
 * beside it, it hears nothing.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose_gc');
  (runInNewContext('gc') as () => void)();
}
