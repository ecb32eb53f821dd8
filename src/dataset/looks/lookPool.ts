import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { builtProgram } from '../../engine/installation';
import { throwIfStopped, UserError } from '../../protocol/errors';
import type { ImageList } from '../imageList';
import { type Answers, lookAt, type Question } from './lookAt';

/** Files of one question. */
const chunkSize = 256;
/** Questions on their way to a thread: while it answers one, the next one waits there. */
const questionsPerThread = 2;
/** So few files are looked at before threads have started. */
const fewFiles = 2 * chunkSize;

/** What a thread says to a question. */
export interface Reply {
  id: number;
  answer?: unknown;
  /** Without an action it is no mistake of a user. */
  failure?: { message: string; action?: string | undefined };
}

interface Waiting {
  paths: readonly string[];
  resolve: (answer: unknown) => void;
  reject: (error: Error) => void;
}

interface Member {
  worker: Worker;
  waiting: Map<number, Waiting>;
}

/** Threads that look at image files, one per core. */
export class LookPool {
  private asked = 0;

  private constructor(private readonly members: readonly Member[]) {}

  /** @param files about how many will be looked at; a few are looked at on this thread */
  static open(files: number): LookPool {
    if (files <= fewFiles) return new LookPool([]);
    const script = builtProgram('lookWorker.cjs');
    const threads = Math.min(availableParallelism(), Math.ceil(files / chunkSize));
    return new LookPool(Array.from({ length: threads }, () => member(script)));
  }

  /** Answers about these files; the threads take turns. */
  async ask<Q extends Question>(question: Q, paths: readonly string[]): Promise<Answers[Q]> {
    const id = this.asked++;
    const chosen = this.members.toSorted((a, b) => a.waiting.size - b.waiting.size)[0];
    if (chosen === undefined) return lookAt(question, paths);
    return new Promise<Answers[Q]>((resolve, reject) => {
      chosen.waiting.set(id, { paths, resolve: resolve as Waiting['resolve'], reject });
      chosen.worker.postMessage({ id, question, paths });
    });
  }

  /**
   * Asks about all images in their order, some at a time; `work` makes of each part what `take` gets, one after another.
   * Memory does not grow with the number of images. After `isEnough` no further part is begun.
   * @throws StoppedError once the signal is aborted
   */
  async inOrder<T>(
    images: ImageList,
    work: (paths: readonly string[], start: number) => Promise<T>,
    take: (result: T, start: number, count: number) => void | Promise<void>,
    signal?: AbortSignal,
    isEnough: () => boolean = () => false,
  ): Promise<void> {
    const ahead = Math.max(1, questionsPerThread * this.members.length);
    const running: { result: Promise<T>; start: number; count: number }[] = [];
    const takeOldest = async (): Promise<void> => {
      const { result, start, count } = running[0]!;
      await take(await result, start, count);
      running.shift();
    };
    try {
      for (const [start, paths] of chunksOf(images)) {
        throwIfStopped(signal);
        if (isEnough()) break;
        running.push({ result: work(paths, start), start, count: paths.length });
        if (running.length >= ahead) await takeOldest();
      }
      while (running.length > 0) await takeOldest();
    } finally {
      // What fails after the first failure is not told.
      await Promise.allSettled(running.map(({ result }) => result));
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map(({ worker }) => worker.terminate()));
  }
}

function* chunksOf(images: ImageList): Generator<[start: number, paths: string[]]> {
  let start = 0;
  let paths: string[] = [];
  for (const path of images) {
    paths.push(path);
    if (paths.length < chunkSize) continue;
    yield [start, paths];
    start += paths.length;
    paths = [];
  }
  if (paths.length > 0) yield [start, paths];
}

/** What a thread makes lives for one question; without a bound it lets tens of megabytes gather before it collects them. */
const youngMegabytes = 6;

function member(script: string): Member {
  const worker = new Worker(script, { resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes } });
  const waiting = new Map<number, Waiting>();
  worker.on('message', ({ id, answer, failure }: Reply) => {
    const asked = waiting.get(id)!;
    waiting.delete(id);
    if (failure === undefined) asked.resolve(answer);
    else if (failure.action === undefined) asked.reject(new Error(failure.message));
    else asked.reject(new UserError(failure.message, failure.action));
  });
  const fail = (reason: string): void => {
    for (const { paths, reject } of waiting.values())
      reject(new Error(`${reason}, while it looked at ${paths.length} files from ${paths[0]} on`));
    waiting.clear();
  };
  worker.on('error', (error) => fail(`a thread that looks at images has failed (${error.message})`));
  worker.on('exit', (code) => fail(`a thread that looks at images ended with code ${code}`));
  return { worker, waiting };
}
