import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { builtProgram } from '../../installation';
import { counters, valuesOf, type KernelAnswer, type KernelCall, type SharedTensor, type ThreadData } from './messages';
import { SharedMemory } from './sharedMemory';

/** A thread is given up when it has not answered for so many times as long as its host's own part took, and so long. */
const patience = { times: 20, leastMilliseconds: 60_000 };

export interface ThreadOptions {
  /** Another program for the threads, in tests. */
  program?: string;
  /** Default 60,000. */
  leastMilliseconds?: number;
}

/** One thread that computes kernels while its host computes others. */
class KernelThread {
  readonly memory = new SharedMemory();
  private readonly counts = new Int32Array(new SharedArrayBuffer(counters.length * Int32Array.BYTES_PER_ELEMENT));
  private readonly port: MessagePort;
  private readonly worker: Worker;
  private isGone = false;

  constructor(program: string) {
    const { port1, port2 } = new MessageChannel();
    const workerData: ThreadData = { counters: this.counts.buffer, port: port2 };
    this.port = port1;
    this.worker = new Worker(program, { workerData, transferList: [port2] });
    this.worker.on('error', (error) => this.giveUp(error.message));
    // It waits for the next call until the process ends.
    this.worker.unref();
    this.port.unref();
  }

  get isReady(): boolean {
    return !this.isGone && Atomics.load(this.counts, counters.isReady) === 1;
  }

  ask(call: KernelCall): void {
    this.port.postMessage(call);
    Atomics.add(this.counts, counters.asked, 1);
    Atomics.notify(this.counts, counters.asked);
  }

  /** What it computed, until it is asked again; undefined when it failed. Blocks. @param milliseconds the longest to wait */
  answer(milliseconds: number): SharedTensor | undefined {
    const asked = Atomics.load(this.counts, counters.asked);
    if (Atomics.wait(this.counts, counters.answered, asked - 1, milliseconds) === 'timed-out') {
      this.giveUp(`no answer for ${Math.round(milliseconds / 1000)} s`);
      return undefined;
    }
    const answer = receiveMessageOnPort(this.port)!.message as KernelAnswer;
    if ('output' in answer) return answer.output;
    this.giveUp(answer.failure);
    return undefined;
  }

  private giveUp(reason: string): void {
    if (this.isGone) return;
    this.isGone = true;
    process.emitWarning(`A thread of the embedded WebAssembly engine is given up, the others go on: ${reason}`);
    void this.worker.terminate();
  }
}

/** A part of a kernel's work, for whichever thread. */
export interface Part {
  readonly kernel: string;
  readonly attrs: KernelCall['attrs'];
  /** Shapes of the inputs by name. */
  readonly shapes: Readonly<Record<string, number[]>>;
  /** Writes an input. */
  write(name: string, values: Float32Array): void;
  /** Books what came out. */
  take(output: Float32Array): void;
}

/** The threads beside the one that trains. They are started when they are first asked for, and used once they are ready. */
export class KernelThreads {
  private threads: KernelThread[] | undefined;
  /** Kernels that a part's kernel calls are not divided again. */
  private isRunning = false;

  /** @param count with the host's own */
  constructor(
    private readonly count: number,
    private readonly options: ThreadOptions = {},
  ) {}

  /** How many can compute now, with the host's own. */
  ready(): number {
    if (this.isRunning) return 1;
    this.threads ??= this.start();
    return 1 + this.threads.filter(({ isReady }) => isReady).length;
  }

  private start(): KernelThread[] {
    const { program = builtProgram('wasmThread.cjs') } = this.options;
    return Array.from({ length: this.count - 1 }, () => new KernelThread(program));
  }

  /**
   * Does the parts side by side, the first one here, and here too what a thread has failed at.
   * @param parts one at least, and no more than are ready
   */
  run(parts: readonly Part[], computeHere: (part: Part) => void): void {
    const [own, ...others] = parts;
    const ready = this.threads!.filter(({ isReady }) => isReady);
    const asked = others.map((part, index) => ({ part, thread: askFor(part, ready[index]!) }));
    const start = performance.now();
    this.isRunning = true;
    let failure: unknown;
    try {
      computeHere(own!);
    } catch (error) {
      failure = error;
    }
    this.isRunning = false;
    const { leastMilliseconds = patience.leastMilliseconds } = this.options;
    const longest = Math.max(leastMilliseconds, patience.times * (performance.now() - start));
    // Each answer is fetched, also where it is not needed any more: the next one would be taken for it.
    for (const { part, thread } of asked) {
      const output = thread.answer(longest);
      if (failure !== undefined) continue;
      if (output === undefined) computeHere(part);
      else part.take(valuesOf(output));
    }
    if (failure !== undefined) throw failure as Error;
  }
}

function askFor(part: Part, thread: KernelThread): KernelThread {
  const names = Object.keys(part.shapes);
  const tensors = thread.memory.tensors(names.map((name) => part.shapes[name]!));
  const inputs = Object.fromEntries(names.map((name, index) => [name, tensors[index]!]));
  for (const name of names) part.write(name, valuesOf(inputs[name]!));
  thread.ask({ kernel: part.kernel, inputs, attrs: part.attrs });
  return thread;
}
