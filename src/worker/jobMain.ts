// The working process: node dist/job.cjs RUN_FOLDER. Its keeper says what is to be done, and hears how it goes; without
// one (in a debugger) it does what run.json asks for. Its output is the run's worker.log.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { builtProgram } from '../engine/installation';
import { StoppedError, UserError, describeError } from '../protocol/errors';
import type { RunEvent } from '../protocol/events';
import { shownLine } from '../protocol/shownText';
import { openRunFolder, type RunFolder } from '../run/runFolder';
import { Heart } from '../jobs/heart';
import { runJob } from '../jobs/runJob';
import { exitCodes } from './exitCodes';
import { collectEarly } from './heap';
import type { JobMessage, KeeperMessage, Outcome } from './messages';
import { outcomeOf } from './outcome';
import type { Patience } from './watchdog';
import type { WatchSetup } from './watchThread';

/** After the run folder has vanished nothing can be saved there; a job that does not end in this time is ended. */
const vanishedMilliseconds = 20_000;
const turnMilliseconds = 500;
/** Of the pipe that the keeper has opened for the watching thread, after the three standard ones and the channel. */
const pulsePipe = 4;

async function main(argv: readonly string[]): Promise<number> {
  const [path] = argv;
  if (path === undefined || argv.length > 1) {
    console.error('usage: node job.cjs RUN_FOLDER');
    return exitCodes.usage;
  }
  collectEarly();
  const kept = process.connected === true;
  const folder = await openRunFolder(path);
  const stop = new AbortController();
  const heart = new Heart();
  heedStops(stop, folder);
  let { request } = folder.record;
  if (kept) {
    const begin = await firstMessage();
    process.on('message', (message: KeeperMessage) => {
      if (message.type === 'stop') stop.abort(new StoppedError());
    });
    request = begin.request;
    await startWatching(heart, begin.patience);
  }

  const started = Date.now();
  console.log(
    `${new Date().toISOString()} ${request.kind} in ${folder.path}: pid ${process.pid}, Node ${process.version}, ` +
      `${process.platform}-${process.arch}`,
  );
  let outcome: Outcome = { is: 'done' };
  try {
    await runJob(request, folder, {
      signal: stop.signal,
      keeper: kept ? process.ppid : undefined,
      heart: heart.memory,
      onEvent(event) {
        logEvent(event);
        send({ type: 'event', event });
      },
      onVanished: () => setTimeout(() => process.exit(exitCodes.failed), vanishedMilliseconds).unref(),
    });
  } catch (error) {
    outcome = outcomeOf(error);
    if (outcome.is === 'failed') console.error(error instanceof UserError ? shownLine(error.sentence) : error);
  }
  console.log(`${new Date().toISOString()} ended after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  await delivered({ type: 'outcome', outcome });
  return exitCodes[outcome.is];
}

/** Signals of the terminal and of others, and a keeper that is gone, are requests to save and end. */
function heedStops(stop: AbortController, folder: RunFolder): void {
  process.on('SIGTERM', () => stop.abort(new StoppedError()));
  process.on('SIGINT', () => {
    // The second Ctrl-C of a terminal, which reaches this process as well as the one that was started there.
    if (stop.signal.aborted) process.kill(process.pid, 'SIGKILL');
    stop.abort(new StoppedError());
  });
  // The window or terminal that started it may close; that is the keeper's to judge.
  process.on('SIGHUP', () => undefined);
  process.on('disconnect', () => {
    if (stop.signal.aborted) return;
    const message = 'The process that keeps this one was ended from outside: the job saves and ends too.';
    console.error(message);
    stop.abort(new StoppedError());
    try {
      folder.append({ type: 'log', level: 'warning', message });
    } catch (error) {
      console.error(describeError(error));
    }
  });
}

async function firstMessage(): Promise<Extract<KeeperMessage, { type: 'begin' }>> {
  const [message] = (await once(process, 'message')) as [KeeperMessage];
  if (message.type !== 'begin') throw new Error('the keeper has to say first what is to be done');
  return message;
}

async function startWatching(heart: Heart, patience: Patience): Promise<void> {
  const inspector = await import('node:inspector').catch(() => undefined);
  setInterval(() => {
    heart.debug(inspector?.url() !== undefined);
    if (!heart.read().apart) heart.turn();
  }, turnMilliseconds).unref();
  const workerData: WatchSetup = { memory: heart.memory, patience, pipe: pulsePipe };
  const thread = new Worker(builtProgram('watchThread.cjs'), { workerData });
  // Its end must not be the job's: without it nobody notices a hang, and that is all.
  thread.on('error', (error) => console.error(`The job is not watched any more: ${describeError(error)}`));
  thread.unref();
}

function logEvent(event: RunEvent): void {
  if (event.type === 'log') console.log(shownLine(`${event.level}: ${event.message}`));
  if (event.type === 'recovery' || event.type === 'alarm') console.log(shownLine(`warning: ${event.message}`));
  if (event.type === 'state')
    console.log(shownLine(`state: ${event.state}${event.message === undefined ? '' : ` (${event.message})`}`));
}

function send(message: JobMessage, sent?: () => void): void {
  // A keeper that goes while this is sent is heard of by the end of the channel.
  if (process.connected === true) process.send!(message, undefined, undefined, () => sent?.());
  else sent?.();
}

async function delivered(message: JobMessage): Promise<void> {
  await new Promise<void>((resolve) => send(message, resolve));
}

main(process.argv.slice(2)).then(
  // Native libraries may keep threads that never end.
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(describeError(error));
    void delivered({ type: 'outcome', outcome: outcomeOf(error) }).then(() => process.exit(exitCodes.failed));
  },
);
