import { Worker } from 'node:worker_threads';
import { builtProgram } from '../../engine/installation';
import { UserError, describeError } from '../../protocol/errors';
import type { AlignTask, FromWorker, ImageOutcome, WorkerSetup } from './messages';

/** Photographs on their way in one worker: while one is looked at, others are read and written. */
const inFlightPerWorker = 3;

interface Waiting {
  task: AlignTask;
  resolve(outcome: ImageOutcome): void;
}

interface Member {
  worker: Worker;
  waiting: Map<number, Waiting>;
}

/** Worker threads that align photographs, one per core. */
export class AlignPool {
  private readonly members: Member[] = [];
  private readonly free: (() => void)[] = [];
  private closing = false;
  /** Set when a worker cannot even start: every further task fails with it. */
  private failure: Error | undefined;

  private constructor(
    private readonly setup: WorkerSetup,
    private readonly file: string,
  ) {}

  /** Starts the workers and waits until their detectors are open. @throws UserError when they are not built or a detector does not open. */
  static async open(setup: WorkerSetup, workers: number, file = builtProgram('alignWorker.cjs')): Promise<AlignPool> {
    const pool = new AlignPool(setup, file);
    try {
      await Promise.all(Array.from({ length: workers }, () => pool.addMember()));
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  /** Resolves when a worker can take another task. */
  async ready(): Promise<void> {
    while (this.failure === undefined && this.idlest() === undefined) {
      await new Promise<void>((resolve) => this.free.push(resolve));
    }
    if (this.failure !== undefined) throw this.failure;
  }

  /** Hands a task to the least busy worker; call after `ready`. */
  run(task: AlignTask): Promise<ImageOutcome> {
    const member = this.idlest();
    if (member === undefined) return Promise.reject(this.failure ?? new Error('no worker is free'));
    return new Promise((resolve) => {
      member.waiting.set(task.id, { task, resolve });
      member.worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    this.closing = true;
    await Promise.all(this.members.map(({ worker }) => worker.terminate()));
  }

  private idlest(): Member | undefined {
    const free = this.members.filter(({ waiting }) => waiting.size < inFlightPerWorker);
    return free.sort((a, b) => a.waiting.size - b.waiting.size)[0];
  }

  private addMember(): Promise<void> {
    const worker = new Worker(this.file, { workerData: this.setup, resourceLimits: { maxYoungGenerationSizeMb: 64 } });
    const member: Member = { worker, waiting: new Map() };
    return new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        switch (message.type) {
          case 'ready':
            this.members.push(member);
            resolve();
            return;
          case 'outcome':
            this.settle(member, message.id, message.outcome);
            return;
          case 'failed':
            reject(new UserError(message.message, message.action));
            void worker.terminate();
            return;
        }
      });
      worker.on('error', (error) => {
        reject(error);
        this.replace(member, describeError(error));
      });
      worker.on('exit', (code) => {
        reject(new Error(`an alignment worker ended with code ${code}`));
        if (!this.closing) this.replace(member, `the worker ended with code ${code}`);
      });
    });
  }

  private settle(member: Member, id: number, outcome: ImageOutcome): void {
    const waiting = member.waiting.get(id);
    member.waiting.delete(id);
    waiting?.resolve(outcome);
    this.free.shift()?.();
  }

  /** A worker that died takes its photographs along (one may be what killed it); the run goes on with a new worker. */
  private replace(member: Member, reason: string): void {
    const index = this.members.indexOf(member);
    if (index === -1) return;
    this.members.splice(index, 1);
    for (const id of [...member.waiting.keys()]) {
      this.settle(member, id, { kind: 'unreadable', message: `the alignment worker failed: ${reason}` });
    }
    this.addMember().then(
      () => this.free.shift()?.(),
      (error: unknown) => {
        if (this.members.length === 0) this.failure = error instanceof Error ? error : new Error(describeError(error));
        for (const wake of this.free.splice(0)) wake();
      },
    );
  }
}
