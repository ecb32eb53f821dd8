import protobuf from 'protobufjs/light';

/** The part of ONNX's model format (onnx.proto3, IR version 8) that an inference graph needs. */
const schema = protobuf.Root.fromJSON({
  nested: {
    Dimension: {
      oneofs: { value: { oneof: ['dimValue', 'dimParam'] } },
      fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } },
    },
    TensorShape: { fields: { dim: { rule: 'repeated', type: 'Dimension', id: 1 } } },
    TensorType: { fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'TensorShape', id: 2 } } },
    Type: { fields: { tensorType: { type: 'TensorType', id: 1 } } },
    ValueInfo: { fields: { name: { type: 'string', id: 1 }, type: { type: 'Type', id: 2 } } },
    TensorProto: {
      fields: {
        dims: { rule: 'repeated', type: 'int64', id: 1 },
        dataType: { type: 'int32', id: 2 },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
      },
    },
    Attribute: {
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        s: { type: 'bytes', id: 4 },
        ints: { rule: 'repeated', type: 'int64', id: 8 },
        type: { type: 'int32', id: 20 },
      },
    },
    NodeProto: {
      fields: {
        input: { rule: 'repeated', type: 'string', id: 1 },
        output: { rule: 'repeated', type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { rule: 'repeated', type: 'Attribute', id: 5 },
      },
    },
    GraphProto: {
      fields: {
        node: { rule: 'repeated', type: 'NodeProto', id: 1 },
        name: { type: 'string', id: 2 },
        initializer: { rule: 'repeated', type: 'TensorProto', id: 5 },
        input: { rule: 'repeated', type: 'ValueInfo', id: 11 },
        output: { rule: 'repeated', type: 'ValueInfo', id: 12 },
      },
    },
    OperatorSet: { fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } } },
    StringEntry: { fields: { key: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } } },
    ModelProto: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        producerName: { type: 'string', id: 2 },
        graph: { type: 'GraphProto', id: 7 },
        opsetImport: { rule: 'repeated', type: 'OperatorSet', id: 8 },
        metadataProps: { rule: 'repeated', type: 'StringEntry', id: 14 },
      },
    },
  },
});

const modelType = schema.lookupType('ModelProto');

/** ONNX's element types. */
export const elementType = { float: 1, int64: 7, half: 10 } as const;

export interface TensorProto {
  name: string;
  dims: number[];
  dataType: number;
  rawData: Uint8Array;
}

export type AttributeValue = number | string | readonly number[] | { float: number };

export interface NodeProto {
  opType: string;
  input: string[];
  output: string[];
  attributes: Record<string, AttributeValue>;
}

/** A graph input or output; undefined dimensions are free, and so is the first (the batch). */
export interface ValueInfo {
  name: string;
  dims: readonly (number | undefined)[];
}

export interface Graph {
  nodes: NodeProto[];
  initializers: TensorProto[];
  inputs: ValueInfo[];
  outputs: ValueInfo[];
}

// AttributeProto.AttributeType
const FLOAT = 1;
const INT = 2;
const STRING = 3;
const INTS = 7;

function attribute(name: string, value: AttributeValue): object {
  if (typeof value === 'number') return { name, i: value, type: INT };
  if (typeof value === 'string') return { name, s: Buffer.from(value), type: STRING };
  if ('float' in value) return { name, f: value.float, type: FLOAT };
  return { name, ints: value, type: INTS };
}

function valueInfo({ name, dims }: ValueInfo): object {
  const dim = dims.map((size, axis) =>
    size === undefined ? (axis === 0 ? { dimParam: 'N' } : {}) : { dimValue: size },
  );
  return { name, type: { tensorType: { elemType: elementType.float, shape: { dim } } } };
}

/** Encodes the graph as an ONNX model of operator set 13; `metadata` is what a program can ask the model for. */
export function encodeModel(graph: Graph, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const node = graph.nodes.map(({ attributes, ...rest }, index) => ({
    ...rest,
    name: `${rest.opType}_${index}`,
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  }));
  return modelType
    .encode({
      irVersion: 8,
      producerName: 'facenet-workbench',
      opsetImport: [{ domain: '', version: 13 }],
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name: 'network',
        node,
        initializer: graph.initializers,
        input: graph.inputs.map(valueInfo),
        output: graph.outputs.map(valueInfo),
      },
    })
    .finish();
}
