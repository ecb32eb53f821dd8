// Attributes as the addon takes them, as a graph has them.
import type { AttributeValue, ElementType } from '../graphdef/schema';
import type { Attribute } from '../tensorflow/nativeOps';

/** The addon's numbers for kinds of attributes and for types. */
export type BindingConstants = Readonly<Record<string, number>>;

const types: Readonly<Record<string, ElementType>> = {
  TF_FLOAT: 'float',
  TF_INT32: 'int32',
  TF_INT64: 'int64',
  TF_BOOL: 'bool',
};

function typeOf(binding: BindingConstants, value: unknown): ElementType {
  const found = Object.entries(types).find(([name]) => binding[name] === value);
  if (found === undefined) throw new Error(`a graph of ours has no type ${String(value)}`);
  return found[1];
}

/** @throws Error for a kind or a type that no step has used so far */
export function graphAttribute(binding: BindingConstants, { type, value }: Attribute): AttributeValue {
  switch (type) {
    case binding['TF_ATTR_TYPE']:
      return { type: typeOf(binding, value) };
    case binding['TF_ATTR_STRING']:
      return { string: value as string };
    case binding['TF_ATTR_BOOL']:
      return { bool: value as boolean };
    case binding['TF_ATTR_FLOAT']:
      return { float: value as number };
    case binding['TF_ATTR_INT']:
      return Array.isArray(value) ? { ints: value as number[] } : { int: value as number };
    default:
      throw new Error(`a graph of ours has no attribute of kind ${type}`);
  }
}

/** Type of an operation's results, from its attributes; float32 where nothing is said. */
export const resultType = (attributes: Readonly<Record<string, AttributeValue>>): ElementType => {
  for (const name of ['DstT', 'output_type', 'dtype', 'type', 'T']) {
    const attribute = attributes[name];
    if (attribute !== undefined && 'type' in attribute) return attribute.type;
  }
  return 'float';
};
