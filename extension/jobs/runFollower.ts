// Follows one active run, whoever has started it: over its control socket while that answers, by its files otherwise.
import { hostname } from 'node:os';
import * as vscode from 'vscode';
import type { ProgressEvent, RunEvent, StepEvent } from '../../src/protocol/events';
import { type RunRecord, finalStates } from '../../src/protocol/run';
import { livenessOf } from '../../src/run/liveness';
import { openRunFolder } from '../../src/run/runFolder';
import { type Attachment, attach } from '../../src/control/client';
import { settleRun } from '../../src/worker/settle';
import { Disposable } from '../disposable';

const pollMilliseconds = 1000;

export class RunFollower extends Disposable {
  private readonly changed = this.register(new vscode.EventEmitter<RunFollower>());
  /** The record, or what is being done, has changed. */
  readonly onDidChange = this.changed.event;
  /** Last step of a training or progress of anything else. */
  latest: ProgressEvent | StepEvent | undefined;
  /** Resolves to the record in its final state; never where the window closes before. */
  readonly finished: Promise<RunRecord>;
  private finish!: (record: RunRecord) => void;
  private attachment: Attachment | undefined;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param startedHere by this window, whose launcher settles the run when the worker ends without a word; for others
   *   this follower does.
   */
  constructor(
    readonly folder: string,
    public record: RunRecord,
    readonly startedHere: boolean,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.finished = new Promise((resolve) => (this.finish = resolve));
    this.schedule(0);
  }

  override dispose(): void {
    clearTimeout(this.timer);
    this.attachment?.dispose();
    super.dispose();
  }

  /** Looks at run.json now, e.g. because the worker has ended. */
  async look(): Promise<void> {
    try {
      const { record } = await openRunFolder(this.folder);
      await this.take(record);
    } catch (error) {
      this.log.warn(`${this.folder} cannot be followed: ${String(error)}`);
    }
  }

  private schedule(milliseconds: number): void {
    if (this.isDisposed) return;
    this.timer = setTimeout(() => void this.tick(), milliseconds);
  }

  private async tick(): Promise<void> {
    await this.look();
    if (this.isDisposed) return;
    if (this.attachment === undefined) await this.connect();
    if (!this.startedHere && this.attachment === undefined) await this.settleIfGone();
    this.schedule(pollMilliseconds);
  }

  private async connect(): Promise<void> {
    const { worker } = this.record;
    if (worker?.endpoint === undefined || worker.hostname !== hostname()) return;
    // Not there yet or gone already: the files tell until the next attempt.
    const attachment = await attach(this.record).catch(() => undefined);
    if (attachment === undefined) return;
    if (this.isDisposed) return attachment.dispose();
    this.attachment = attachment;
    attachment.onEvent((event) => this.hear(event));
    attachment.onRecord((record) => void this.take(record));
    attachment.onClose(() => {
      this.attachment = undefined;
      void this.look();
    });
  }

  private async settleIfGone(): Promise<void> {
    if (this.record.worker === undefined || (await livenessOf(this.record, this.folder)) !== 'lost') return;
    await this.take(await settleRun(this.folder, vscode.l10n.t('The worker ended without saying why.')));
  }

  private hear(event: RunEvent): void {
    if (event.type !== 'progress' && event.type !== 'step') return;
    this.latest = event;
    this.changed.fire(this);
  }

  private async take(record: RunRecord): Promise<void> {
    if (this.isDisposed) return;
    const changed = JSON.stringify(record) !== JSON.stringify(this.record);
    this.record = record;
    if (changed) this.changed.fire(this);
    if (finalStates.includes(record.state)) {
      this.finish(record);
      this.dispose();
    }
  }
}
