// Entry of a worker thread: looks at the image files that it is asked about.
import { parentPort } from 'node:worker_threads';
import { describeError } from '../../protocol/errors';
import { lookAt, type Question } from './lookAt';

const port = parentPort!;

port.on('message', ({ id, question, paths }: { id: number; question: Question; paths: readonly string[] }) => {
  lookAt(question, paths).then(
    (answer) => port.postMessage({ id, answer }),
    (error: unknown) => port.postMessage({ id, failure: describeError(error) }),
  );
});
