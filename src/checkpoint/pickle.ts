// The part of Python's pickle protocols 2 to 4 that NumPy needs for a dictionary of arrays (spec §2.7), and lists of bytes and
// truth values, as verification sets are. It builds plain values only: nothing in a file can run code.

/** NumPy's own limit. */
const mostDimensions = 64;

/** An array as pickled: raw little-endian float32 values in row-major or column-major order. */
export interface PickledArray {
  shape: number[];
  fortran: boolean;
  bytes: Uint8Array;
}

export type PickledValue = null | boolean | number | Uint8Array | PickledList | PickledDictionary | PickledObject;
type PickledList = PickledValue[];
type PickledDictionary = Map<string, PickledValue>;

class PickledObject {
  state: PickledValue = null;
  constructor(
    readonly kind: 'numpy.core.multiarray._reconstruct' | 'numpy.ndarray' | 'numpy.dtype',
    readonly args: PickledList | undefined,
    /** Where in the file it was made. */
    readonly position: number,
  ) {}
}

/** Classes that a pickle of arrays may name; NumPy 2 has moved its modules. */
const globals: Record<string, PickledObject['kind']> = {
  'numpy.core.multiarray _reconstruct': 'numpy.core.multiarray._reconstruct',
  'numpy._core.multiarray _reconstruct': 'numpy.core.multiarray._reconstruct',
  'numpy ndarray': 'numpy.ndarray',
  'numpy dtype': 'numpy.dtype',
};

const mark = Symbol('mark');

class Unpickler {
  private readonly stack: (PickledValue | typeof mark)[] = [];
  private readonly memo = new Map<number, PickledValue>();

  constructor(
    private readonly bytes: Buffer,
    private position: number,
  ) {}

  load(): PickledValue {
    for (;;) {
      const start = this.position;
      try {
        const opcode = this.take(1)[0]!;
        if (opcode === 0x2e /* STOP */) return this.pop();
        this.step(opcode);
      } catch (cause) {
        throw new Error(`${(cause as Error).message} (at byte ${start})`, { cause });
      }
    }
  }

  private step(opcode: number): void {
    switch (opcode) {
      case 0x80: // PROTO
        this.take(1);
        return;
      case 0x63: // GLOBAL
        this.push(this.global(`${this.line()} ${this.line()}`));
        return;
      case 0x71: // BINPUT
        this.memo.set(this.take(1)[0]!, this.top());
        return;
      case 0x72: // LONG_BINPUT
        this.memo.set(this.take(4).readUInt32LE(), this.top());
        return;
      case 0x68: // BINGET
        this.push(this.remembered(this.take(1)[0]!));
        return;
      case 0x6a: // LONG_BINGET
        this.push(this.remembered(this.take(4).readUInt32LE()));
        return;
      case 0x4a: // BININT
        this.push(this.take(4).readInt32LE());
        return;
      case 0x4b: // BININT1
        this.push(this.take(1)[0]!);
        return;
      case 0x4d: // BININT2
        this.push(this.take(2).readUInt16LE());
        return;
      case 0x4e: // NONE
        this.push(null);
        return;
      case 0x88: // NEWTRUE
      case 0x89: // NEWFALSE
        this.push(opcode === 0x88);
        return;
      case 0x95: // FRAME: what follows stands here as it is
        this.take(8);
        return;
      case 0x94: // MEMOIZE
        this.memo.set(this.memo.size, this.top());
        return;
      case 0x43: // SHORT_BINBYTES
      case 0x55: // SHORT_BINSTRING
        this.push(this.take(this.take(1)[0]!));
        return;
      case 0x42: // BINBYTES
      case 0x54: // BINSTRING
      case 0x58: // BINUNICODE
        this.push(this.take(this.take(4).readUInt32LE()));
        return;
      case 0x28: // MARK
        this.stack.push(mark);
        return;
      case 0x74: // TUPLE
        this.push(this.popToMark());
        return;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        this.push(Array.from({ length: opcode - 0x84 }, () => this.pop()).reverse());
        return;
      case 0x29: // EMPTY_TUPLE
      case 0x5d: // EMPTY_LIST
        this.push([]);
        return;
      case 0x7d: // EMPTY_DICT
        this.push(new Map());
        return;
      case 0x61: // APPEND
        this.append([this.pop()]);
        return;
      case 0x65: // APPENDS
        this.append(this.popToMark());
        return;
      case 0x73: {
        // SETITEM
        const value = this.pop();
        this.setItems([this.pop(), value]);
        return;
      }
      case 0x75: // SETITEMS
        this.setItems(this.popToMark());
        return;
      case 0x52: // REDUCE
        this.reduce();
        return;
      case 0x62: // BUILD
        this.build();
        return;
      default:
        throw new Error(`it holds a Python object that is not an array (pickle opcode 0x${opcode.toString(16)})`);
    }
  }

