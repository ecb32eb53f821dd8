// Entry of a worker thread: aligns the photographs it is sent, a few at a time, on one core.
import { parentPort, workerData } from 'node:worker_threads';
import { UserError, describeError } from '../../protocol/errors';
import { openDetector } from '../createDetector';
import type { Face, FaceDetector } from '../face';
import { alignImage } from './alignImage';
import type { AlignTask, FromWorker, WorkerSetup } from './messages';

const port = parentPort!;
const { detector: source, settings } = workerData as WorkerSetup;

function send(message: FromWorker): void {
  port.postMessage(message);
}

/** The detector for several photographs in flight: reading and writing overlap, detection is one after another. */
function inTurn(detector: FaceDetector): FaceDetector {
  let last: Promise<unknown> = Promise.resolve();
  return {
    name: detector.name,
    detect(image): Promise<Face[]> {
      const turn = last.then(() => detector.detect(image));
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
