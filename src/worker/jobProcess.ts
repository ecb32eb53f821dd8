// One working process as its keeper sees it.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { builtProgram } from '../engine/installation';
import { UserError, describeError } from '../protocol/errors';
import type { RunEvent } from '../protocol/events';
import type { JobRequest } from '../protocol/job';
import type { RunFolder } from '../run/runFolder';
import { smallYoungGeneration } from './heap';
import type { JobMessage, KeeperMessage, Outcome } from './messages';
import { type Pulse, pulseSchema } from './pulse';
import type { ProcessEnd } from './settle';
import type { Patience } from './watchdog';

/** How a working process has ended, and what was known of it last. */
export interface JobEnd extends ProcessEnd {
  /** As the job told it; absent where it could not tell any more. */
  outcome?: Outcome;
  /** The last that was heard of its watching thread. */
  pulse?: Extract<Pulse, { type: 'alive' }>;
}

export interface JobListener {
  onEvent(event: RunEvent): void;
  onPulse(pulse: Pulse): void;
}

export interface JobProcess {
  readonly pid: number;
  /** Asks the job to save and end. */
  stop(): void;
  /** Ends it at once. */
  kill(): void;
  ended: Promise<JobEnd>;
}

/**
 * Starts the process that does `request` in a run folder, with its output in worker.log. It is of this process's group,
 * so that what is sent to the group, by a terminal or to end everything, reaches it too.
 *
 * @throws UserError when it is not built or cannot be started
 */
export async function startJob(
  folder: RunFolder,
  request: JobRequest,
  patience: Patience,
  listener: JobListener,
): Promise<JobProcess> {
  const program = builtProgram('job.cjs');
  const log = openSync(folder.log, 'a');
  // A debugger of this process has its port; that of the job asks for one of its own.
  const options = process.execArgv.filter((option) => !option.startsWith('--inspect'));
  const child = spawn(process.execPath, [smallYoungGeneration, ...options, program, folder.path], {
    stdio: ['ignore', log, log, 'ipc', 'pipe'],
    windowsHide: true,
  });
  closeSync(log);
  const end: Omit<JobEnd, keyof ProcessEnd> = {};
  child.on('message', (message: JobMessage) => {
    if (message.type === 'event') listener.onEvent(message.event);
    else end.outcome = message.outcome;
  });
  const pulses = createInterface(child.stdio[4] as Readable);
  pulses.on('line', (line) => {
    const pulse = pulseOf(line);
    if (pulse?.type === 'alive') end.pulse = pulse;
    if (pulse !== undefined) listener.onPulse(pulse);
  });
  // `close` comes when its channel and its pipe have been read to their ends, too.
  const ended = new Promise<JobEnd>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, ...end }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      reject(new UserError(`${process.execPath} could not be started: ${describeError(error)}.`));
    });
  });
  const send = (message: KeeperMessage): void => {
    // One that has ended meanwhile is heard of by its end.
    if (child.connected) child.send(message, () => undefined);
  };
  send({ type: 'begin', request, patience });
  return {
    pid: child.pid!,
    stop: () => send({ type: 'stop' }),
    kill: () => child.kill('SIGKILL'),
    ended,
  };
}

/** What a line says; undefined for one that was torn when its process was killed. */
function pulseOf(line: string): Pulse | undefined {
  try {
    return pulseSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
