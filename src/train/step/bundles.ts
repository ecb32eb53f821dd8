// Variables that stand in one. A network has hundreds of small ones (shifts, biases, moving statistics, kernels of narrow
// layers), and each of its own in a graph is a dozen nodes to be read, summed, moved and averaged, which TensorFlow looks
// at again and again before it runs them first.
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { elementCount } from '../../network/tensor';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';

export interface Member {
  /** As in a checkpoint. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** A variable as a graph has it: one of a training, by its name and shape, or several one after another, [values]. */
export interface Bundle {
  readonly name: string;
  readonly shape: readonly number[];
  readonly members: readonly Member[];
}

/** Of a variable that stays alone. */
export const alone = ({ name, shape }: Member): Bundle => ({ name, shape, members: [{ name, shape }] });

/** What is kept for each value of a bundle, such as a slot: `named` gives its names. */
export const beside = ({ name, shape, members }: Bundle, named: (name: string) => string): Bundle => ({
  name: named(name),
  shape,
  members: members.map((member) => ({ name: named(member.name), shape: member.shape })),
});

/** Values of the largest kernel in a bundle: each is copied out of it, and its gradient into the bundle's, in each step. */
const largestKernel = 262144;

/**
 * Vectors and small kernels of which `alike` gives the same together, everything else alone; in the order of the first of each.
 * @param alike what decides how a variable is changed
 */
export function bundled<V extends Member>(variables: readonly V[], alike: (variable: V) => string): Bundle[] {
  const groups = new Map<string, V[]>();
  for (const variable of variables) {
    const { length: rank } = variable.shape;
    const isSmall = rank === 1 || (rank > 1 && elementCount(variable.shape) <= largestKernel);
    const key = isSmall ? alike(variable) : `alone ${variable.name}`;
    groups.set(key, [...(groups.get(key) ?? []), variable]);
  }
  return [...groups.values()].map((members, index) =>
    members.length === 1
      ? alone(members[0]!)
      : { name: `Bundle/${index}`, shape: [sizesOf(members).reduce((sum, size) => sum + size)], members },
  );
}

/** How many values each has. */
export const sizesOf = (members: readonly Member[]): number[] => members.map(({ shape }) => elementCount(shape));

/** The values of a bundle from those of its members. */
export function joinedValues({ shape, members }: Bundle, of: (name: string) => Float32Array): Float32Array {
  if (members.length === 1) return of(members[0]!.name);
  const all = new Float32Array(elementCount(shape));
  let offset = 0;
  for (const { name } of members) {
    const values = of(name);
    all.set(values, offset);
    offset += values.length;
  }
  return all;
}

/** From a training's variables to those of its graph, and back. */
export class Bundles {
  constructor(readonly all: readonly Bundle[]) {}

  /** The members of bundles among `tensors`, differentiable; what is none stays. */
  apart(tf: TensorFlow, tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
    const all = new Map(tensors);
    for (const { name: whole, members } of this.all) {
      const tensor = all.get(whole);
      if (tensor === undefined || members.length === 1) continue;
      all.delete(whole);
      const parts = tf.split(tensor, sizesOf(members));
      for (const [index, { name, shape }] of members.entries()) {
        const part = parts[index]!;
        all.set(name, shape.length === 1 ? part : tf.reshape(part, [...shape]));
      }
    }
    return all;
  }

  /** Bundles of what members have, which are let go; `tensors` have all of a bundle or nothing of it. */
  joined(tf: TensorFlow, tensors: Readonly<Record<string, Tensor1D>>): Record<string, Tensor1D> {
    const found = this.all.filter(({ members }) => members[0]!.name in tensors);
    return Object.fromEntries(
      found.map(({ name, members }) => {
        const parts = members.map((member) => tensors[member.name]!);
        if (parts.length === 1) return [name, parts[0]!];
        const whole = tf.concat<Tensor1D>(parts, 0);
        for (const part of parts) part.dispose();
        return [name, whole];
      }),
    );
  }

  /** A variable of the training for one of the graph; one that is in no bundle is itself. */
  firstOf(name: string): string {
    return this.all.find((bundle) => bundle.name === name)?.members[0]!.name ?? name;
  }
}
