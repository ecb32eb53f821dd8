// Entry of a worker thread: aligns the photographs it is sent, a few at a time, on one core.
import { parentPort, workerData } from 'node:worker_threads';
import { StoppedError, UserError, describeError } from '../../protocol/errors';
import { openDetector } from '../createDetector';
import type { Face, FaceDetector } from '../face';
import { alignImage } from './alignImage';
import type { AlignTask, FromWorker, WorkerSetup } from './messages';

const port = parentPort!;
const { detector: source, settings, stopped } = workerData as WorkerSetup;

function send(message: FromWorker): void {
  port.postMessage(message);
}

/**
 * The detector for several photographs in flight: reading and writing overlap, detection is one after another. What has
 * not begun when the run is stopped throws StoppedError, so that a stop waits for one photograph at most.
 */
function inTurn(detector: FaceDetector): FaceDetector {
  let last: Promise<unknown> = Promise.resolve();
  return {
    name: detector.name,
    detect(image): Promise<Face[]> {
      const turn = last.then(() => {
        if (stopped !== undefined && Atomics.load(stopped, 0) !== 0) throw new StoppedError();
        return detector.detect(image);
      });
      last = turn.catch(() => undefined);
      return turn;
    },
    dispose: () => detector.dispose(),
  };
}

openDetector(source).then(
  (opened) => {
    const detector = inTurn(opened);
    port.on('message', (task: AlignTask) => {
      void alignImage(task, detector, settings).then((outcome) => send({ type: 'outcome', id: task.id, outcome }));
    });
    send({ type: 'ready' });
  },
  (error: unknown) =>
    send(
      error instanceof UserError
        ? { type: 'failed', message: error.message, action: error.action }
        : { type: 'failed', message: describeError(error) },
    ),
);
