// NumPy's .npy files (spec §8.3): numbers are read and written, unicode strings written.
import { readFile } from 'node:fs/promises';
import { UserError } from '../protocol/errors';
import { writeAside, writeFileAtomic } from '../files/atomicFile';

const magic = Buffer.from('\x93NUMPY', 'latin1');
/** NumPy's own limit. */
const mostDimensions = 64;

/** NumPy ≥ 1.14 starts the data at a multiple of this. */
const alignment = 64;

export interface NpyHeader {
  /** NumPy's type, e.g. `<f8`, `<i8`, `<U12`, `|O`. */
  descr: string;
  fortranOrder: boolean;
  shape: number[];
  /** Where the data begins in the file. */
  dataOffset: number;
}

/** A numeric array, row-major. 64-bit integers beyond 2^53 are refused when read. */
export interface NumericArray {
  shape: number[];
  data: Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array;
}

/** Reads the header of the file's bytes. */
export function parseNpyHeader(bytes: Buffer, path: string): NpyHeader {
  if (!bytes.subarray(0, 6).equals(magic)) {
    throw new UserError(`${path} is not a NumPy file.`, 'Give a file that numpy.save has written.');
  }
  const longLength = (bytes[6] ?? 0) >= 2;
  const headerOffset = longLength ? 12 : 10;
  if (bytes.length < headerOffset) throw truncated(path, bytes);
  const length = longLength ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8);
  const dataOffset = headerOffset + length;
  if (bytes.length < dataOffset) throw truncated(path, bytes);
  const header = bytes.toString('latin1', headerOffset, dataOffset);
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const dimensions = /'shape':\s*\(([\d\s,L]*)\)/.exec(header)?.[1];
  if (descr === undefined || fortran === undefined || dimensions === undefined) {
    throw new UserError(
      `${path} holds records that this program does not read (its header at byte ${headerOffset}).`,
      'Save a plain array of numbers with numpy.save.',
    );
  }
  const shape = dimensions
    .split(',')
    .map((text) => text.replace('L', '').trim())
    .filter((text) => text !== '')
    .map(Number);
  if (shape.length > mostDimensions) {
    throw new UserError(`${path} states ${shape.length} dimensions in its header at byte ${headerOffset}.`);
  }
  return { descr, fortranOrder: fortran === 'True', shape, dataOffset };
}

function truncated(path: string, { length }: Buffer): UserError {
  return new UserError(`${path} is cut off at byte ${length}.`, 'Copy or download it again.');
}

/** Product of the dimensions; refuses what no file can hold. */
function countElements(shape: readonly number[], path: string): number {
  const count = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(count)) {
    throw new UserError(`${path} states an impossible shape [${shape.join(', ')}] in its header at byte 10.`);
  }
  return count;
}

/** From column-major to row-major order. */
export function rowMajor<A extends Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array>(
  columnMajor: A,
  shape: readonly number[],
): A {
  const data = columnMajor.slice() as A;
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  const position = shape.map(() => 0);
  for (let to = 0; to < data.length; to++) {
    data[to] = columnMajor[position.reduce((sum, index, axis) => sum + index * strides[axis]!, 0)]!;
    for (let axis = shape.length - 1; axis >= 0 && ++position[axis]! === shape[axis]!; axis--) position[axis] = 0;
  }
  return data;
}

const numericTypes = {
  '<f4': Float32Array,
  '<f8': Float64Array,
  '<i8': BigInt64Array,
  '<i4': Int32Array,
  '|u1': Uint8Array,
} as const;

/**
 * Reads an array of numbers (float32, float64, int64, int32 or uint8, little-endian), row-major whatever its order in
 * the file.
 *
 * @throws UserError for a file that is cut off or holds something else.
 */
export async function readNpy(path: string): Promise<NumericArray> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new UserError(`${path} cannot be read.`, 'Check the path.', { cause });
  });
  const { descr, fortranOrder, shape, dataOffset } = parseNpyHeader(bytes, path);
  if (!(descr in numericTypes)) {
    throw new UserError(
      `${path} holds values of type ${descr.slice(0, 20)}, not numbers that this program reads.`,
      'Save it as float32 or float64.',
    );
  }
  const kind = numericTypes[descr as keyof typeof numericTypes];
  const count = countElements(shape, path);
  const length = count * kind.BYTES_PER_ELEMENT;
  if (bytes.length < dataOffset + length) throw truncated(path, bytes);
  // A copy: typed arrays must begin at a multiple of their element size.
  const copy = new Uint8Array(bytes.subarray(dataOffset, dataOffset + length)).buffer;
  const data = new kind(copy);
  return { shape, data: fortranOrder ? rowMajor(data, shape) : data };
}

/** The array's values as float64. */
export function toFloat64({ data }: NumericArray): Float64Array {
  return data instanceof BigInt64Array ? Float64Array.from(data, Number) : Float64Array.from(data);
}

/** The whole .npy file of an array of numbers, or of strings (`<U…`, one dimension). */
export function encodeNpy(array: NumericArray | readonly string[]): Buffer {
  if ('data' in array) {
    const { shape, data } = array;
    const descr = Object.entries(numericTypes).find(([, kind]) => data instanceof kind)![0];
    return withHeader(descr, shape, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  }
  const width = widthOf(array);
  return withHeader(`<U${width}`, [array.length], encodeStrings(array, width));
}

/** Characters of the longest string. NumPy has no strings of width 0 in files: an array of empty strings is <U1. */
export function widthOf(texts: readonly string[]): number {
  return texts.reduce((longest, text) => Math.max(longest, Array.from(text).length), 1);
}

function withHeader(descr: string, shape: readonly number[], data: Buffer): Buffer {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = Math.ceil((10 + text.length + 1) / alignment) * alignment;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(start - 10);
  const header = text.padEnd(start - 11) + '\n';
  return Buffer.concat([magic, Buffer.from([1, 0]), length, Buffer.from(header, 'latin1'), data]);
}

/**
 * Writes a file of NumPy in parts, so that no more than one of them is in memory; aside, then renamed.
 * @param type e.g. `<f8`
 * @param fill appends the values, row-major and little-endian
 */
export async function writeNpyInParts(
  path: string,
  type: string,
  shape: readonly number[],
  fill: (append: (part: ArrayBufferView) => Promise<void>) => Promise<void>,
): Promise<void> {
  const aside = await writeAside(path, async (file) => {
    await file.writeFile(withHeader(type, shape, Buffer.alloc(0)));
    await fill(async (part) => file.writeFile(new Uint8Array(part.buffer, part.byteOffset, part.byteLength)));
  });
  await aside.commit();
}

/** The strings of an array `<U…` of this width. */
export function encodeStrings(texts: readonly string[], width: number): Buffer {
  const bytes = Buffer.alloc(texts.length * width * 4);
  for (const [row, text] of texts.entries())
    Array.from(text).forEach((character, column) =>
      bytes.writeUInt32LE(character.codePointAt(0)!, (row * width + column) * 4),
    );
  return bytes;
}

/** Writes an array of numbers (row-major) or a list of strings as numpy.save does; aside, then renamed. */
export async function writeNpy(path: string, array: NumericArray | readonly string[]): Promise<void> {
  await writeFileAtomic(path, encodeNpy(array));
}
