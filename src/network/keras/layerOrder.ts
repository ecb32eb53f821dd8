import type { Layer } from './kerasOps';

/**
 * The layers below `output` in the order in which a functional model of Keras keeps them, and in which its weights are read
 * from a file by position: those farthest from the output first (the longest way counts), and of the same distance in the
 * order in which they are met from the output on, a layer before its inputs.
 */
export function layerOrder(output: Layer): Layer[] {
  const met: Layer[] = [];
  /** Inputs before those that use them. */
  const finished: Layer[] = [];
  const seen = new Set<Layer>();
  const visit = (layer: Layer): void => {
    if (seen.has(layer)) return;
    seen.add(layer);
    met.push(layer);
    for (const input of layer.inputs) visit(input);
    finished.push(layer);
  };
  visit(output);

  const distance = new Map<Layer, number>();
  for (const layer of finished.reverse()) {
    const own = distance.get(layer) ?? 0;
    distance.set(layer, own);
    for (const input of layer.inputs) distance.set(input, Math.max(own + 1, distance.get(input) ?? 0));
  }
  // The sort is stable.
  return met.sort((a, b) => distance.get(b)! - distance.get(a)!);
}
