// The user's MPI library, by its C functions: MPI's standard ABI (MPICH 5, Open MPI 6), Open MPI 5 and MPICH 4.
import { existsSync, readlinkSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { UserError, describeError } from '../protocol/errors';

/** Numbers that a library gives its constants. Handles are pointers or integers; both go into a register. */
export interface Constants {
  world: bigint;
  float: bigint;
  sum: bigint;
  /** Address that stands for "the values are where the result goes". */
  inPlace: bigint;
  /** Thread levels by their names. */
  levels: Readonly<Record<'single' | 'funneled' | 'serialized' | 'multiple', number>>;
}

/**
 * The functions that a training needs, which give 0 for success. What they read and write is told by its address: calls
 * that begin something go on with that memory after they have returned, so none of it may be JavaScript's.
 */
export interface MpiFunctions {
  initialized(flag: bigint): number;
  init(level: number, given: bigint): number;
  version(text: bigint, length: bigint): number;
  rank(world: bigint, rank: bigint): number;
  size(world: bigint, size: bigint): number;
  broadcastBegin(values: bigint, count: number, type: bigint, root: number, world: bigint, request: bigint): number;
  sumBegin(
    own: bigint,
    sum: bigint,
    count: number,
    type: bigint,
    operation: bigint,
    world: bigint,
    request: bigint,
  ): number;
  barrierBegin(world: bigint, request: bigint): number;
  test(request: bigint, done: bigint, status: bigint): number;
  abort(world: bigint, code: number): number;
  finalize(): number;
}

/** Memory outside of JavaScript's heap: it neither moves nor goes away. */
export interface NativeMemory {
  address: bigint;
  bytes: ArrayBuffer;
}

export interface MpiLibrary {
  path: string;
  /** What it says of itself. */
  version: string;
  constants: Constants;
  functions: MpiFunctions;
  allocate(bytes: number): NativeMemory;
  /** Lets another process that waits for this core have it. */
  yieldCore(): void;
}

/** Of the standard ABI (MPI 5.0, section 20), of Open MPI and of MPICH before it. */
const levels = { single: 0, funneled: 1, serialized: 2, multiple: 3 };
const standardAbi: Constants = {
  ...{ world: 0x101n, float: 0x210n, sum: 0x21n, inPlace: 1n },
  levels: { single: 0, funneled: 1024, serialized: 2048, multiple: 4096 },
};
const mpichAbi: Constants = { world: 0x44000000n, float: 0x4c00040an, sum: 0x58000003n, inPlace: -1n, levels };

/** Where the library of a launcher lies beside it, the standard ABI first; else the system's loader looks for it. */
const names = ['libmpi_abi.so.1', 'libmpi_abi.so.0', 'libmpi.so.40', 'libmpich.so.12', 'libmpi.so.12', 'libmpi.so'];
const openMpiNames = ['libmpi.so.40', 'libmpi_abi.so.1', 'libmpi_abi.so.0', 'libmpi.so'];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Files that may be the library of the launcher, those that are most likely first: FACENET_MPI alone where it is set, then
 * beside the program that has started this one, beside the mpirun of PATH, and whatever the loader finds.
 * @param starter folder of the program that has started this one, where it is known
 */
export function libraryCandidates(
  environment: Environment,
  starter: string | undefined,
  exists: (path: string) => boolean = existsSync,
): string[] {
  const { FACENET_MPI: chosen, PATH: path = '' } = environment;
  if (chosen !== undefined && chosen !== '') return [chosen];
  const wanted = environment['OMPI_COMM_WORLD_SIZE'] === undefined ? names : openMpiNames;
  const inPath = path.split(delimiter).filter((folder) => folder !== '' && exists(join(folder, 'mpirun')));
  const launchers = [...(starter === undefined ? [] : [starter]), ...inPath];
  const beside = launchers.flatMap((folder) =>
    wanted.map((name) => join(dirname(folder), 'lib', name)).filter((file) => exists(file)),
  );
  return [...new Set([...beside, ...wanted])];
}

/** Where the program lies that has started this one; Linux tells. */
function folderOfStarter(): string | undefined {
  try {
    return dirname(readlinkSync(`/proc/${process.ppid}/exe`));
  } catch {
    return undefined;
  }
}

/**
 * What libraries are told before they are loaded, unless the user has told them something else. UCX and Open MPI write
 * jumps into the C library's brk and munmap, to hear of memory that is given back; beside the threads of V8 that ended in
 * a segmentation fault now and then (with the UCX that the wheels of MPICH 5.0 and Open MPI 5.0 bring). What is sent here
 * lies in memory that is never given back, so that there is nothing to hear of. Nor are UCX's handlers of signals wanted,
 * for which V8 has its own; and memory that a network card knows is to survive a child process.
 */
const calmSettings = {
  UCX_MEM_EVENTS: 'no',
  UCX_ERROR_SIGNALS: '',
  OMPI_MCA_memory: '^patcher',
  FI_MR_CACHE_MONITOR: 'disabled',
  RDMAV_FORK_SAFE: '1',
} as const;

/**
 * Loads the library; this process's environment gets what it is to be told.
 * @throws UserError where there is none that can be loaded
 */
export async function loadMpi(environment: NodeJS.ProcessEnv): Promise<MpiLibrary> {
  const koffi = await loadKoffi();
  for (const [name, value] of Object.entries(calmSettings)) environment[name] ??= value;
  let failure: unknown;
  for (const path of libraryCandidates(environment, folderOfStarter())) {
    try {
      return bind(koffi, path);
    } catch (error) {
      failure ??= error;
    }
  }
  throw new UserError(
    `No MPI library could be loaded (${describeError(failure)}).`,
    'Name the one of your mpirun in FACENET_MPI, e.g. /usr/lib/x86_64-linux-gnu/libmpi.so.40.',
  );
}

type Koffi = typeof import('koffi');

async function loadKoffi(): Promise<Koffi> {
  try {
    const module = (await import('koffi')) as Koffi & { default?: Koffi };
    return module.default ?? module;
  } catch (error) {
    throw new UserError(
      `MPI needs the package koffi, which is not installed for ${process.platform}-${process.arch}.`,
      'Run npm install koffi in the folder of facenet.',
      { cause: error },
    );
  }
}

/** Bytes for what a library says of itself; MPI_MAX_LIBRARY_VERSION_STRING is 8192 at most. */
const versionBytes = 8192;

function bind(koffi: Koffi, path: string): MpiLibrary {
  const library = koffi.load(path);
  const [handle, address] = ['int64_t', 'int64_t'];
  const define = (name: string, ...parameters: string[]): ((...values: unknown[]) => number) =>
    library.func(name, 'int', parameters) as (...values: unknown[]) => number;
  const init = define('MPI_Init_thread', address, address, 'int', address);
  const functions: MpiFunctions = {
    initialized: define('MPI_Initialized', address),
    // No arguments of a command line are handed over.
    init: (level, given) => init(0n, 0n, level, given),
    version: define('MPI_Get_library_version', address, address),
    rank: define('MPI_Comm_rank', handle, address),
    size: define('MPI_Comm_size', handle, address),
    broadcastBegin: define('MPI_Ibcast', address, 'int', handle, 'int', handle, address),
    sumBegin: define('MPI_Iallreduce', address, address, 'int', handle, handle, handle, address),
    barrierBegin: define('MPI_Ibarrier', handle, address),
    test: define('MPI_Test', address, address, address),
    abort: define('MPI_Abort', handle, 'int'),
    finalize: define('MPI_Finalize'),
  };
  const allocate = (bytes: number): NativeMemory => {
    const memory: unknown = koffi.alloc('uint8_t', bytes);
    return { address: koffi.address(memory), bytes: koffi.view(memory, bytes) };
  };
  const yieldCore = koffi.load(null).func('sched_yield', 'int', []) as () => number;
  const text = allocate(versionBytes + 8);
  functions.version(text.address, text.address + BigInt(versionBytes));
  const version = firstLine(Buffer.from(text.bytes), new Int32Array(text.bytes, versionBytes, 1)[0]!);
  const symbol = (name: string): bigint => BigInt(koffi.address(library.symbol(name)));
  return { path, version, constants: constantsOf(path, version, symbol), functions, allocate, yieldCore };
}

function firstLine(text: Buffer, length: number): string {
  return text
    .toString('latin1', 0, length)
    .split(/[\n,\0]/)[0]!
    .replace(/\s+/g, ' ')
    .trim();
}

function constantsOf(path: string, version: string, symbol: (name: string) => bigint): Constants {
  if (basename(path).startsWith('libmpi_abi')) return standardAbi;
  if (!version.startsWith('Open MPI')) return mpichAbi;
  return {
    world: symbol('ompi_mpi_comm_world'),
    float: symbol('ompi_mpi_float'),
    sum: symbol('ompi_mpi_op_sum'),
    inPlace: 1n,
    levels,
  };
}
