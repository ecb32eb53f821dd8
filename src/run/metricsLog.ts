// metrics.jsonl: one event per line, appended as it happens. A torn line is skipped, never fatal.
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type RunEvent, runEventSchema } from '../protocol/events';
import type { ReportedEvent } from '../protocol/jobContext';

const newline = 0x0a;
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

/** Appends one event with its time; returns what has been written. NaN and infinities become null. */
export function appendEvent(path: string, reported: ReportedEvent): RunEvent {
  const event = { ...reported, time: Date.now() };
  const line = JSON.stringify(event) + '\n';
  const file = openSync(path, 'a+');
  try {
    // After a kill in the middle of a line only that line is lost, not this one with it.
    const text = Buffer.from((endsInTornLine(file) ? '\n' : '') + line);
    for (let written = 0; written < text.length;) written += writeSync(file, text, written);
    // Losses of the last seconds may go with a power cut; states and checkpoints may not.
    if (lasting.has(event.type)) fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return JSON.parse(line) as RunEvent;
}

function endsInTornLine(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] !== newline;
}
