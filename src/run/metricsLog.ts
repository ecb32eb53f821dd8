// metrics.jsonl: one event per line, appended as it happens. A torn line is skipped, never fatal.
import { readFile } from 'node:fs/promises';
import { AppendedFile } from '../files/appendedFile';
import { EventClock } from '../files/eventClock';
import { type RunEvent, runEventSchema } from '../protocol/events';
import type { ReportedEvent } from '../protocol/jobContext';

/** Events that are on the disk before the run goes on. */
const lasting: ReadonlySet<RunEvent['type']> = new Set(['state', 'checkpoint', 'lfw', 'recovery']);

/** The events of complete lines; what is not an event (a torn line, an event of a newer version) is left out. */
export function parseEvents(lines: string): RunEvent[] {
  const events: RunEvent[] = [];
  for (const line of lines.split('\n')) {
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      continue;
    }
    const parsed = runEventSchema.safeParse(value);
    if (parsed.success) events.push(parsed.data);
  }
  return events;
}

/** All events of the log; none where there is no log yet. */
export async function readEvents(path: string): Promise<RunEvent[]> {
  try {
    return parseEvents(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The log of one run as it is written by its owner. */
export class MetricsLog {
  private readonly file: AppendedFile;
  private readonly clock = new EventClock();

  constructor(path: string) {
    this.file = new AppendedFile(path, 'lines');
  }

  /** Whether events wait for a disk that is away. */
  get waits(): boolean {
    return this.file.waits;
  }

  /**
   * Appends one event with its time; returns what has been written. NaN and infinities become null.
   * @throws DiskAwayError when the disk has been away for too long, the system's error for any other reason
   */
  append(reported: ReportedEvent): RunEvent {
    const event = { ...reported, time: this.clock.now() };
    const line = JSON.stringify(event) + '\n';
    // Losses of the last seconds may go with a power cut; states and checkpoints may not.
    this.file.append(line, lasting.has(event.type));
    return JSON.parse(line) as RunEvent;
  }

  /** Writes the events that wait. @throws the system's error where the disk is still away */
  write(): void {
    this.file.write();
  }
}
