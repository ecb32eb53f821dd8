import protobuf from 'protobufjs/light';
import type { Shape } from '../ops';

/** The part of TensorFlow's GraphDef and MetaGraphDef (checkpoint-formats §2) that an inference graph needs. */
const schema = protobuf.Root.fromJSON({
  nested: {
    Dim: { fields: { size: { type: 'int64', id: 1 } } },
    TensorShape: { fields: { dim: { rule: 'repeated', type: 'Dim', id: 2 } } },
    Tensor: {
      fields: {
        dtype: { type: 'int32', id: 1 },
        tensorShape: { type: 'TensorShape', id: 2 },
        tensorContent: { type: 'bytes', id: 4 },
        floatVal: { rule: 'repeated', type: 'float', id: 5 },
        intVal: { rule: 'repeated', type: 'int32', id: 7 },
        stringVal: { rule: 'repeated', type: 'bytes', id: 8 },
        int64Val: { rule: 'repeated', type: 'int64', id: 10 },
      },
    },
    ListValue: {
      fields: {
        i: { rule: 'repeated', type: 'int64', id: 3 },
        type: { rule: 'repeated', type: 'int32', id: 6 },
      },
    },
    AttrValue: {
      oneofs: { value: { oneof: ['list', 's', 'i', 'f', 'b', 'type', 'shape', 'tensor'] } },
      fields: {
        list: { type: 'ListValue', id: 1 },
        s: { type: 'bytes', id: 2 },
        i: { type: 'int64', id: 3 },
        f: { type: 'float', id: 4 },
        b: { type: 'bool', id: 5 },
        type: { type: 'int32', id: 6 },
        shape: { type: 'TensorShape', id: 7 },
        tensor: { type: 'Tensor', id: 8 },
      },
    },
    // A map is on the wire a list of its entries.
    AttrEntry: { fields: { key: { type: 'string', id: 1 }, value: { type: 'AttrValue', id: 2 } } },
    NodeDef: {
      fields: {
        name: { type: 'string', id: 1 },
        op: { type: 'string', id: 2 },
        input: { rule: 'repeated', type: 'string', id: 3 },
        device: { type: 'string', id: 4 },
        attr: { rule: 'repeated', type: 'AttrEntry', id: 5 },
      },
    },
    VersionDef: { fields: { producer: { type: 'int32', id: 1 } } },
    GraphDef: {
      fields: {
        node: { rule: 'repeated', type: 'NodeDef', id: 1 },
        versions: { type: 'VersionDef', id: 4 },
      },
    },
    SaverDef: {
      fields: {
        filenameTensorName: { type: 'string', id: 1 },
        saveTensorName: { type: 'string', id: 2 },
        restoreOpName: { type: 'string', id: 3 },
        maxToKeep: { type: 'int32', id: 4 },
        keepCheckpointEveryNHours: { type: 'float', id: 6 },
        version: { type: 'int32', id: 7 },
      },
    },
    VariableDef: {
      fields: {
        variableName: { type: 'string', id: 1 },
        initializerName: { type: 'string', id: 2 },
        snapshotName: { type: 'string', id: 3 },
        initialValueName: { type: 'string', id: 6 },
        trainable: { type: 'bool', id: 7 },
      },
    },
    BytesList: { fields: { value: { rule: 'repeated', type: 'bytes', id: 1 } } },
    CollectionDef: { fields: { bytesList: { type: 'BytesList', id: 2 } } },
    CollectionEntry: { fields: { key: { type: 'string', id: 1 }, value: { type: 'CollectionDef', id: 2 } } },
    MetaInfoDef: { fields: { tags: { rule: 'repeated', type: 'string', id: 4 } } },
    MetaGraphDef: {
      fields: {
        metaInfoDef: { type: 'MetaInfoDef', id: 1 },
        graphDef: { type: 'GraphDef', id: 2 },
        saverDef: { type: 'SaverDef', id: 3 },
        collectionDef: { rule: 'repeated', type: 'CollectionEntry', id: 4 },
      },
    },
    SavedModel: {
      fields: {
        savedModelSchemaVersion: { type: 'int64', id: 1 },
        metaGraphs: { rule: 'repeated', type: 'MetaGraphDef', id: 2 },
      },
    },
  },
});

/** TensorFlow's element types. */
export const dataType = {
  float: 1,
  int32: 3,
  uint8: 4,
  string: 7,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  half: 19,
} as const;
export type ElementType = keyof typeof dataType;

/** Values of a constant. A list shorter than the shape asks for repeats its last value. */
export type ConstantValue =
  | { shape: readonly number[]; float: Float32Array }
  /** Bits of half precision. */
  | { shape: readonly number[]; half: Uint16Array }
  | { shape: readonly number[]; repeated: number; type: 'float' | 'int64' }
  | { shape: readonly number[]; int32: readonly number[] }
  | { shape: readonly number[]; strings: readonly string[] };

