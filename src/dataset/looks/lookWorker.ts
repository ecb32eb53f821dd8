// Entry of a worker thread: looks at the image files that it is asked about.
import { parentPort } from 'node:worker_threads';
import { describeError, UserError } from '../../protocol/errors';
import type { Reply } from './lookPool';
import { lookAt, type Question } from './lookAt';

const port = parentPort!;
const reply = (answer: Reply): void => port.postMessage(answer);

port.on('message', ({ id, question, paths }: { id: number; question: Question; paths: readonly string[] }) => {
  lookAt(question, paths).then(
    (answer) => reply({ id, answer }),
    (error: unknown) =>
      reply({
        id,
        failure:
          error instanceof UserError
            ? { message: error.message, action: error.action }
            : { message: `${describeError(error)}, while ${paths.length} files from ${paths[0]} on were looked at` },
      }),
  );
});
