// The main thread's side of a training: it owns the run, and hears requests while the thread computes.
import { getHeapStatistics } from 'node:v8';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { builtProgram } from '../../engine/installation';
import { waitForDisk } from '../../files/patience';
import type { TrainRequest } from '../../protocol/job';
import type { JobContext } from '../../protocol/jobContext';
import { Heart } from '../heart';
import { type OwnerMessage, type ThreadMessage, type ThreadSetup, trainThreadFile } from './messages';
import { receivedError, sentError } from '../../threads/sentError';

/**
 * `runTraining` in a thread of its own, which goes with this process: native libraries keep what they hold for one thread.
 * @throws as `runTraining`
 */
export async function trainInThread(request: TrainRequest, context: JobContext): Promise<void> {
  const { runFolder, runId, keeper, signal } = context;
  const heart = new Heart(context.heart);
  const setup: ThreadSetup = { request, runFolder, runId, keeper, heart: heart.memory };
  const thread = new Worker(builtProgram(trainThreadFile), {
    workerData: setup,
    // What is told to native libraries by their environment variables has to be this process's.
    env: SHARE_ENV,
    // What a main thread has: its heap, and a stack, which native libraries use too, of twice a thread's.
    resourceLimits: {
      maxOldGenerationSizeMb: Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20),
      stackSizeMb: 8,
    },
  });
  const stop = (): void => send(thread, { type: 'stop' });
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  heart.work(true);
  try {
    await new Promise<void>((resolve, reject) => {
      thread.on('message', (message: ThreadMessage) => {
        if (message.type !== 'ended') hear(thread, message, context);
        else if (message.error === undefined) resolve();
        else reject(receivedError(message.error));
      });
      thread.on('error', (error: NodeJS.ErrnoException) => {
        // As in the main thread: its keeper knows such an end by its words, and has it go on with less at a time.
        if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') abortForMemory(error);
        reject(error);
      });
      thread.on('exit', (code) => reject(new Error(`the thread that trains has ended with code ${code}`)));
    });
  } finally {
    heart.work(false);
    signal.removeEventListener('abort', stop);
    thread.unref();
  }
}

function send(thread: Worker, message: OwnerMessage): void {
  thread.postMessage(message);
}

function hear(thread: Worker, message: Exclude<ThreadMessage, { type: 'ended' }>, context: JobContext): void {
  switch (message.type) {
    case 'report':
      try {
        context.report(message.event);
      } catch (error) {
        send(thread, { type: 'unwritten', error: sentError(error) });
      }
      break;
    case 'update': {
      const { number, patch } = message;
      context.update(patch).then(
        () => send(thread, { type: 'updated', number }),
        (error: unknown) => send(thread, { type: 'updated', number, error: sentError(error) }),
      );
      break;
    }
    case 'diskWait':
      // How long it is waited for the thread decides.
      waitForDisk({ ...message.wait, error: receivedError(message.wait.error) }, Infinity);
  }
}

function abortForMemory(error: Error): never {
  console.error(`JavaScript heap out of memory: ${error.message}`);
  process.abort();
}
