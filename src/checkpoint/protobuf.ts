// Protocol buffers field by field, without a schema compiler: only the fields that are asked for are looked at, and
// byte fields are views, so that a graph of 90 MB costs no copies.
import { Reader } from 'protobufjs/minimal';

type Field = (reader: Reader, wireType: number) => void;

const lengthDelimited = 2;

/** Bytes that are no message. */
export class MessageError extends Error {
  /** @param position in the buffer that the bytes are a view of */
  constructor(
    readonly position: number,
    cause: unknown,
  ) {
    super((cause as Error).message, { cause });
  }
}

/**
 * Calls the function of each field that is in `fields`, in the order of the bytes, and skips all others.
 *
 * @throws MessageError for bytes that are no message; the caller says in which file.
 */
export function readFields(bytes: Uint8Array, fields: Readonly<Record<number, Field>>): void {
  const reader = Reader.create(bytes);
  try {
    while (reader.pos < reader.len) readField(reader, fields);
  } catch (cause) {
    // Of messages inside of one another the innermost knows best.
    throw cause instanceof MessageError ? cause : new MessageError(bytes.byteOffset + reader.pos, cause);
  }
}

function readField(reader: Reader, fields: Readonly<Record<number, Field>>): void {
  const tag = reader.uint32();
  const [number, wireType] = [tag >>> 3, tag & 7];
  if (number === 0) throw new Error('a field has number 0');
  const field = fields[number];
  if (field === undefined) reader.skipType(wireType);
  else field(reader, wireType);
}

/** A varint of 64 bits as a number. @throws RangeError beyond 2^53. */
export function readInt64(reader: Reader): number {
  // A Long where that library is loaded, else a number already.
  const value: unknown = reader.int64();
  const number = typeof value === 'number' ? value : (value as { toNumber(): number }).toNumber();
  if (!Number.isSafeInteger(number)) throw new RangeError('a number is beyond 2^53');
  return number;
}

/** A repeated number, packed or not; `read` reads one. Returns at most `limit` of them and skips the rest. */
export function readRepeated(
  reader: Reader,
  wireType: number,
  into: number[],
  limit: number,
  read: (reader: Reader) => number,
): void {
  const append = (value: number): void => {
    if (into.length < limit) into.push(value);
  };
  if (wireType !== lengthDelimited) {
    append(read(reader));
    return;
  }
  const packed = Reader.create(reader.bytes());
  while (packed.pos < packed.len) append(read(packed));
}

/**
 * Sizes of a TensorShapeProto. @throws Error for an unknown rank or an impossible size; an unknown size (−1) is one.
 */
export function readShape(bytes: Uint8Array): number[] {
  const shape: number[] = [];
  readFields(bytes, {
    2: (reader) => {
      let size = 0;
      readFields(reader.bytes(), { 1: (dimension) => (size = readInt64(dimension)) });
      shape.push(size);
    },
    3: (reader) => {
      if (reader.bool()) throw new Error('a tensor has no known rank');
    },
  });
  // TensorFlow itself has no tensors of a higher rank.
  if (shape.length > 254) throw new Error('a tensor has too many dimensions');
  if (!Number.isSafeInteger(byteCount(shape, 16)) || shape.some((size) => size < 0)) {
    throw new Error(`a tensor has the impossible shape [${shape.slice(0, 8).join(', ')}]`);
  }
  return shape;
}

/** Product of the sizes times the bytes of an element. */
export function byteCount(shape: readonly number[], elementSize: number): number {
  return shape.reduce((product, size) => product * size, elementSize);
}
