// One job in one run folder: its states, its control socket, and what is written down when it fails.
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DivergedError, StoppedError, UserError, describeError, throwIfStopped } from '../protocol/errors';
import type { LfwEvent, RunEvent } from '../protocol/events';
import type { JobRequest } from '../protocol/job';
import type { JobContext, ReportedEvent, WorkUnit } from '../protocol/jobContext';
import type { RunRecord } from '../protocol/run';
import { isFinal } from '../protocol/runRules';
import { secondsOfRecord } from '../protocol/workingTime';
import { processStartTime } from '../run/liveness';
import type { RunFolder } from '../run/runFolder';
import { secondsBefore } from '../run/workBefore';
import { type ControlServer, openControlServer } from '../control/controlServer';
import { EndpointTakenError } from '../control/endpoint';
import { DiskAwayError, diskPatience, onDiskWait, patiently, type DiskWait } from '../files/patience';
import { clearStrayFiles } from '../files/strayFiles';
import { RunTakenError, claimRun } from '../run/claim';
import { watchFolder, type FolderLoss } from './folderWatch';
import { Heart } from './heart';
import { logTail } from '../run/logTail';
import { progressMeter } from './progressMeter';
import { explainSystemError } from './systemErrors';

export interface RunJobOptions {
  /** Aborted to stop politely (Ctrl-C, SIGTERM); a stop over the control socket does the same. */
  signal: AbortSignal;
  /** Called with every event as it is logged. */
  onEvent?: (event: RunEvent) => void;
  /** Process that keeps this one and is the run's worker to others; default this one itself. */
  keeper?: number | undefined;
  /** Counters that each unit of work is told by; others than the job's own where somebody watches them. */
  heart?: SharedArrayBuffer | undefined;
  /** Called when the run folder has been removed under the job; the job is being stopped. */
  onVanished?: () => void;
}

/** Room that is given back when the disk is full, so that the run can still say so. */
const reserveBytes = 64 << 10;

/**
 * Does `job` and owns its run folder meanwhile: starting → running → (stopping →) done | stopped | failed, each
 * state in run.json and in metrics.jsonl and told to whoever is attached. A job may do another one in a run folder of
 * that one's own: a stop of either is a stop of both.
 *
 * @param request what the job was asked for, written into the record
 * @throws RunTakenError when another worker owns the run; what the job throws, after it has been recorded: StoppedError when stopped with everything saved, UserError
 *   for what the user can mend (a full disk included).
 */
export async function runInFolder(
  request: JobRequest,
  folder: RunFolder,
  job: (context: JobContext) => Promise<unknown>,
  options: RunJobOptions,
): Promise<void> {
  const reserve = join(folder.path, '.reserve');
  const stop = new AbortController();
  /** Aborted where a disk that is away is to be waited for no longer than a moment. */
  const hurry = new AbortController();
  let lost: FolderLoss | undefined;
  let control: ControlServer | undefined;

  const log = (event: ReportedEvent): void => {
    const logged = folder.append(event);
    control?.logged();
    options.onEvent?.(logged);
  };
  const record = async (patch: Partial<RunRecord>): Promise<void> => {
    await patiently(folder.path, async () => folder.update(patch), hurry.signal);
    control?.record(folder.record);
  };
  const enter = async (state: RunRecord['state'], patch: Partial<RunRecord> = {}, message?: string): Promise<void> => {
    // The log first: whoever sees the final state in run.json has the whole log.
    log({ type: 'state', state, ...(message !== undefined && { message }) });
    await patiently(folder.path, async () => folder.events.write(), hurry.signal);
    const seconds = isFinal(state) ? secondsOfRecord(folder.record, Date.now()) : undefined;
    await record({ ...patch, state, ...(seconds !== undefined && { work: { seconds } }) });
  };
  let stopping = Promise.resolve();
  const requestStop = (): void => {
    if (stop.signal.aborted) return;
    stop.abort(new StoppedError());
    hurry.abort();
    // Told at once; a job that has just ended writes its final state after this one.
    if (lost === undefined) stopping = enter('stopping').catch(() => undefined);
  };

  const owned = await claimRun(folder.path);
  const watch = await watchFolder(folder.path, owned, (how) => {
    lost = how;
    requestStop();
    options.onVanished?.();
  });
  const meter = progressMeter();
  const heart = new Heart(options.heart);
  const notice = diskNotice(log);
  const forgetDisk = onDiskWait((wait) => {
    // Waiting for a disk is no hang.
    heart.beat(heart.read().unit);
    notice(wait);
  });
  let measured: Pick<LfwEvent, 'step' | 'validationRate'> | undefined;
  const context: JobContext = {
    signal: stop.signal,
    runFolder: folder.path,
    runId: folder.record.id,
    keeper: options.keeper,
    heart: heart.memory,
    beat: (...about) => heart.beat(...about),
    report(event) {
      if (event.type === 'lfw') measured = event;
      if (event.type === 'progress') heart.beat(unitOfProgress(heart));
      const shown = event.type === 'progress' ? meter(event) : event;
      if (shown !== undefined) log(shown);
    },
    update: async (patch) => record(withRate(patch, measured)),
  };

  try {
    for (const place of [folder.path, folder.evaluations]) await clearStrayFiles(place);
    control = await openControlServer(folder.path, { stop: requestStop, status: () => folder.record });
    await writeFile(reserve, Buffer.alloc(reserveBytes));
    const work = { seconds: await secondsBefore(folder), since: new Date().toISOString() };
    await enter('starting', {
      request,
      work,
      error: undefined,
      finishedAt: undefined,
      worker: {
        ...(await processesOf(options.keeper)),
        hostname: hostname(),
        node: process.version,
        endpoint: control.endpoint,
      },
    });
    options.signal.addEventListener('abort', requestStop);
    if (options.signal.aborted) requestStop();
    throwIfStopped(stop.signal);
    await enter('running');
    await job(context);
    await stopping;
    await enter('done', { finishedAt: new Date().toISOString() });
  } catch (thrown) {
    if (thrown instanceof EndpointTakenError) throw thrown;
    hurry.abort();
    await stopping;
    const error = lossOf(folder.path, lost, thrown) ?? explainSystemError(thrown, folder.path);
    if (lost === undefined && existsSync(folder.path)) {
      await rm(reserve, { force: true }).catch(() => undefined);
      await recordEnd(error, folder, enter);
    }
    throw error;
  } finally {
    options.signal.removeEventListener('abort', requestStop);
    watch.dispose();
    forgetDisk();
    if (lost === undefined) {
      // Where its disk is away there is nothing to let go of; what is left there is nobody's.
      await owned.release().catch(() => undefined);
      if (control !== undefined) await rm(reserve, { force: true }).catch(() => undefined);
    }
    await control?.close();
  }
}

