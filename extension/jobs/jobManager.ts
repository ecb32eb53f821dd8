import { hostname } from 'node:os';
import * as vscode from 'vscode';
import type { JobRequest } from '../../src/protocol/job';
import type { RunRecord } from '../../src/protocol/run';
import { Disposable } from '../disposable';
import { contextKeys } from '../identifiers';
import { isActive } from './activity';
import type { RunFollower } from './runFollower';
import type { RunStore } from './runStore';

/** What starts and follows workers is loaded with the first job. */
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
  /** Launches of this window that have no follower yet. */
  private readonly launches = new Set<string>();
  /** When the record of a run was written in whose final state its follower ended. */
  private readonly ends = new Map<string, string>();

  constructor(
    private readonly runs: RunStore,
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
   * Creates a run folder below `root` and starts its worker.
   *
   * @throws UserError when no Node is found, the folder cannot be written or the worker is not built.
   */
  async start(request: JobRequest, options: { root: string; title: string }): Promise<RunFollower> {
    const { newRun } = await launching();
    const { path, record } = await newRun(options.root, request, options.title);
    return this.launch(path, record);
  }

  /** Continues a training in its own run folder, from its last checkpoint. */
  async resume(path: string): Promise<RunFollower> {
    const { continuedRun } = await launching();
    return this.launch(path, await continuedRun(path));
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

  private async launch(folder: string, record: RunRecord): Promise<RunFollower> {
    this.launches.add(folder);
    try {
      const { RunFollower, startWorker } = await launching();
      const worker = await startWorker(folder, this.log);
      const follower = this.follow(new RunFollower(folder, record, true, this.log));
      void worker.exited.then(async () => {
        await follower.look();
        this.runs.refresh();
      });
      return follower;
    } finally {
      this.launches.delete(folder);
      this.runs.refresh();
    }
  }

  /** Follows the active runs that this window has not started. */
  private async adopt(): Promise<void> {
    const active = (await this.runs.list()).filter(({ record }) => isActive(record.state));
    if (active.length === 0) return;
    const { RunFollower } = await launching();
    for (const { folder, record } of active) {
      const known = this.followers.has(folder) || this.launches.has(folder);
      // The list was made a moment ago; a run may have ended since.
      const isOld = record.updatedAt <= (this.ends.get(folder) ?? '');
      if (known || isOld || this.isDisposed || record.worker?.hostname !== hostname()) continue;
      this.follow(new RunFollower(folder, record, false, this.log));
    }
  }

  private follow(follower: RunFollower): RunFollower {
    const { folder } = follower;
    this.followers.set(folder, follower);
    follower.onDidChange((run) => this.changed.fire(run));
    // Before whoever waits for the end goes on, the end has been told.
    void follower.finished.then(() => {
      this.followers.delete(folder);
      this.ends.set(folder, follower.record.updatedAt);
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
