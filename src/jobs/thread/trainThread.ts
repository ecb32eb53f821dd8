// The thread that trains: dist/trainThread.cjs. A step of a large network is one call of seconds, which nothing can
// interrupt; the main thread owns the run meanwhile and hears whoever asks for something.
import { parentPort, workerData } from 'node:worker_threads';
import { onDiskWait } from '../../files/patience';
import { StoppedError } from '../../protocol/errors';
import type { JobContext } from '../../protocol/jobContext';
import { runTraining } from '../../train/loop/runTraining';
import { Heart } from '../heart';
import type { OwnerMessage, ThreadMessage, ThreadSetup } from './messages';
import { receivedError, sentError } from '../../threads/sentError';

const turnMilliseconds = 500;

/** The context of a job whose run belongs to the main thread. */
function threadContext({ runFolder, runId, keeper, heart }: ThreadSetup): JobContext {
  const counters = new Heart(heart);
  setInterval(() => counters.turn(), turnMilliseconds).unref();
  const stopping = new AbortController();
  const updates = new Map<number, (error: Error | undefined) => void>();
  let last = 0;
  let unwritten: Error | undefined;
  parentPort!.on('message', (message: OwnerMessage) => {
    switch (message.type) {
      case 'stop':
        stopping.abort(new StoppedError());
        break;
      case 'updated':
        updates.get(message.number)!(message.error && receivedError(message.error));
        updates.delete(message.number);
        break;
      case 'unwritten':
        unwritten = receivedError(message.error);
    }
  });
  onDiskWait((wait) => tell({ type: 'diskWait', wait: { ...wait, error: sentError(wait.error) } }));
  return {
    ...{ runFolder, runId, keeper },
    signal: stopping.signal,
    beat: (...about) => counters.beat(...about),
    report(event) {
      if (unwritten !== undefined) throw unwritten;
      tell({ type: 'report', event });
    },
    async update(patch) {
      const number = ++last;
      const error = await new Promise<Error | undefined>((resolve) => {
        updates.set(number, resolve);
        tell({ type: 'update', number, patch });
      });
      if (error !== undefined) throw error;
    },
  };
}

function tell(message: ThreadMessage): void {
  parentPort!.postMessage(message);
}

const setup = workerData as ThreadSetup;
runTraining(setup.request, threadContext(setup)).then(
  () => tell({ type: 'ended' }),
  (error: unknown) => tell({ type: 'ended', error: sentError(error) }),
);
