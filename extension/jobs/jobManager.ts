import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { describeError } from '../../src/protocol/errors';
import type { JobRequest } from '../../src/protocol/job';
import type { RunRecord } from '../../src/protocol/run';
import type { AboutPatch } from '../../src/protocol/runAbout';
import { isActive } from '../../src/protocol/runRules';
import type { RunLease, RunWatches } from '../../src/watch/runWatches';
import { Disposable } from '../disposable';
import { contextKeys } from '../identifiers';
import { RunFollower } from './runFollower';
import type { RunStore } from './runStore';

/** What starts and stops workers is loaded with the first job. */
const launching = async () => import('./launching');

/**
 * Starts workers, one per job, and follows every active run of the workspace, also those of other windows and
 * terminals. A worker belongs to its run folder, not to this window: closing the window leaves it running.
 */
export class JobManager extends Disposable {
  private readonly changed = this.register(new vscode.EventEmitter<RunFollower>());
  private readonly ended = this.register(new vscode.EventEmitter<RunFollower>());
  readonly onDidChange = this.changed.event;
  /** A followed run has reached its final state. */
  readonly onDidFinish = this.ended.event;
  private readonly followers = new Map<string, RunFollower>();
  /** Runs that will have a follower in a moment. */
  private readonly coming = new Set<string>();

  constructor(
    private readonly runs: RunStore,
    private readonly watches: RunWatches,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.register(
      runs.onDidChange(() => {
        this.adopt().catch((error: unknown) => this.log.warn(`Runs cannot be followed: ${String(error)}`));
      }),
    );
  }

  /** Runs that have not ended, newest last. */
  get active(): RunFollower[] {
    return [...this.followers.values()];
  }

  follower(folder: string): RunFollower | undefined {
    return this.followers.get(folder);
  }

  /**
   * Creates a run folder below `root` and starts its worker. `about`: the name that was given to it, and the like.
   *
   * @throws UserError when no Node is found, the folder cannot be written or the worker is not built.
   */
  async start(request: JobRequest, options: { root: string; title: string; about?: AboutPatch }): Promise<RunFollower> {
    const { newRun } = await launching();
    return this.launch(await newRun(options.root, request, options.title, options.about));
  }

  /**
   * Continues a training in its own run folder, from its last checkpoint.
   * @param slower one that has diverged: from its best checkpoint, with a tenth of the rate
   */
  async resume(path: string, { slower = false } = {}): Promise<RunFollower> {
    const { continueRun } = await launching();
    await continueRun(path, slower);
    return this.launch(path);
  }

  /** Stops politely, by force after the grace period; resolves to the final record. */
  async stop(folder: string): Promise<RunRecord> {
    this.log.info(`stopping ${folder}`);
    const { stopWorker } = await launching();
    const record = await stopWorker(folder);
    await this.follower(folder)?.look();
    this.runs.refresh();
    return record;
  }

  override dispose(): void {
    for (const follower of this.followers.values()) follower.dispose();
    super.dispose();
  }

  private async launch(folder: string): Promise<RunFollower> {
    this.coming.add(folder);
    try {
      const { startWorker } = await launching();
      const worker = await startWorker(folder, this.log);
      const follower = this.follow(await this.lease(folder), true);
      void worker.exited.then(async () => {
        await follower.workerEnded();
        this.runs.refresh();
      });
      return follower;
    } finally {
      this.coming.delete(folder);
      this.runs.refresh();
    }
  }

  /** Follows the active runs that this window has not started. */
  private async adopt(): Promise<void> {
    const active = (await this.runs.list()).filter(({ record }) => isActive(record.state));
    for (const { folder, record } of active) {
      const known = this.followers.has(folder) || this.coming.has(folder);
      if (known || record.worker?.hostname !== hostname()) continue;
      this.coming.add(folder);
      try {
        const lease = await this.lease(folder);
        // The list was made a moment ago; the run may have ended since.
        if (this.isDisposed || !isActive(lease.watch.record.state)) lease.dispose();
        else this.follow(lease, false);
      } catch (error) {
        this.log.warn(`${folder} cannot be followed: ${describeError(error)}`);
      } finally {
        this.coming.delete(folder);
      }
    }
  }

  /** The watch of a run, which may be an older one, brought up to date. */
  private async lease(folder: string): Promise<RunLease> {
    const lease = await this.watches.acquire(folder);
    await lease.watch.look();
    return lease;
  }

  private follow(lease: RunLease, launched: boolean): RunFollower {
    const follower = new RunFollower(lease, launched, this.log);
    const { folder } = follower;
    this.followers.set(folder, follower);
    follower.onDidChange((run) => this.changed.fire(run));
    // Before whoever waits for the end goes on, the end has been told.
    void follower.finished.then(() => {
      this.followers.delete(folder);
      this.ended.fire(follower);
      this.runs.refresh();
      void this.announce();
    });
    void this.announce();
    this.changed.fire(follower);
    return follower;
  }

  private async announce(): Promise<void> {
    await vscode.commands.executeCommand('setContext', contextKeys.hasActiveJob, this.followers.size > 0);
  }
}
