import type { TensorFlow } from './tensorflow';

/**
 * Lets go of what a gradient pass that failed had saved for its way back, most of the memory of a step: the tape frees it
 * at the end of that way only, and forgets it when the next pass begins.
 */
export function abandonTape(tf: TensorFlow): void {
  const { state } = tf.engine();
  for (const { saved } of state.activeTape ?? []) for (const tensor of saved ?? []) tensor.dispose();
  state.activeTape = [];
}
