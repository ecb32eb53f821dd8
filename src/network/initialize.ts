import type { VariableSpec } from './describe';
import { elementCount, type Tensor } from './tensor';

/** Uniform numbers in [0, 1). */
export type UniformRandom = () => number;

/**
 * First value of a variable that no model provides (spec §4.1): Xavier uniform for weights, limit
 * sqrt(6 / (fan_in + fan_out)); ones for gamma, scale and moving_variance; zeros for the rest.
 */
export function initializeVariable(variable: VariableSpec, random: UniformRandom): Tensor {
  const { shape } = variable;
  const data = new Float32Array(elementCount(shape));
  switch (variable.role) {
    case 'weights':
    case 'depthwise_weights': {
      const limit = Math.sqrt(6 / (variable.fanIn + variable.fanOut));
      for (let i = 0; i < data.length; i++) data[i] = (2 * random() - 1) * limit;
      break;
    }
    case 'gamma':
    case 'scale':
    case 'moving_variance':
      data.fill(1);
      break;
    case 'biases':
    case 'beta':
    case 'moving_mean':
    case 'alpha':
      break;
  }
  return { shape, data };
}
