// The worker process: node dist/worker.cjs RUN_FOLDER. Its output is the run's worker.log.
import { StoppedError, UserError, describeError } from '../protocol/errors';
import { shownLine } from '../protocol/shownText';
import { openRunFolder } from '../run/runFolder';
import { runJob } from '../jobs/runJob';

const exitCodes = { done: 0, failed: 1, usage: 2, stopped: 130 } as const;

/** After the run folder has vanished nothing can be saved there; a job that does not end in this time is ended. */
const vanishedMilliseconds = 20_000;

async function main(argv: readonly string[]): Promise<number> {
  const [path] = argv;
  if (path === undefined || argv.length > 1) {
    console.error('usage: node worker.cjs RUN_FOLDER');
    return exitCodes.usage;
  }
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());
  // The window or terminal that started it may close; the job goes on.
  process.on('SIGHUP', () => undefined);

  const folder = await openRunFolder(path);
  const started = Date.now();
  console.log(
    `${new Date().toISOString()} ${folder.record.request.kind} in ${folder.path}: pid ${process.pid}, Node ${process.version}, ` +
      `${process.platform}-${process.arch}`,
  );
  try {
    await runJob(folder.record.request, folder, {
      signal: stop.signal,
      onEvent(event) {
        if (event.type === 'log') console.log(shownLine(`${event.level}: ${event.message}`));
        if (event.type === 'recovery' || event.type === 'alarm') console.log(shownLine(`warning: ${event.message}`));
        if (event.type === 'state')
          console.log(shownLine(`state: ${event.state}${event.message === undefined ? '' : ` (${event.message})`}`));
      },
      onVanished: () => setTimeout(() => process.exit(exitCodes.failed), vanishedMilliseconds).unref(),
    });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof StoppedError) return exitCodes.stopped;
    console.error(error instanceof UserError ? shownLine(error.sentence) : error);
    return exitCodes.failed;
  } finally {
    console.log(`${new Date().toISOString()} ended after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }
}

main(process.argv.slice(2)).then(
  // Native libraries may keep threads that never end.
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(describeError(error));
    process.exit(exitCodes.failed);
  },
);
