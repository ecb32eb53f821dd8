import { OutOfMemoryError } from '../outOfMemory';

/** The allocator of the backend's module; exports are bound by their first call. */
export interface WasmAllocator {
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** Bytes that stay at least for what kernels allocate inside WebAssembly. */
const leastReserve = 64 << 20;
/** A product packs one of its operands, with some padding, so that as much as the largest tensor stays too. */
const packing = 1.25;

/**
 * The backend takes the null that a failed allocation gives for an address, and overwrites what lies at the beginning of
 * the heap; its kernels do not look at all whether they get what they pack weights into, and leave their result as it was,
 * without a word. Here either ends in an error after which the heap is as it was before: also an allocation that succeeds
 * does, where it leaves too little for the kernels. To look costs about as much as to allocate, far below a microsecond.
 */
export function reportFailedAllocations(module: WasmAllocator): void {
  // The first call replaces the property by the export itself, and would undo what is done here.
  module._free(module._malloc(8));
  const allocate = module._malloc.bind(module);
  const free = module._free.bind(module);
  let reserve = leastReserve;
  module._malloc = (bytes) => {
    const wanted = Math.max(reserve, Math.ceil(packing * bytes));
    const address = allocate(bytes);
    const room = address === 0 ? 0 : allocate(wanted);
    if (room === 0) {
      if (address !== 0) free(address);
      throw new OutOfMemoryError(`WebAssembly could not allocate ${bytes} bytes`);
    }
    free(room);
    reserve = wanted;
    return address;
  };
}
