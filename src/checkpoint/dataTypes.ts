// The element types of TensorFlow's tensors (checkpoint-formats §1.4) and their values as JavaScript numbers.
import { halfToNumber } from '../network/half';

const table = [
  [1, 'float32', 4],
  [2, 'float64', 8],
  [3, 'int32', 4],
  [4, 'uint8', 1],
  [5, 'int16', 2],
  [6, 'int8', 1],
  [7, 'string', 0],
  [8, 'complex64', 8],
  [9, 'int64', 8],
  [10, 'bool', 1],
  [11, 'qint8', 1],
  [12, 'quint8', 1],
  [13, 'qint32', 4],
  [14, 'bfloat16', 2],
  [15, 'qint16', 2],
  [16, 'quint16', 2],
  [17, 'uint16', 2],
  [18, 'complex128', 16],
  [19, 'float16', 2],
  [20, 'resource', 0],
  [21, 'variant', 0],
  [22, 'uint32', 4],
  [23, 'uint64', 8],
] as const;

export type DataType = (typeof table)[number][1];

const byNumber = new Map<number, DataType>(table.map(([number, name]) => [number, name]));
const sizes = new Map<DataType, number>(table.map(([, name, size]) => [name, size]));
const numbers = new Map<DataType, number>(table.map(([number, name]) => [name, number]));

/** The type with this number in TensorFlow's enum; undefined for one that does not exist. */
export function dataTypeOf(number: number): DataType | undefined {
  return byNumber.get(number);
}

/** Its number in TensorFlow's enum. */
export function dataTypeNumber(type: DataType): number {
  return numbers.get(type)!;
}

/** Bytes of one element; 0 where the elements have no fixed size (string, resource, variant). */
export function elementBytes(type: DataType): number {
  return sizes.get(type)!;
}

/** Whether the values can be had as real numbers. */
export function isNumeric(type: DataType): boolean {
  return elementBytes(type) > 0 && !type.startsWith('complex');
}

/** Reads element `i` of little-endian bytes. 64-bit integers are rounded to the nearest double. */
function elementReader(type: DataType, view: DataView): (i: number) => number {
  switch (type) {
    case 'float32':
      return (i) => view.getFloat32(i * 4, true);
    case 'float64':
      return (i) => view.getFloat64(i * 8, true);
    case 'int32':
    case 'qint32':
      return (i) => view.getInt32(i * 4, true);
    case 'uint32':
      return (i) => view.getUint32(i * 4, true);
    case 'int16':
    case 'qint16':
      return (i) => view.getInt16(i * 2, true);
    case 'uint16':
    case 'quint16':
      return (i) => view.getUint16(i * 2, true);
    case 'int8':
    case 'qint8':
      return (i) => view.getInt8(i);
    case 'uint8':
    case 'quint8':
    case 'bool':
      return (i) => view.getUint8(i);
    case 'int64':
      return (i) => Number(view.getBigInt64(i * 8, true));
    case 'uint64':
      return (i) => Number(view.getBigUint64(i * 8, true));
    case 'float16':
      return (i) => halfToNumber(view.getUint16(i * 2, true));
    case 'bfloat16': {
      const word = new DataView(new ArrayBuffer(4));
      return (i) => {
        word.setUint32(0, view.getUint16(i * 2, true) * 0x10000);
        return word.getFloat32(0);
      };
    }
    case 'string':
    case 'complex64':
    case 'complex128':
    case 'resource':
    case 'variant':
      throw new Error(`${type} values are not numbers`);
  }
}

/** The values of little-endian bytes as doubles. @throws Error when the type has no real values. */
export function toDoubles(type: DataType, bytes: Uint8Array): Float64Array {
  const read = elementReader(type, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const values = new Float64Array(bytes.length / elementBytes(type));
  for (let i = 0; i < values.length; i++) values[i] = read(i);
  return values;
}

/** The values of little-endian bytes as float32; float32 itself without a copy where the bytes are aligned. */
export function toFloats(type: DataType, bytes: Uint8Array): Float32Array {
  if (type !== 'float32' || !littleEndianHost) return Float32Array.from(toDoubles(type, bytes));
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

/** The values of little-endian bytes without loss: float32 itself, anything else as doubles. */
export function toNumbers(type: DataType, bytes: Uint8Array): Float32Array | Float64Array {
  return type === 'float32' ? toFloats(type, bytes) : toDoubles(type, bytes);
}

/** Whether typed arrays hold their numbers as the files do. */
export const littleEndianHost = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
