import * as vscode from 'vscode';
import { describeError } from '../../src/protocol/errors';
import type { ProgressEvent, StepEvent } from '../../src/protocol/events';
import type { RunRecord } from '../../src/protocol/run';
import { isFinal } from '../../src/protocol/runRules';
import type { RunWatch } from '../../src/watch/runWatch';
import type { RunLease } from '../../src/watch/runWatches';
import { Disposable } from '../disposable';

/**
 * An active run, whoever has started it, from when this window knows of it until it ends. Where its worker is gone
 * without a word, the run is settled: by the launcher as long as that waits for the worker, else here.
 */
export class RunFollower extends Disposable {
  private readonly changed = this.register(new vscode.EventEmitter<RunFollower>());
  /** The record, or what is being done, has changed. */
  readonly onDidChange = this.changed.event;
  /** Resolves to the record in its final state; never where the window closes before. */
  readonly finished: Promise<RunRecord>;
  private finish!: (record: RunRecord) => void;
  private readonly watch: RunWatch;
  private settling = false;

  /** @param launched this window has started the worker and waits for its end; `workerEnded` then tells of it. */
  constructor(
    lease: RunLease,
    private launched: boolean,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.watch = this.register(lease).watch;
    this.finished = new Promise((resolve) => (this.finish = resolve));
    this.register(this.watch.onChange(() => void this.hear()));
    void this.judge();
  }

  get folder(): string {
    return this.watch.folder;
  }

  get record(): RunRecord {
    return this.watch.record;
  }

  /** What the run is called wherever it is shown. */
  get name(): string {
    return this.watch.name;
  }

  /** Last step of a training or progress of anything else. */
  get latest(): ProgressEvent | StepEvent | undefined {
    return this.watch.latest;
  }

  /** Looks at the run's files now. */
  async look(): Promise<void> {
    await this.watch.look();
  }

  /** The launcher has seen the worker end, and has settled the run where that had to be done. */
  async workerEnded(): Promise<void> {
    this.launched = false;
    await this.look();
    await this.judge();
  }

  private async hear(): Promise<void> {
    this.changed.fire(this);
    await this.judge();
  }

  private async judge(): Promise<void> {
    if (this.isDisposed || !isFinal(this.record.state)) return;
    if (this.record.state === 'lost') {
      if (!this.launched) await this.settle();
    } else this.end();
  }

  private async settle(): Promise<void> {
    if (this.settling) return;
    this.settling = true;
    try {
      const { settleRun } = await import('../../src/worker/settle');
      await settleRun(this.folder, vscode.l10n.t('The worker ended without saying why.'));
      // Which tells of the final state.
      await this.look();
    } catch (error) {
      // Its folder has been removed, or cannot be written to: it stays lost.
      this.log.warn(`${this.folder} cannot be settled: ${describeError(error)}`);
      this.end();
    } finally {
      this.settling = false;
    }
  }

  private end(): void {
    this.finish(this.record);
    this.dispose();
  }
}
