import { OutOfMemoryError } from '../outOfMemory';

/** The allocator of the backend's module; exports are bound by their first call. */
export interface WasmAllocator {
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/**
 * The backend takes the null that a failed allocation gives for an address, and overwrites what lies at the beginning of
 * the heap. Here it ends in an error after which the heap is as it was before.
 */
export function reportFailedAllocations(module: WasmAllocator): void {
  // The first call replaces the property by the export itself, and would undo what is done here.
  module._free(module._malloc(8));
  const allocate = module._malloc.bind(module);
  module._malloc = (bytes) => {
    const address = allocate(bytes);
    if (address === 0) throw new OutOfMemoryError(`WebAssembly could not allocate ${bytes} bytes`);
    return address;
  };
}
