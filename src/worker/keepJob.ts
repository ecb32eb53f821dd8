// A job in a process of its own, kept by this one: watched, and started again where it ends before its time.
import { appendFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { StoppedError, UserError, describeError } from '../protocol/errors';
import type { RunEvent } from '../protocol/events';
import type { JobRequest } from '../protocol/job';
import type { ReportedEvent } from '../protocol/jobContext';
import type { RunRecord } from '../protocol/run';
import { isFinal } from '../protocol/runRules';
import { logTail } from '../run/logTail';
import type { RunFolder } from '../run/runFolder';
import { explainSystemError } from '../jobs/systemErrors';
import { failureOf, inWords, type Failure } from './failure';
import { type JobEnd, type JobProcess, startJob } from './jobProcess';
import { type MemoryWitness, callMemoryWitness } from './memoryWitness';
import type { Outcome } from './messages';
import { throwUnlessDone } from './outcome';
import type { Pulse } from './pulse';
import { type Decision, Restarts } from './restarts';
import { settleRun } from './settle';
import { type Patience, usualPatience } from './watchdog';

export interface KeepOptions {
  /** Aborted to stop politely. */
  signal: AbortSignal;
  /** Aborted to end everything without asking. */
  force?: AbortSignal;
  /** Called with every event as it is logged. */
  onEvent?: (event: RunEvent) => void;
  patience?: Patience;
  witness?: () => MemoryWitness;
}

/** Lines of worker.log in which a process that aborts says why. */
const lastLines = 15;

/**
 * Has the job of a run folder done by a process of its own and resolves when it is done. A training whose process hangs,
 * crashes or is killed for want of memory goes on in another one from its last checkpoint, within the limits of
 * `Restarts`; each time is an event, a line of worker.log and an entry in run.json. This process computes nothing and
 * loads no native library, so that it outlives what it watches.
 *
 * @throws as `runJob`: StoppedError when stopped with everything saved, UserError for what the user can mend; anything
 *   else that the job has thrown, with the stack that it had there
 */
export async function keepJob(request: JobRequest, folder: RunFolder, options: KeepOptions): Promise<void> {
  await new Keeper(folder, options).keep(request);
}

class Keeper {
  private readonly restarts = new Restarts();
  private readonly witness: MemoryWitness;
  private readonly patience: Patience;
  private job: JobProcess | undefined;
  /** The job has been asked to stop, by whomever. */
  private stopping = false;
  private hang: Extract<Pulse, { type: 'hanging' }> | undefined;
  private kind: JobRequest['kind'] = 'train';

  constructor(
    private readonly folder: RunFolder,
    private readonly options: KeepOptions,
  ) {
    this.witness = (options.witness ?? callMemoryWitness)();
    this.patience = options.patience ?? usualPatience;
  }

  async keep(request: JobRequest): Promise<void> {
    const { signal, force } = this.options;
    const stop = (): void => this.job?.stop();
    const kill = (): void => this.job?.kill();
    signal.addEventListener('abort', stop);
    force?.addEventListener('abort', kill);
    this.kind = request.kind;
    try {
      throwUnlessDone(await this.outcomeOf(request));
    } finally {
      signal.removeEventListener('abort', stop);
      force?.removeEventListener('abort', kill);
    }
  }

  /** What a job has said of its end, in however many processes. */
  private async outcomeOf(request: JobRequest): Promise<Outcome> {
    try {
      for (let next = request; ;) {
        const end = await this.run(next);
        if (end.outcome !== undefined) return end.outcome;
        next = await this.goOn(next, end);
      }
    } catch (error) {
      await this.note(describeError(error));
      throw error;
    }
  }

  private async run(request: JobRequest): Promise<JobEnd> {
    this.hang = undefined;
    this.witness.look();
    this.job = await startJob(this.folder, request, this.patience, {
      onEvent: (event) => {
        if (event.type === 'state' && event.state === 'stopping') this.stopping = true;
        this.options.onEvent?.(event);
      },
      onPulse: (pulse) => this.heed(pulse),
    });
    // A stop that came before there was a job to ask.
    if (this.options.signal.aborted) this.job.stop();
    return this.job.ended;
  }

  private heed(pulse: Pulse): void {
    if (pulse.type === 'alive') {
      this.witness.look();
      return;
    }
    const taken =
      `${inWords(pulse.seconds)} so far` +
      (pulse.slowest === undefined ? '' : `, the slowest before took ${inWords(pulse.slowest)}`);
    if (pulse.type === 'slow') {
      this.say(
        `${doing(pulse)} takes unusually long: ${taken}. The worker is at work (${pulse.cores.toFixed(1)} cores) and is left to it.`,
      );
      return;
    }
    void this.note(`${doing(pulse)}: ${taken}.\n${pulse.stack.join('\n')}`);
    if (this.kind === 'train') {
      this.hang = pulse;
      this.killHanging();
    } else {
      this.say(
        `${doing(pulse)} seems to hang: ${taken}. Where it does is in worker.log; stop the job where nothing comes of it any more.`,
      );
    }
  }

  /** A process inside the kernel, on a network drive that is gone, ends only when that answers. */
  private killHanging(): void {
    const { job } = this;
    job?.kill();
    const timer = setTimeout(() => {
      this.say(
        'The worker hangs inside the system and cannot be ended: most often a disk or network drive does not answer. ' +
          'The run goes on from its last checkpoint when that is back.',
      );
    }, 1000 * this.patience.killed);
    void job?.ended.then(() => clearTimeout(timer));
  }

  /** What is to be done after a process that could not say how it ended; nothing is left to do where it throws. */
  private async goOn(request: JobRequest, end: JobEnd): Promise<JobRequest> {
    const { folder } = this;
    if (!existsSync(folder.recordFile)) {
      throw new UserError(`The run folder ${folder.path} was removed while the job was running; it was ended.`);
    }
    const record = await folder.reload();
    const failure = failureOf({
      record,
      end,
      hang: this.hang,
      memoryEvidence: this.witness.evidence(end.pulse?.residentBytes),
      lastWords: await logTail(folder.log, lastLines),
    });
    const asked = this.stopping || this.options.signal.aborted || this.options.force?.aborted === true;
    // What was told of the end last holds: a final state, or that it was about to stop.
    const decision: Decision = isFinal(record.state) || asked ? ending(record) : this.restarts.decide(failure, record);
    if (!decision.restart) return this.giveUp(failure, decision);
    try {
      await this.recordRestart(failure, decision);
    } catch (error) {
      throw explainSystemError(error, folder.path);
    }
    return request.kind === 'train' ? { ...request, resume: folder.path } : request;
  }

  private async recordRestart(failure: Failure, decision: Extract<Decision, { restart: true }>): Promise<void> {
    const { folder } = this;
    const { checkpoint, recovery } = folder.record;
    const { cause, microBatch } = decision;
    const { step } = failure;
    const from = checkpoint === undefined ? 'from its beginning, as nothing was saved' : `from step ${checkpoint.step}`;
    const smaller =
      microBatch === undefined ? '' : ` with ${microBatch} images at a time; the batch of a step stays what it was`;
    const changed = microBatch === undefined ? {} : { microBatch };
    this.log({ type: 'recovery', cause, step, message: `${failure.what}. It goes on ${from}${smaller}.`, ...changed });
    const attempt = { at: new Date().toISOString(), step, cause, ...changed };
    await folder.update({
      recovery: { ...recovery, ...changed, attempts: [...(recovery?.attempts ?? []), attempt] },
    });
  }

  private async giveUp(failure: Failure, { why, action }: Extract<Decision, { restart: false }>): Promise<never> {
    const message = `${failure.what}.${why === '' ? '' : ` ${why}`}`;
    const { state, error } = await settleRun(this.folder.path, message, { keeper: process.pid, action });
    if (state === 'stopped') throw new StoppedError();
    throw new UserError(error?.message ?? message, error?.action ?? action);
  }

  private say(message: string): void {
    this.log({ type: 'log', level: 'warning', message });
  }

  /** Into the run's log, and told; the working process writes there too, whole lines like this one. */
  private log(event: ReportedEvent & { message: string }): void {
    const logged = this.folder.append(event);
    this.options.onEvent?.(logged);
    void this.note(event.message);
  }

  private async note(text: string): Promise<void> {
    await appendFile(this.folder.log, `${new Date().toISOString()} keeper: ${text}\n`).catch(() => undefined);
  }
}

/** How a job ends that is not to be started again, because it was to end anyway. */
function ending({ checkpoint }: RunRecord): Extract<Decision, { restart: false }> {
  const action = checkpoint === undefined ? 'start it again' : `resume from step ${checkpoint.step}`;
  return { restart: false, why: 'It had been asked to stop.', action: `Look at worker.log, then ${action}.` };
}

function doing({ unit, step }: Exclude<Pulse, { type: 'alive' }>): string {
  switch (unit) {
    case 'step':
      return `Step ${step}`;
    case 'saving':
      return `Saving the checkpoint of step ${step}`;
    case 'images':
      return 'A batch of images';
    case 'preparing':
      return 'The preparation';
  }
}
