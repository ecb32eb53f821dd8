import { availableParallelism } from 'node:os';
import { builtProgram } from '../../engine/installation';
import { throwIfStopped } from '../../protocol/errors';
import { AskedThread } from '../../threads/askedThread';
import type { ImageList } from '../imageList';
import { type Answers, lookAt, type PathQuestion, type Question } from './lookAt';

/** Files of one question. */
const chunkSize = 256;
/** Questions on their way to a thread: while it answers one, the next one waits there. */
const questionsPerThread = 2;
/** So few files are looked at before threads have started. */
const fewFiles = 2 * chunkSize;

/** Threads that look at image files, one per core. */
export class LookPool {
  private constructor(private readonly threads: readonly AskedThread<PathQuestion, unknown>[]) {}

  /** @param files about how many will be looked at; a few are looked at on this thread */
  static open(files: number): LookPool {
    if (files <= fewFiles) return new LookPool([]);
    const script = builtProgram('lookWorker.cjs');
    const threads = Math.min(availableParallelism(), Math.ceil(files / chunkSize));
    return new LookPool(Array.from({ length: threads }, () => new AskedThread(script, 'looks at images')));
  }

  /** Answers about these files; the threads take turns. */
  async ask<Q extends Question>(question: Q, paths: readonly string[]): Promise<Answers[Q]> {
    const chosen = this.threads.toSorted((a, b) => a.open - b.open)[0];
    if (chosen === undefined) return lookAt(question, paths);
    return chosen.ask({ question, paths }) as Promise<Answers[Q]>;
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
    const ahead = Math.max(1, questionsPerThread * this.threads.length);
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
    await Promise.all(this.threads.map(async (thread) => thread.close()));
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