export type AttributeValue =
  | { type: ElementType }
  | { types: readonly ElementType[] }
  | { shape: Shape }
  | { int: number }
  | { ints: readonly number[] }
  | { float: number }
  | { bool: boolean }
  | { string: string }
  | { constant: ConstantValue };

export interface NodeDef {
  name: string;
  op: string;
  /** `name`, `name:k` for the k-th result, `^name` for order alone. */
  input: readonly string[];
  attributes: Readonly<Record<string, AttributeValue>>;
  /** Where it has to be computed, e.g. `/device:CPU:0`. */
  device?: string;
}

export interface VariableDef {
  variableName: string;
  initializerName: string;
  snapshotName: string;
  initialValueName: string;
  trainable: boolean;
}

export interface SaverDef {
  filenameTensorName: string;
  saveTensorName: string;
  restoreOpName: string;
  maxToKeep: number;
}

/** What TensorFlow 1.7, the reference's, writes; newer ones read it. */
const graphVersion = 26;
/** Of the checkpoints: SaverDef.CheckpointFormatVersion.V2. */
const checkpointVersion = 2;

const anySize = -1;

function shapeMessage(shape: Shape): object {
  return { dim: shape.map((size) => ({ size: size ?? anySize })) };
}

export function constantType(value: ConstantValue): ElementType {
  if ('float' in value) return 'float';
  if ('half' in value) return 'half';
  if ('repeated' in value) return value.type;
  return 'int32' in value ? 'int32' : 'string';
}

function tensorMessage(value: ConstantValue): object {
  const header = { dtype: dataType[constantType(value)], tensorShape: shapeMessage(value.shape) };
  if ('float' in value || 'half' in value) {
    const { buffer, byteOffset, byteLength } = 'float' in value ? value.float : value.half;
    return { ...header, tensorContent: new Uint8Array(buffer, byteOffset, byteLength) };
  }
  if ('repeated' in value) {
    return { ...header, [value.type === 'float' ? 'floatVal' : 'int64Val']: [value.repeated] };
  }
  if ('int32' in value) return { ...header, intVal: value.int32 };
  return { ...header, stringVal: value.strings.map((text) => Buffer.from(text)) };
}

function attributeMessage(value: AttributeValue): object {
  if ('type' in value) return { type: dataType[value.type] };
  if ('types' in value) return { list: { type: value.types.map((type) => dataType[type]) } };
  if ('shape' in value) return { shape: shapeMessage(value.shape) };
  if ('int' in value) return { i: value.int };
  if ('ints' in value) return { list: { i: value.ints } };
  if ('float' in value) return { f: value.float };
  if ('bool' in value) return { b: value.bool };
  if ('string' in value) return { s: Buffer.from(value.string) };
  return { tensor: tensorMessage(value.constant) };
}

function graphMessage(nodes: readonly NodeDef[]): object {
  return {
    node: nodes.map(({ name, op, input, attributes, device }) => ({
      name,
      op,
      input,
      ...(device !== undefined && { device }),
      attr: Object.entries(attributes).map(([key, value]) => ({ key, value: attributeMessage(value) })),
    })),
    versions: { producer: graphVersion },
  };
}

/** Encodes a GraphDef. Nodes stand in any order in which TensorFlow may read them: inputs first. */
export function encodeGraph(nodes: readonly NodeDef[]): Uint8Array {
  return schema.lookupType('GraphDef').encode(graphMessage(nodes)).finish();
}

/** Encodes a SavedModel of a graph alone, under one tag. */
export function encodeSavedModel(nodes: readonly NodeDef[], tag: string): Uint8Array {
  const metaGraphs = [{ metaInfoDef: { tags: [tag] }, graphDef: graphMessage(nodes) }];
  return schema.lookupType('SavedModel').encode({ savedModelSchemaVersion: 1, metaGraphs }).finish();
}

/** Encodes a MetaGraphDef: the graph, its saver, and its variables by the collections that list them. */
export function encodeMetaGraph(
  nodes: readonly NodeDef[],
  saver: SaverDef,
  collections: Readonly<Record<string, readonly VariableDef[]>>,
): Uint8Array {
  const variableType = schema.lookupType('VariableDef');
  const collectionDef = Object.entries(collections).map(([key, variables]) => ({
    key,
    value: { bytesList: { value: variables.map((variable) => variableType.encode(variable).finish()) } },
  }));
  return schema
    .lookupType('MetaGraphDef')
    .encode({
      graphDef: graphMessage(nodes),
      saverDef: { ...saver, keepCheckpointEveryNHours: 10_000, version: checkpointVersion },
      collectionDef,
    })
    .finish();
}
