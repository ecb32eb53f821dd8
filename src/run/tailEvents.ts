// Follows the log of a run that another process writes.
import { type FSWatcher, watch } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent } from '../protocol/events';
import { parseEvents } from './metricsLog';

/**
 * File watchers miss changes on network disks and in containers, so the size is looked at as well, often enough for a
 * page to be within a quarter of a second of the worker there too.
 */
const pollMilliseconds = 200;
const blockBytes = 1 << 20;

export interface EventTail {
  /** Resolves when what was there at first has been handed over. */
  readonly caughtUp: Promise<void>;
  dispose(): void;
}

/**
 * Hands over all events of the run in `runFolder`, first those that are there already, then new ones as they are
 * appended, each batch in order and never half a line. A log that does not exist yet is waited for; a log that was
 * replaced by a shorter one is read from its beginning. Keeps no process alive.
 */
export function tailEvents(runFolder: string, onEvents: (events: RunEvent[]) => void): EventTail {
  const path = join(runFolder, 'metrics.jsonl');
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);
  let disposed = false;
  let reading = false;
  let again = false;

  let arrive!: () => void;
  const caughtUp = new Promise<void>((resolve) => (arrive = resolve));

  const readOn = async (): Promise<void> => {
    const file = await open(path, 'r').catch(() => undefined);
    if (file === undefined) return;
    try {
      const { size } = await file.stat();
      if (size < offset) {
        offset = 0;
        rest = Buffer.alloc(0);
      }
      while (offset < size && !disposed) {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(blockBytes), 0, blockBytes, offset);
        if (bytesRead === 0) break;
        offset += bytesRead;
        const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
        const end = bytes.lastIndexOf(0x0a) + 1;
        rest = bytes.subarray(end);
        const events = parseEvents(bytes.toString('utf8', 0, end));
        if (events.length > 0 && !disposed) onEvents(events);
      }
    } finally {
      await file.close();
    }
  };
  const look = (): void => {
    again = true;
    if (reading) return;
    reading = true;
    void (async () => {
      while (again && !disposed) {
        again = false;
        // A disk that fails for a moment is looked at again by the next poll.
        await readOn().catch(() => undefined);
        arrive();
      }
      reading = false;
    })();
  };

  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(runFolder, { persistent: false }, (_, name) => {
      if (name === null || name === 'metrics.jsonl') look();
    });
    watcher.on('error', () => watcher?.close());
  } catch {
    watcher = undefined; // The poll below does the work.
  }
  const timer = setInterval(look, pollMilliseconds);
  timer.unref();
  look();
  return {
    caughtUp,
    dispose() {
      disposed = true;
      arrive();
      clearInterval(timer);
      watcher?.close();
    },
  };
}