/** Progress is one more unit of the kind, at first of images. */
function unitOfProgress(heart: Heart): WorkUnit {
  const { unit } = heart.read();
  return unit === 'preparing' ? 'images' : unit;
}

/** The best checkpoint is recorded with the VAL that was measured at its step. */
function withRate(
  patch: Partial<RunRecord>,
  measured: Pick<LfwEvent, 'step' | 'validationRate'> | undefined,
): Partial<RunRecord> {
  const { best } = patch;
  if (best === undefined || best.step !== measured?.step) return patch;
  return { ...patch, best: { ...best, validationRate: measured.validationRate } };
}

/** Why a run folder is ours no longer, in a sentence; undefined where it is. */
function lossOf(path: string, lost: FolderLoss | undefined, thrown: unknown): UserError | undefined {
  if (lost === 'taken')
    return new RunTakenError(
      `Another worker has taken over ${path}, as this one had not been heard of for long; it was ended.`,
    );
  if (thrown instanceof DiskAwayError || (lost === undefined && existsSync(path))) return undefined;
  return new UserError(`The run folder ${path} was removed while the job was running; it was ended.`);
}

/** Says once for each time that a disk is away that it is waited for. */
function diskNotice(log: (event: ReportedEvent) => void): (wait: DiskWait) => void {
  const waited = new Map<string, number>();
  return ({ path, error, milliseconds }) => {
    const isNew = milliseconds < (waited.get(path) ?? Number.POSITIVE_INFINITY);
    // First, as what is said waits for the disk as well.
    waited.set(path, milliseconds);
    if (!isNew) return;
    const message =
      `${path} cannot be reached at the moment (${describeError(error)}). The job goes on where it can, keeps what it has ` +
      `to write, and waits for its disk for ${diskPatience() / 1000} s at most.`;
    log({ type: 'log', level: 'warning', message });
  };
}

/** How others find this process, and the one that keeps it. */
async function processesOf(
  keeper: number | undefined,
): Promise<Pick<NonNullable<RunRecord['worker']>, 'pid' | 'startTime' | 'job'>> {
  const own = { pid: process.pid, startTime: await processStartTime(process.pid) };
  return keeper === undefined ? own : { pid: keeper, startTime: await processStartTime(keeper), job: own };
}

/** Writes down how a job ended that did not end well; never hides the error behind one of its own. */
async function recordEnd(
  error: unknown,
  folder: RunFolder,
  enter: (state: RunRecord['state'], patch: Partial<RunRecord>, message?: string) => Promise<void>,
): Promise<void> {
  const finishedAt = new Date().toISOString();
  try {
    if (error instanceof StoppedError) {
      await enter('stopped', { finishedAt }, error.message);
      return;
    }
    const message = error instanceof Error ? error.message : describeError(error);
    const action = error instanceof UserError ? error.action : undefined;
    const tail = error instanceof UserError ? [] : await logTail(join(folder.path, 'worker.log'));
    const recorded = {
      message,
      ...(action !== undefined && { action }),
      ...(tail.length > 0 && { logTail: tail }),
      ...(error instanceof DivergedError && { divergedAt: error.step }),
    };
    await enter('failed', { finishedAt, error: recorded }, describeError(error));
  } catch (second) {
    process.stderr.write(`The end of the run could not be recorded in ${folder.path}: ${describeError(second)}\n`);
  }
}
