// Constants of a graph that is being written.
import type { GraphBuilder } from '../graphdef/graphBuilder';
import type { ConstantValue, ElementType } from '../graphdef/schema';
import { elementCount } from '../tensor';

export type RecordedValues = Float32Array | Int32Array | Uint8Array | readonly number[];

/** Values of a constant that is written once. */
const mostShared = 16;

/**
 * What is written of these values.
 * @throws Error for truth values, and where there are not as many values as the shape says
 */
export function constantOf(shape: readonly number[], values: RecordedValues, type: ElementType): ConstantValue {
  if (elementCount(shape) !== values.length) throw new Error('a constant has as many values as its shape says');
  if (type === 'int32') return { shape, int32: [...values] };
  if (type !== 'float') throw new Error('a graph of ours has no constants that are truth values');
  const float = values instanceof Float32Array ? values : Float32Array.from(values);
  return isRepeated(float) ? { shape, repeated: float[0]!, type } : { shape, float };
}

/** As the ones that a mean's gradient is multiplied with, megabytes of them; of 0 both signs could be meant. */
function isRepeated(values: Float32Array): boolean {
  const [first] = values;
  return values.length > mostShared && first !== 0 && values.every((value) => value === first);
}

/** Those of few different values come up hundreds of times; each is one node. */
export class GraphConstants {
  private readonly nodes = new Map<string, string>();

  constructor(private readonly graph: GraphBuilder) {}

  /** The node that has this value. */
  node(value: ConstantValue): string {
    const write = (): string => this.graph.constant('Const', value);
    if (!('repeated' in value) && elementCount(value.shape) > mostShared) return write();
    const key = JSON.stringify('float' in value ? { shape: value.shape, bits: bitsOf(value.float) } : value);
    const known = this.nodes.get(key) ?? write();
    this.nodes.set(key, known);
    return known;
  }
}

const bitsOf = ({ buffer, byteOffset, length }: Float32Array): number[] => [
  ...new Int32Array(buffer, byteOffset, length),
];
