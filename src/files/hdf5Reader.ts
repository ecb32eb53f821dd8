// The program of the thread that reads HDF5 files (hdf5Thread.ts).
import { parentPort } from 'node:worker_threads';
import { readerIsReady, type Hdf5Answer, type Hdf5Dataset, type Hdf5Request } from './hdf5Messages';

const pageBytes = 65_536;
/** The library's own memory, until a request says how much it may take. */
let memoryBytes = 64 << 20;

/** Of the global WebAssembly, which only the types of browsers describe. */
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Lets the library's memory grow to the limit of the request only: beyond it the library is told that there is no more. */
function limitMemory(): void {
  const { prototype } = (globalThis as unknown as { WebAssembly: { Memory: { prototype: Memory } } }).WebAssembly
    .Memory;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the memory that asks
  const { grow } = prototype;
  prototype.grow = function (this: Memory, pages: number): number {
    if (this.buffer.byteLength + pages * pageBytes > memoryBytes) throw new RangeError('too much memory');
    return grow.call(this, pages);
  };
}

async function library(): Promise<typeof import('h5wasm/node')> {
  const hdf5 = await import('h5wasm/node');
  // Otherwise the library prints its own error stack.
  (await hdf5.ready).activate_throwing_error_handler();
  return hdf5;
}

function valuesOf(value: unknown): Hdf5Dataset['values'] | undefined {
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) return Float64Array.from(value, Number);
  if (ArrayBuffer.isView(value)) return value as unknown as Float64Array;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  return undefined;
}

type Library = Awaited<ReturnType<typeof library>>;

function read(hdf5: Library, { path, names }: Hdf5Request): [string, Hdf5Dataset][] {
  const file = new hdf5.File(path, 'r');
  try {
    return names.flatMap((name): [string, Hdf5Dataset][] => {
      const entity = file.get(name);
      if (!(entity instanceof hdf5.Dataset)) return [];
      const { total_size: elements, size } = entity.metadata;
      // A dataset may state any shape: what was never written takes no room in the file.
      if (elements * size > memoryBytes) throw new Error(`${name} would take ${elements * size} bytes`);
      const values = valuesOf(entity.value);
      return values === undefined ? [] : [[name, { shape: entity.shape ?? [], values }]];
    });
  } finally {
    file.close();
  }
}

/** The library's own errors come as plain Errors and leave it in order; anything else is a trap or an abort. */
function failure(error: unknown): Hdf5Answer {
  const isOrderly = error instanceof Error && error.constructor === Error;
  const text = error instanceof Error ? error.message : `exception ${String(error)}`;
  // Of the library's own stack the innermost line says what was found: "#005: … in H5FD_read(): addr overflow".
  const [found = text.trim().split('\n')[0]!] = [...text.matchAll(/^\s*#\d+:.*\(\): (.+)$/gm)]
    .map((line) => line[1]!)
    .reverse();
  return { failed: found.slice(0, 200), broken: !isOrderly };
}

function answerTo(hdf5: Library, request: Hdf5Request): Hdf5Answer {
  ({ memoryBytes } = request);
  try {
    return { found: read(hdf5, request) };
  } catch (error) {
    return failure(error);
  }
}

limitMemory();
void library().then((hdf5) => {
  parentPort!.on('message', (request: Hdf5Request) => parentPort!.postMessage(answerTo(hdf5, request)));
  parentPort!.postMessage(readerIsReady);
});
