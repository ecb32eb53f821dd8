// Which network a file's variables belong to: known by the names and shapes that its definition asks for.
import { networkNames, type NetworkName } from '../protocol/networkNames';
import { findClassifier } from './classifiers';
import { describe, type VariableRole } from './describe';
import type { Network } from './network';
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

function bottleneckWeights({ scope, bottleneck }: Network): string {
  return `${scope}/${bottleneck}/weights`;
}

/**
 * The network that a file's variables belong to: its first convolution and bottleneck must be there with the right
 * shapes. Variables under another root or of another architecture give undefined.
 */
export function identifyNetwork(variables: readonly NamedShape[]): IdentifiedNetwork | undefined {
  const shapes = new Map(variables.map(({ name, shape }) => [name, shape]));
  for (const name of networkNames) {
    const weights = bottleneckWeights(networkByName(name));
    const embeddingSize = shapes.get(weights)?.at(-1);
    if (embeddingSize === undefined) continue;
    const wanted = describe(networkByName(name, { embeddingSize })).variables;
    const telling = [wanted[0]!, wanted.find((variable) => variable.name === weights)!];
    if (!telling.every((variable) => sameShape(variable.shape, shapes.get(variable.name)))) continue;
    const classes = findClassifier(variables)?.classes;
    return { name, embeddingSize, ...(classes === undefined ? {} : { classes }) };
  }
  return undefined;
}

function sameShape(wanted: readonly number[], found: readonly number[] | undefined): boolean {
  return found?.length === wanted.length && wanted.every((size, axis) => size === found[axis]);
}

/**
 * Whether variables of these names are a network's whose batch norms were folded into its convolutions: the weights of
 * its first convolution are there, perhaps below another root, but not the statistics that normalise it.
 */
export function isFolded(names: ReadonlySet<string>): boolean {
  return networkNames.some((network) => {
    const [first] = describe(networkByName(network)).stages.filter(({ variables }) => variables.length > 0);
    const named = (role: VariableRole): string | undefined =>
      first!.variables.find((variable) => variable.role === role)?.name;
    const [weights, mean] = [named('weights'), named('moving_mean')];
    if (weights === undefined || mean === undefined) return false;
    return [...names].some((name) => {
      if (name !== weights && !name.endsWith(`/${weights}`)) return false;
      return !names.has(name.slice(0, -weights.length) + mean);
    });
  });
}
