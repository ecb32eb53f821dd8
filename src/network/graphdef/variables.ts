import type { VariableSpec } from '../describe';
import { halved, isHalved } from '../half';
import { requireWeights, type Weights } from '../tensor';
import type { GraphBuilder } from './graphBuilder';
import type { ElementType, VariableDef } from './schema';

/** Puts a variable into the graph; returns the node with its value. Called once for every variable. */
export type WriteVariable = (name: string, shape: readonly number[]) => string;

/**
 * Variables as constants of a frozen graph: `<name>` and the Identity `<name>/read` of it (checkpoint-formats §2.2). With
 * `half`, kernels and matrices are held in half precision and `<name>/read` is a Cast to single, in which all is computed.
 * The writer throws a UserError when `weights` lacks a variable, has it in another shape or beyond what a half can hold.
 */
export function frozenVariables(
  graph: GraphBuilder,
  weights: Weights,
  { half = false }: { half?: boolean } = {},
): WriteVariable {
  return (name, shape) => {
    const tensor = requireWeights(weights, name, shape);
    if (half && isHalved(shape)) {
      const bits = { constant: { shape, half: halved(name, tensor) } };
      const stored = graph.addNamed('Const', name, [], { dtype: { type: 'half' }, value: bits });
      const types = { SrcT: { type: 'half' }, DstT: { type: 'float' } } as const;
      return graph.addNamed('Cast', `${name}/read`, [stored], types);
    }
    const value = { constant: { shape, float: tensor.data } };
    const constant = graph.addNamed('Const', name, [], { dtype: { type: 'float' }, value });
    return graph.addNamed('Identity', `${name}/read`, [constant], { T: { type: 'float' } });
  };
}

const startsAtOne = /\/(?:gamma|scale|moving_variance)$/;

/** A variable of a graph that a checkpoint fills. */
export interface DeclaredVariable {
  name: string;
  type: ElementType;
}

/** Variables without values: `<name>`, its first value, `<name>/Assign` and `<name>/read`, as TensorFlow 1.x names them. */
export class DeclaredVariables {
  readonly all: DeclaredVariable[] = [];

  constructor(private readonly graph: GraphBuilder) {}

  readonly write: WriteVariable = (name, shape) => this.declare(name, shape, 'float');

  declare(name: string, shape: readonly number[], type: 'float' | 'int64'): string {
    const { graph } = this;
    const variable = graph.addNamed('VariableV2', name, [], {
      dtype: { type },
      shape: { shape },
      container: { string: '' },
      shared_name: { string: '' },
    });
    // The values come from a checkpoint; what stands here until then only has the right shape.
    const repeated = startsAtOne.test(name) ? 1 : 0;
    const first = graph.constant(initialValue(name), { shape, repeated, type });
    graph.addNamed('Assign', initializer(name), [variable, first], assignAttributes(type));
    this.all.push({ name, type });
    return graph.addNamed('Identity', `${name}/read`, [variable], { T: { type } });
  }
}

/** Attributes of a node that gives a variable a new value. */
export function assignAttributes(type: ElementType) {
  return { T: { type }, validate_shape: { bool: true }, use_locking: { bool: true } };
}

const initialValue = (name: string): string => `${name}/Initializer/Const`;
const initializer = (name: string): string => `${name}/Assign`;

/** How a collection of the metagraph describes a variable that was declared. */
export function variableDef({ name }: Pick<VariableSpec, 'name'>, trainable: boolean): VariableDef {
  return {
    variableName: `${name}:0`,
    initializerName: initializer(name),
    snapshotName: `${name}/read:0`,
    initialValueName: `${initialValue(name)}:0`,
    trainable,
  };
}
