// The worker of a run: node dist/worker.cjs RUN_FOLDER. It keeps the process that does the job; both write worker.log.
import { describeError, StoppedError } from '../protocol/errors';
import { openRunFolder } from '../run/runFolder';
import { exitCodes } from './exitCodes';
import { keepJob } from './keepJob';

async function main(argv: readonly string[]): Promise<number> {
  const [path] = argv;
  if (path === undefined || argv.length > 1) {
    console.error('usage: node worker.cjs RUN_FOLDER');
    return exitCodes.usage;
  }
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort(new StoppedError()));
  // The window or terminal that started it may close; the job goes on.
  process.on('SIGHUP', () => undefined);
  const folder = await openRunFolder(path);
  try {
    await keepJob(folder.record.request, folder, { signal: stop.signal });
    return exitCodes.done;
  } catch (error) {
    // Whoever has thrown it, the job or its keeper, has said it in worker.log.
    return error instanceof StoppedError ? exitCodes.stopped : exitCodes.failed;
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(describeError(error));
    process.exit(exitCodes.failed);
  },
);
