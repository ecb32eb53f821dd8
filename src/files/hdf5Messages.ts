// What the thread that reads HDF5 files is asked, and what it answers.

/** Values of one dataset in row-major order; whole numbers of 64 bits are given as doubles. */
export interface Hdf5Dataset {
  shape: readonly number[];
  values: ArrayLike<number> | readonly string[];
}

export interface Hdf5Request {
  path: string;
  names: readonly string[];
  /** The most that the library may hold, and that a dataset may take. */
  memoryBytes: number;
}

/** `failed`: why in the library's words; `broken`: it cannot be used any more. */
export type Hdf5Answer = { found: [name: string, dataset: Hdf5Dataset][] } | { failed: string; broken: boolean };

/** What a thread says once its library is loaded: time counts from then on. */
export const readerIsReady = 'ready';