  private take(count: number): Buffer {
    if (this.position + count > this.bytes.length) throw new Error('it is cut off');
    this.position += count;
    return this.bytes.subarray(this.position - count, this.position);
  }

  private line(): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end === -1) throw new Error('it is cut off');
    const text = this.bytes.toString('latin1', this.position, end);
    this.position = end + 1;
    return text;
  }

  private push(value: PickledValue): void {
    this.stack.push(value);
  }

  private top(): PickledValue {
    const value = this.stack.at(-1);
    if (value === undefined || value === mark) throw new Error('it is damaged');
    return value;
  }

  private pop(): PickledValue {
    const value = this.top();
    this.stack.pop();
    return value;
  }

  private popToMark(): PickledList {
    const at = this.stack.lastIndexOf(mark);
    if (at === -1) throw new Error('it is damaged');
    return this.stack.splice(at).slice(1) as PickledList;
  }

  private remembered(key: number): PickledValue {
    const value = this.memo.get(key);
    if (value === undefined) throw new Error('it is damaged');
    return value;
  }

  private global(name: string): PickledObject {
    const kind = globals[name];
    if (kind === undefined)
      throw new Error(`it holds a Python object ${name.replace(' ', '.').slice(0, 100)}, which is not an array`);
    return new PickledObject(kind, undefined, this.position);
  }

  private append(values: PickledList): void {
    const list = this.top();
    if (!Array.isArray(list)) throw new Error('it is damaged');
    // Not push(...values): there may be more than a call may have arguments.
    for (const value of values) list.push(value);
  }

  private setItems(items: PickledList): void {
    const dictionary = this.top();
    if (!(dictionary instanceof Map) || items.length % 2 !== 0) throw new Error('it is damaged');
    for (let i = 0; i < items.length; i += 2) dictionary.set(textOf(items[i]!), items[i + 1]!);
  }

  private reduce(): void {
    const args = this.pop();
    const callable = this.pop();
    if (!(callable instanceof PickledObject) || callable.args !== undefined || !Array.isArray(args)) {
      throw new Error('it is damaged');
    }
    this.push(new PickledObject(callable.kind, args, this.position));
  }

  private build(): void {
    const state = this.pop();
    const target = this.top();
    if (!(target instanceof PickledObject) || target.args === undefined) throw new Error('it is damaged');
    target.state = state;
  }
}

/** Parses the pickle that begins at `offset`. @throws Error whose message continues a sentence "… cannot be read: ". */
export function unpickle(bytes: Buffer, offset: number): PickledValue {
  return new Unpickler(bytes, offset).load();
}

/** A pickled string (Latin-1, as Python 2 wrote its names). */
function textOf(value: PickledValue): string {
  if (!(value instanceof Uint8Array)) throw new Error('it is damaged: a name is not a string');
  return Buffer.from(value).toString('latin1');
}

function where(value: PickledValue | undefined): string {
  return value instanceof PickledObject ? ` (at byte ${value.position})` : '';
}

function stateOf(value: PickledValue | undefined, kind: PickledObject['kind']): PickledList {
  if (!(value instanceof PickledObject) || value.kind !== kind || !Array.isArray(value.state)) {
    throw new Error(`it is damaged: an array is not an array${where(value)}`);
  }
  return value.state;
}

/** A pickled array of little-endian float32 values; its size is held against its bytes. */
export function floatArrayOf(value: PickledValue): PickledArray {
  const [, shape, type, fortran, bytes] = stateOf(value, 'numpy.core.multiarray._reconstruct');
  const dtype = type instanceof PickledObject ? type.args?.[0] : undefined;
  if (dtype === undefined || textOf(dtype) !== 'f4' || textOf(stateOf(type, 'numpy.dtype')[1] ?? null) !== '<') {
    throw new Error(`it holds values that are not little-endian float32${where(value)}`);
  }
  if (!Array.isArray(shape) || !(bytes instanceof Uint8Array) || typeof fortran !== 'boolean') {
    throw new Error(`it is damaged: an array is not an array${where(value)}`);
  }
  if (shape.length > mostDimensions) throw new Error(`it states ${shape.length} dimensions${where(value)}`);
  const sizes = shape.map((size) => (typeof size === 'number' && size >= 0 ? size : NaN));
  if (sizes.reduce((product, size) => product * size, 4) !== bytes.length) {
    throw new Error(`it is damaged: an array of [${sizes.join(', ')}] has ${bytes.length} bytes${where(value)}`);
  }
  return { shape: sizes, fortran, bytes };
}
