// The processes of one mpirun, as one of them sees them.
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../protocol/errors';
import { AloneError, type Launch } from './launcher';
import { loadMpi, type MpiLibrary, type NativeMemory } from './library';
import type { Ranks } from './ranks';

/** Values of one call; larger arrays go in several, between which the process hears its signals. */
const blockValues = 1 << 20;
/** Values up to which waiting for the other ranks and adding up are one call. */
const fewValues = 1 << 12;

/** Where the numbers of a call lie in the memory that the library writes to. MPI_Status has fewer than 256 bytes. */
const places = { request: 0, number: 64, status: 128 } as const;
const controlBytes = 512;

/** A wait is busy for so long, in milliseconds; ranks that come later are not missed by as much as they are late. */
const busyMilliseconds = 2;
/** Transfers go on only while somebody asks for them, and are asked for at this distance between turns of the event loop. */
const turnMilliseconds = 10;
const lookMilliseconds = { first: 1, later: 5, from: 100 } as const;
const starterMilliseconds = 500;
/** Milliseconds after a stop in which the other ranks have to come to an end of their step. */
const stopMilliseconds = 60_000;

/** What the process that waits was asked meanwhile. */
export interface CommunicatorOptions {
  /** Aborted where this process was asked to stop. */
  signal: AbortSignal;
}

/** All processes together (MPI_COMM_WORLD). Each collective call has to be made by all of them, in the same order. */
export class Communicator implements Ranks {
  readonly rank: number;
  readonly size: number;
  private readonly starter = process.ppid;
  private readonly numbers: Int32Array;
  private readonly block: Float32Array;
  private stopAsked: number | undefined;

  private constructor(
    private readonly library: MpiLibrary,
    private readonly control: NativeMemory,
    private readonly memory: NativeMemory,
    /** What may be done with MPI from several threads; here only the main thread calls it. */
    private readonly threads: string,
    signal: AbortSignal,
  ) {
    const { functions, constants } = library;
    this.numbers = new Int32Array(control.bytes);
    this.block = new Float32Array(memory.bytes);
    const note = (): void => void (this.stopAsked = performance.now());
    if (signal.aborted) note();
    else signal.addEventListener('abort', note, { once: true });
    check('MPI_Comm_rank', functions.rank(constants.world, this.at('number')));
    this.rank = this.number;
    check('MPI_Comm_size', functions.size(constants.world, this.at('number')));
    this.size = this.number;
  }

  /**
   * Begins MPI in this process, once.
   * @throws AloneError where MPI does not know of the others
   */
  static async open(
    launch: Launch,
    environment: NodeJS.ProcessEnv,
    { signal }: CommunicatorOptions,
  ): Promise<Communicator> {
    const library = await loadMpi(environment).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      throw new AloneError(
        launch,
        `this one cannot meet the others: ${error.message.replace(/\.$/, '')}`,
        error.action,
      );
    });
    const control = library.allocate(controlBytes);
    const { levels } = library.constants;
    check('MPI_Init_thread', library.functions.init(levels.funneled, control.address + BigInt(places.number)));
    const given = new Int32Array(control.bytes)[places.number / 4];
    const threads = Object.entries(levels).find(([, level]) => level === given)?.[0] ?? `level ${given}`;
    const communicator = new Communicator(library, control, library.allocate(4 * blockValues), threads, signal);
    if (communicator.size > 1) return communicator;
    communicator.finalize();
    throw new AloneError(launch, `MPI (${library.path}) sees this one alone`);
  }

  /** Which library it is, and which thread level it gives, for the log. */
  get description(): string {
    const { library, threads } = this;
    return `${library.version} (${library.path}), thread level ${threads}`;
  }

  async sum(values: Float32Array): Promise<void> {
    const { constants, functions } = this.library;
    const { world, float, sum, inPlace } = constants;
    const isLarge = values.length > fewValues;
    if (isLarge) await this.meet();
    await this.inBlocks(values, isLarge, (count) =>
      functions.sumBegin(inPlace, this.memory.address, count, float, sum, world, this.at('request')),
    );
  }

  async share(values: Float32Array): Promise<void> {
    const { constants, functions } = this.library;
    const isLarge = values.length > fewValues;
    if (isLarge) await this.meet();
    await this.inBlocks(values, isLarge, (count) =>
      functions.broadcastBegin(this.memory.address, count, constants.float, 0, constants.world, this.at('request')),
    );
  }

  async meet(signal?: AbortSignal): Promise<void> {
    const { constants, functions } = this.library;
    check('MPI_Ibarrier', functions.barrierBegin(constants.world, this.at('request')));
    await this.done(false, signal);
  }

  /** Ends all processes, this one too, with this exit code. */
  abort(code: number): void {
    this.library.functions.abort(this.library.constants.world, code);
  }

  /** Waits for all processes; nothing may be called afterwards. */
  finalize(): void {
    check('MPI_Finalize', this.library.functions.finalize());
  }

  private at(place: keyof typeof places): bigint {
    return this.control.address + BigInt(places[place]);
  }

  private get number(): number {
    return this.numbers[places.number / 4]!;
  }

  /** Has `begin` work on some of the values after another, in place. */
  private async inBlocks(values: Float32Array, isKeen: boolean, begin: (count: number) => number): Promise<void> {
    for (let start = 0; start < values.length; start += blockValues) {
      const part = values.subarray(start, start + blockValues);
      this.block.set(part);
      check('A collective call', begin(part.length));
      await this.done(isKeen);
      part.set(this.block.subarray(0, part.length));
    }
  }

  /**
   * Resolves when what was begun is done. Who waits gives its core to others: at first between two looks, then for
   * milliseconds.
   * @param isKeen whether the others have come: then only the transfer is waited for, which needs this process
   * @throws UserError where the others are gone; the signal's reason once it is aborted
   */
  private async done(isKeen: boolean, signal?: AbortSignal): Promise<void> {
    const began = performance.now();
    let [turned, looked] = [began, began];
    for (;;) {
      check('MPI_Test', this.library.functions.test(this.at('request'), this.at('number'), this.at('status')));
      if (this.number !== 0) return;
      const now = performance.now();
      if (now - looked > starterMilliseconds) {
        looked = now;
        this.requireOthers(now);
        signal?.throwIfAborted();
      }
      if (!isKeen && now - began > busyMilliseconds) {
        const { first, later, from } = lookMilliseconds;
        await sleep(now - began < from ? first : later);
      } else if (now - turned > turnMilliseconds) {
        turned = now;
        await nextTurn();
      } else this.library.yieldCore();
    }
  }

  /** @throws UserError where the launcher has gone, or the others have not heeded a stop */
  private requireOthers(now: number): void {
    if (process.ppid !== this.starter)
      throw new UserError(
        'The program that has started the ranks is gone.',
        'Resume the run from its last checkpoint.',
      );
    if (this.stopAsked !== undefined && now - this.stopAsked > stopMilliseconds)
      throw new UserError(
        `The other ranks have not come to the end of their step within ${stopMilliseconds / 1000} s after a stop.`,
        'Resume the run from its last checkpoint.',
      );
  }
}

function check(name: string, code: number): void {
  if (code !== 0) throw new Error(`${name} failed with code ${code}`);
}
