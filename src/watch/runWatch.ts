// Follows one run for everybody in this process who wants to know about it.
import { type FSWatcher, watch } from 'node:fs';
import { join, resolve } from 'node:path';
import { Listeners, type Subscription } from '../control/listeners';
import type { ProgressEvent, StepEvent } from '../protocol/events';
import type { RunRecord } from '../protocol/run';
import { nameOfRun } from '../protocol/runName';
import { isActive } from '../protocol/runRules';
import { AboutReader } from '../run/about';
import { oneAtATime } from '../run/oneAtATime';
import { RecordReader } from '../run/recordReader';
import { type SeriesListener, type SeriesUse, WatchedLog } from './watchedLog';
import { WatchedRecord } from './watchedRecord';

/**
 * File watchers miss changes on network disks and in containers. A log that somebody draws and whose worker does not tell
 * of it is therefore looked at as well, often enough for a page to be within a quarter of a second of the worker.
 */
const drawnMilliseconds = 200;
/** How often any other log is looked at, and the record of a run whose worker does not tell of it. */
const usualMilliseconds = 1000;

/**
 * One run folder, followed from outside, whoever runs the worker and wherever. The events come from metrics.jsonl alone,
 * each once, in order; the control socket tells when to read on there and how the record changes. Without it the files
 * are looked at. Only looks: what becomes of a run whose worker is gone is for others to decide.
 * Keeps the process alive until it is disposed.
 */
export class RunWatch {
  private readonly changes = new Listeners<undefined>();
  private readonly log: WatchedLog;
  private readonly state: WatchedRecord;
  private readonly owned: Subscription[];
  private problem: string | undefined;
  private readonly about: AboutReader;
  private readonly readAbout = oneAtATime(async () => {
    const changed = await this.about.look().catch((error: unknown) => this.tell(error));
    if (changed === true) this.changes.call(undefined);
  });

  /** @throws UserError when the folder holds no run that can be understood */
  static async open(folder: string, onProblem: (error: unknown) => void = () => undefined): Promise<RunWatch> {
    const path = resolve(folder);
    const reader = new RecordReader(path);
    const first = (await reader.next())!;
    const watch = new RunWatch(path, reader, first, onProblem);
    await watch.readAbout();
    return watch;
  }

  private constructor(
    readonly folder: string,
    reader: RecordReader,
    first: RunRecord,
    private readonly onProblem: (error: unknown) => void,
  ) {
    this.about = new AboutReader(folder);
    const changed = (): void => this.changes.call(undefined);
    const log = new WatchedLog(join(folder, 'metrics.jsonl'), changed);
    const state = new WatchedRecord(folder, reader, first, {
      changed,
      logged: () => void log.readOn(),
      readLog: () => log.readOn(),
      failed: (error) => this.tell(error),
    });
    this.log = log;
    this.state = state;
    const isUrgent = (): boolean => log.isDrawn && !state.isTold && isActive(state.current.state);
    this.owned = [
      watchFiles(folder, {
        'metrics.jsonl': () => void log.readOn(),
        'run.json': () => void (state.isTold || state.readFile()),
        'about.json': () => void this.readAbout(),
      }),
      repeat(
        () => log.readOn(),
        () => (isUrgent() ? drawnMilliseconds : usualMilliseconds),
      ),
      repeat(
        async () => {
          await Promise.all([state.look(), this.readAbout()]);
        },
        () => usualMilliseconds,
      ),
      log,
      state,
    ];
  }

  /** The record with its state as it really is: `lost` where the worker is gone without having said so. */
  get record(): RunRecord {
    return this.state.current;
  }

  /** What the run is called wherever it is shown. */
  get name(): string {
    return nameOfRun(this.record, this.about.about);
  }

  /** Last step of a training or progress of anything else, since the worker has started. */
  get latest(): ProgressEvent | StepEvent | undefined {
    return this.log.latest;
  }

  /** The record, the name or what is being done has changed. A final state is told after all events before it. */
  onChange(listener: () => void): Subscription {
    return this.changes.add(listener);
  }

  /** Keeps the series of the run until the use is disposed; `listener` hears what is appended to them from now on. */
  useSeries(listener: SeriesListener): SeriesUse {
    return this.log.useSeries(listener);
  }

  /** Looks at the files now, e.g. because the worker has ended; resolves when what is new has been told. */
  async look(): Promise<void> {
    await Promise.all([this.log.readOn(), this.state.readFile(), this.readAbout()]);
  }

  dispose(): void {
    for (const thing of this.owned) thing.dispose();
  }

  /** Each problem once, and again only after another one. */
  private tell(error: unknown): void {
    const problem = String(error);
    if (problem !== this.problem) this.onProblem(error);
    this.problem = problem;
  }
}

/** Calls the one that goes with a file of the folder when the system says that this file may have changed. */
function watchFiles(folder: string, changed: Readonly<Record<string, () => void>>): Subscription {
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, { persistent: false }, (_, name) => {
      const concerned = name === null ? Object.values(changed) : [changed[name]];
      for (const call of concerned) call?.();
    });
    watcher.on('error', () => watcher?.close());
  } catch {
    watcher = undefined; // The regular looks do the work.
  }
  return { dispose: () => watcher?.close() };
}

/** Runs `task` now and again and again, `milliseconds()` after it has ended. */
function repeat(task: () => Promise<void>, milliseconds: () => number): Subscription {
  let timer: NodeJS.Timeout | undefined;
  let disposed = false;
  const run = async (): Promise<void> => {
    try {
      await task();
    } finally {
      if (!disposed) timer = setTimeout(() => void run(), milliseconds());
    }
  };
  void run();
  return {
    dispose() {
      disposed = true;
      clearTimeout(timer);
    },
  };
}
