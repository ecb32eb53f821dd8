// A thread that reads HDF5 files. The library is C, compiled to WebAssembly: damaged files make it ask for gigabytes, jump out
// of its memory or never end. There it takes nothing with it, and can be ended.
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { builtProgram } from '../engine/installation';
import { UserError } from '../protocol/errors';
import type { Hdf5Answer, Hdf5Dataset, Hdf5Request } from './hdf5Messages';

/** Compressed numbers unpack to a few times the file; what the library needs for itself comes on top of it. */
const memoryOf = (fileBytes: number): number => Math.min(2 ** 31, (128 << 20) + 8 * fileBytes);
/** Reading runs at hundreds of megabytes a second where the disk does; some damage makes the library go round in circles. */
const millisecondsOf = (fileBytes: number): number => 5000 + fileBytes / 2000;
/** Loading the library takes a fifth of a second; on a machine that has much else to do, ten times that. */
const startMilliseconds = 60_000;

/** Reads one file after another; a thread that has failed is replaced. */
export class Hdf5Thread {
  private worker: Promise<Worker> | undefined;

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
    await (await worker?.catch(() => undefined))?.terminate();
  }

  private async start(memoryBytes: number): Promise<Worker> {
    // What the library prints about its end is said by the answer.
    const worker = new Worker(builtProgram('hdf5Reader.cjs'), {
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(memoryBytes / 2 ** 20) },
    });
    await once(worker, 'message', { signal: AbortSignal.timeout(startMilliseconds) }).catch(async (cause: unknown) => {
      this.worker = undefined;
      await worker.terminate();
      throw new UserError('The reader of HDF5 files cannot be started.', 'Try again, or install the workbench again.', {
        cause,
      });
    });
    return worker;
  }

  private async ask(request: Hdf5Request, milliseconds: number): Promise<Hdf5Answer> {
    const worker = await (this.worker ??= this.start(request.memoryBytes));
    return new Promise<Hdf5Answer>((resolve) => {
      const answer = (given: Hdf5Answer): void => {
        clearTimeout(timer);
        worker.off('message', answer).off('error', onError).off('exit', onExit);
        resolve(given);
      };
      const broken = (failed: string): void => answer({ failed, broken: true });
      const onError = (error: Error): void => broken(error.message);
      const onExit = (): void => broken('its reader ended');
      const late = `it was still being read after ${Math.round(milliseconds / 100) / 10} s`;
      const timer = setTimeout(() => broken(late), milliseconds);
      worker.on('message', answer).on('error', onError).on('exit', onExit);
      worker.postMessage(request);
    });
  }
}
