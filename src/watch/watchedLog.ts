import type { ProgressEvent, RunEvent, StepEvent } from '../protocol/events';
import type { Subscription } from '../control/listeners';
import { LogReader } from '../run/logReader';
import { type RunSeries, appendEvents, emptySeries } from '../series/runSeries';

/** What somebody wants to hear who draws the series of a run. */
export interface SeriesListener {
  /** These events have just been appended to the series. */
  appended(events: readonly RunEvent[]): void;
  /** The log was replaced by a shorter one: the series are others, empty ones. */
  restarted(): void;
}

/** The series of a run, kept for as long as anyone uses them. */
export interface SeriesUse extends Subscription {
  /** As they stand now; shared with the others who use them, so only to be read. */
  readonly series: RunSeries;
  /** Resolves when what was in the log at first is in them, and when they are not used any more. */
  readonly caughtUp: Promise<void>;
}

interface KeptSeries {
  series: RunSeries;
  caughtUp: Promise<void>;
  readonly listeners: Set<SeriesListener>;
}

/**
 * The log of a run for all who follow it: what is being done, and the series while anyone asks for them. Each event is
 * read once for all of them. Where nobody has asked for the series yet, only the end of the log is read; who asks first
 * has it read from its beginning.
 */
export class WatchedLog {
  private reader: LogReader;
  private kept: KeptSeries | undefined;
  /** Last step or progress that has been read, which may be an old one while the log is read from its beginning. */
  private said: ProgressEvent | StepEvent | undefined;
  private told: ProgressEvent | StepEvent | undefined;
  private disposed = false;

  /** @param onLatest called when `latest` has changed */
  constructor(
    private readonly path: string,
    private readonly onLatest: () => void,
  ) {
    this.reader = this.readFrom('end');
  }

  /** Last step of a training or progress of anything else, since the worker has started. */
  get latest(): ProgressEvent | StepEvent | undefined {
    return this.told;
  }

  /** Whether anyone uses the series. */
  get isDrawn(): boolean {
    return this.kept !== undefined;
  }

  /** Reads what has been appended; resolves when it has been handed over. */
  async readOn(): Promise<void> {
    const { reader } = this;
    await reader.readOn();
    if (reader !== this.reader || this.told === this.said) return;
    this.told = this.said;
    this.onLatest();
  }

  /** Keeps the series; `listener` hears what is appended to those that it finds here. */
  useSeries(listener: SeriesListener): SeriesUse {
    const kept = (this.kept ??= this.keepSeries());
    kept.listeners.add(listener);
    return {
      get series() {
        return kept.series;
      },
      caughtUp: kept.caughtUp,
      dispose: () => {
        kept.listeners.delete(listener);
        if (kept.listeners.size === 0 && this.kept === kept) this.kept = undefined;
      },
    };
  }

  /** Nothing is handed over any more, also to those who come late. */
  dispose(): void {
    this.disposed = true;
    this.reader.dispose();
  }

  private keepSeries(): KeptSeries {
    this.reader.dispose();
    this.reader = this.readFrom('beginning');
    return { series: emptySeries(), caughtUp: this.readOn(), listeners: new Set() };
  }

  private readFrom(from: 'beginning' | 'end'): LogReader {
    const reader = new LogReader(this.path, from, {
      appended: (events) => this.take(events),
      restarted: () => {
        if (this.kept === undefined) return;
        this.kept.series = emptySeries();
        for (const listener of [...this.kept.listeners]) listener.restarted();
      },
    });
    if (this.disposed) reader.dispose();
    return reader;
  }

  private take(events: RunEvent[]): void {
    for (const event of events) {
      if (event.type === 'step' || event.type === 'progress') this.said = event;
      else if (event.type === 'state' && event.state === 'starting') this.said = undefined;
    }
    if (this.kept === undefined) return;
    appendEvents(this.kept.series, events);
    for (const listener of [...this.kept.listeners]) listener.appended(events);
  }
}
