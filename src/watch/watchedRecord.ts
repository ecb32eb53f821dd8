import { hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { Attachment } from '../control/client';
import type { RunRecord } from '../protocol/run';
import { isFinal } from '../protocol/runRules';
import { livenessOf } from '../run/liveness';
import { oneAtATime } from '../run/oneAtATime';
import type { RecordReader } from '../run/recordReader';

/** What a record needs of the watch that it belongs to. */
export interface RecordListener {
  changed(): void;
  /** The worker has appended to the log. */
  logged(): void;
  /** Reads the log to its end. */
  readLog(): Promise<void>;
  /** run.json cannot be read. */
  failed(error: unknown): void;
}

/**
 * How a run stands. While its worker can be attached to, that tells each change, and run.json is not read; without it
 * run.json is read again when it has changed, and the worker's process is looked for. Nothing is ever written.
 */
export class WatchedRecord {
  /** As the worker wrote it last. */
  private written: RunRecord;
  /** The same, or with `lost` as its state. */
  private shown: RunRecord;
  private attachment: Attachment | undefined;
  /** The worker has answered: from then on it tells every change. */
  private told = false;
  /** Of records that have come, to know whether one that took longer is still the newest. */
  private turn = 0;
  private disposed = false;

  /** Reads run.json where it has changed; resolves when that has been told. */
  readonly readFile = oneAtATime(() => this.readChanged());

  constructor(
    private readonly folder: string,
    private readonly reader: RecordReader,
    first: RunRecord,
    private readonly listener: RecordListener,
  ) {
    this.written = first;
    this.shown = first;
  }

  /** The record with its state as it really is: `lost` where the worker is gone without having said so. */
  get current(): RunRecord {
    return this.shown;
  }

  /** Whether the worker tells what changes, so that run.json needs no look. */
  get isTold(): boolean {
    return this.told;
  }

  /** The regular look: reads, attaches, and looks for the worker where it cannot be attached to. */
  async look(): Promise<void> {
    if (!this.told) await this.readFile();
    if (this.disposed || isFinal(this.written.state)) return;
    if (this.attachment === undefined) await this.connect();
    if (this.attachment === undefined) await this.lookForWorker();
  }

  dispose(): void {
    this.disposed = true;
    this.attachment?.dispose();
  }

  private async readChanged(): Promise<void> {
    const before = this.turn;
    const record = await this.reader.next().catch((error: unknown) => {
      if (!this.disposed) this.listener.failed(error);
      return undefined;
    });
    if (this.disposed || record === undefined) return;
    // The worker has told one meanwhile. Which of the two is newer is seen by reading once more.
    if (before !== this.turn) this.reader.forget();
    else await this.take(record);
  }

  private async take(record: RunRecord): Promise<void> {
    const turn = ++this.turn;
    // The log is written before the record: whoever hears of a final state has heard all events.
    if (isFinal(record.state)) await this.listener.readLog();
    if (this.disposed || turn !== this.turn || isDeepStrictEqual(record, this.written)) return;
    this.written = record;
    this.show(record);
  }

  private show(record: RunRecord): void {
    this.shown = record;
    this.listener.changed();
  }

  private async connect(): Promise<void> {
    const { worker } = this.written;
    if (worker?.endpoint === undefined || worker.hostname !== hostname()) return;
    const { attach } = await import('../control/client');
    // Not there yet or gone already: the files tell until the next look.
    const attachment = await attach(this.written).catch(() => undefined);
    if (attachment === undefined) return;
    if (this.disposed) return attachment.dispose();
    this.attachment = attachment;
    attachment.onLogged(() => this.listener.logged());
    attachment.onRecord((record) => void this.take(record));
    attachment.onClose(() => {
      this.attachment = undefined;
      this.told = false;
      if (!this.disposed) void this.readFile();
    });
    // A worker in the middle of a long step answers late; one that does not answer at all is attached to anew.
    void attachment.status().then(
      async (record) => {
        if (this.attachment !== attachment) return;
        this.told = true;
        await this.take(record);
      },
      () => attachment.dispose(),
    );
  }

  private async lookForWorker(): Promise<void> {
    const { written } = this;
    const state = await livenessOf(written, this.folder);
    if (state === 'lost') await this.listener.readLog();
    if (this.disposed || written !== this.written || state === this.shown.state) return;
    this.show(state === written.state ? written : { ...written, state });
  }
}
