// A thread that reads HDF5 files. The library is C, compiled to WebAssembly: damaged files make it ask for gigabytes, jump out
// of its memory or never end. There it takes nothing with it, and can be ended.
import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { builtProgram } from '../engine/installation';
import { UserError } from '../protocol/errors';

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

/** Compressed numbers unpack to a few times the file; what the library needs for itself comes on top of it. */
const memoryOf = (fileBytes: number): number => Math.min(2 ** 31, (128 << 20) + 8 * fileBytes);
/** Reading runs at hundreds of megabytes a second; starting the thread takes a fifth of one. */
const millisecondsOf = (fileBytes: number): number => 20_000 + fileBytes / 5000;

/** Reads one file after another; a thread that has failed is replaced. */
export class Hdf5Thread {
  private worker: Worker | undefined;

  /** @param milliseconds that a file of so many bytes may take */
  constructor(private readonly milliseconds = millisecondsOf) {}

  /**
   * The datasets of a file that have one of these names and hold numbers or strings; others are not in the result. One call
   * at a time.
   *
   * @throws UserError for a file that is missing, is not HDF5 or is damaged
   */
  async read(path: string, names: readonly string[]): Promise<Map<string, Hdf5Dataset>> {
    const info = await stat(path).catch(() => undefined);
    if (info?.isFile() !== true) throw new UserError(`There is no file ${path}.`, 'Check the path.');
    const answer = await this.ask({ path, names, memoryBytes: memoryOf(info.size) }, this.milliseconds(info.size));
    if ('found' in answer) return new Map(answer.found);
    if (answer.broken) await this.close();
    throw new UserError(`${path} is not an HDF5 file, or it is damaged (${answer.failed}).`, 'Make it again.');
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private async ask(request: Hdf5Request, milliseconds: number): Promise<Hdf5Answer> {
    // What the library prints about its end is said by the answer.
    const worker = (this.worker ??= new Worker(builtProgram('hdf5Reader.cjs'), {
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(request.memoryBytes / 2 ** 20) },
    }));
    return new Promise<Hdf5Answer>((resolve) => {
      const answer = (given: Hdf5Answer): void => {
        clearTimeout(timer);
        worker.off('message', answer).off('error', onError).off('exit', onExit);
        resolve(given);
      };
      const broken = (failed: string): void => answer({ failed, broken: true });
      const onError = (error: Error): void => broken(error.message);
      const onExit = (): void => broken('its reader ended');
      const late = `it was still being read after ${Math.round(milliseconds / 1000)} s`;
      const timer = setTimeout(() => broken(late), milliseconds);
      worker.on('message', answer).on('error', onError).on('exit', onExit);
      worker.postMessage(request);
    });
  }
}
