// A constant inside a graph (TensorProto, checkpoint-formats §2.2).
import type { Reader } from 'protobufjs/minimal';
import { dataTypeOf, elementBytes, isNumeric, type DataType } from './dataTypes';
import { byteCount, readFields, readInt64, readRepeated, readShape } from './protobuf';

export interface TensorProto {
  dtype: DataType;
  shape: number[];
  /** 0 for types that are not numbers. */
  elementSize: number;
  /** Little-endian, row-major; a view into the file. */
  content: Uint8Array | undefined;
  /** The typed list, used where `content` is absent; its last value repeats. */
  values: number[];
}

/** A constant larger than this as a list of one repeated value is no weight but an attack on the memory. */
const largestExpansion = 1 << 30;

/** @throws Error when the sizes contradict each other. */
export function parseTensorProto(bytes: Uint8Array): TensorProto {
  let type = 0;
  let shape: number[] = [];
  let content: Uint8Array | undefined;
  const values: number[] = [];
  const list = (read: (reader: Reader) => number) => (reader: Reader, wireType: number) =>
    readRepeated(reader, wireType, values, bytes.length, read);
  readFields(bytes, {
    1: (reader) => (type = reader.int32()),
    2: (reader) => (shape = readShape(reader.bytes())),
    4: (reader) => (content = reader.bytes()),
    5: list((reader) => reader.float()),
    6: list((reader) => reader.double()),
    7: list((reader) => reader.int32()),
    10: list((reader) => readInt64(reader)),
    11: list((reader) => Number(reader.bool())),
    13: list((reader) => reader.int32()),
    16: list((reader) => reader.uint32()),
    17: list((reader) => readInt64(reader)),
  });
  const dtype = dataTypeOf(type);
  if (dtype === undefined) throw new Error(`a constant has an unknown type (${type})`);
  const elementSize = isNumeric(dtype) ? elementBytes(dtype) : 0;
  const size = byteCount(shape, elementSize);
  if (content?.length === 0) content = undefined;
  if (content !== undefined && elementSize > 0 && content.length !== size) {
    throw new Error(`a constant has ${content.length} bytes for the shape [${shape.join(', ')}]`);
  }
  if (content === undefined && size > largestExpansion) {
    throw new Error(`a constant has the impossible shape [${shape.join(', ')}]`);
  }
  return { dtype, shape, elementSize, content, values };
}

/** How many of its elements are not in the file: repetitions of the last value of a list, or zeros. */
export function repeatedElements({ shape, elementSize, content, values }: TensorProto): number {
  return content !== undefined || elementSize === 0 ? 0 : Math.max(0, byteCount(shape, 1) - values.length);
}

/** Its values as little-endian bytes. @throws Error for types that are not numbers. */
export function tensorBytes({ dtype, shape, elementSize, content, values }: TensorProto): Uint8Array {
  if (elementSize === 0) throw new Error(`${dtype} values are not numbers`);
  if (content !== undefined) return content;
  const bytes = new Uint8Array(byteCount(shape, elementSize));
  const write = elementWriter(dtype, new DataView(bytes.buffer));
  const count = bytes.length / elementSize;
  for (let i = 0; i < count; i++) write(i, values[i] ?? values.at(-1) ?? 0);
  return bytes;
}

function elementWriter(dtype: DataType, view: DataView): (i: number, value: number) => void {
  switch (dtype) {
    case 'float32':
      return (i, value) => view.setFloat32(i * 4, value, true);
    case 'float64':
      return (i, value) => view.setFloat64(i * 8, value, true);
    case 'int64':
    case 'uint64':
      return (i, value) => view.setBigInt64(i * 8, BigInt(value), true);
    case 'int32':
    case 'qint32':
    case 'uint32':
      return (i, value) => view.setInt32(i * 4, value, true);
    case 'int16':
    case 'qint16':
    case 'uint16':
    case 'quint16':
    case 'float16': // half_val and bfloat16 hold the bits
    case 'bfloat16':
      return (i, value) => view.setInt16(i * 2, value, true);
    default:
      return (i, value) => view.setInt8(i, value);
  }
}
