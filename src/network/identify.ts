import { networkNames, type NetworkName } from '../protocol/recipe';
import { describe } from './describe';
import { networkByName } from './registry';

export interface IdentifiedNetwork {
  name: NetworkName;
  embeddingSize: number;
  /** People of the classifier on top, when the file holds one. */
  classes?: number;
}

interface NamedShape {
  name: string;
  shape: readonly number[];
}

/**
 * The network that a file's variables belong to: its first convolution and bottleneck must be there with the right
 * shapes. Variables under another root or of another architecture give undefined.
 */
export function identifyNetwork(variables: readonly NamedShape[]): IdentifiedNetwork | undefined {
  const shapes = new Map(variables.map(({ name, shape }) => [name, shape]));
  for (const name of networkNames) {
    const bottleneck = shapes.get(`${networkByName(name).scope}/Bottleneck/weights`);
    const embeddingSize = bottleneck?.[1];
    if (embeddingSize === undefined) continue;
    const wanted = describe(networkByName(name, { embeddingSize })).variables;
    const [first, weights] = [wanted[0]!, wanted.find((variable) => variable.name.endsWith('/Bottleneck/weights'))!];
    if (![first, weights].every((variable) => sameShape(variable.shape, shapes.get(variable.name)))) continue;
    const classes = shapes.get('Logits/weights')?.[1];
    return { name, embeddingSize, ...(classes === undefined ? {} : { classes }) };
  }
  return undefined;
}

function sameShape(wanted: readonly number[], found: readonly number[] | undefined): boolean {
  return found?.length === wanted.length && wanted.every((size, axis) => size === found[axis]);
}
