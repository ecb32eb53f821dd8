// Reads the log of a run while another process writes it.
import { type FileHandle, open } from 'node:fs/promises';
import type { RunEvent } from '../protocol/events';
import { parseEvents } from './metricsLog';
import { oneAtATime } from './oneAtATime';

const blockBytes = 1 << 20;
/** Before the end of a log, what is being done was said last within so many bytes. */
const lastWordsBytes = 64 << 10;
/** A longer line is no event: what has been read of it is dropped, and its rest is passed over. */
const longestLineBytes = 4 << 20;
const newline = 0x0a;

export interface LogListener {
  /** The next events, in their order; never none. */
  appended(events: RunEvent[]): void;
  /** The log was replaced by a shorter one, which is read from its beginning. */
  restarted(): void;
}

/**
 * Hands over the events of a log, each once and never half a line. A log that does not exist yet is waited for. A log
 * that was replaced by a shorter one is read from its beginning, which is told.
 */
export class LogReader {
  /** Of the next byte; unknown until the log has been seen when only its end is wanted. */
  private offset: number | undefined;
  /** What has been read of a line that has no end yet. */
  private rest: Buffer = Buffer.alloc(0);
  /** Everything up to the end of the line is passed over. */
  private inLongLine = false;
  private disposed = false;

  /**
   * Hands over what the log holds by now. Calls may overlap: each resolves when everything that was there when it was
   * made has been handed over. A disk that fails for a moment is read on by the next call.
   */
  readonly readOn = oneAtATime(() => this.read());

  /** @param from `end`: only what was said last, a few hundred events, and what follows */
  constructor(
    private readonly path: string,
    from: 'beginning' | 'end',
    private readonly listener: LogListener,
  ) {
    if (from === 'beginning') this.offset = 0;
  }

  /** Nothing is handed over any more. */
  dispose(): void {
    this.disposed = true;
  }

  private async read(): Promise<void> {
    // Opened anew each time: that is what makes a network disk look again.
    const file = this.disposed ? undefined : await open(this.path, 'r').catch(() => undefined);
    if (file === undefined) return;
    try {
      const size = (await file.stat()).size;
      // The line that is cut there is no event, and is left out as a torn one is.
      this.offset ??= Math.max(0, size - lastWordsBytes);
      if (size < this.offset) this.restart();
      while (this.offset < size && !this.disposed) {
        const block = await readBlock(file, this.offset, Math.min(blockBytes, size - this.offset));
        if (block === undefined) return;
        this.offset += block.length;
        this.take(block);
      }
    } finally {
      await file.close();
    }
  }

  private restart(): void {
    this.offset = 0;
    this.rest = Buffer.alloc(0);
    this.inLongLine = false;
    if (!this.disposed) this.listener.restarted();
  }

  private take(read: Buffer): void {
    const block = this.inLongLine ? read.subarray(read.indexOf(newline) + 1 || read.length) : read;
    if (block.length === 0) return;
    this.inLongLine = false;
    const end = block.lastIndexOf(newline) + 1;
    const lines = end > 0 ? Buffer.concat([this.rest, block.subarray(0, end)]) : undefined;
    const rest = block.subarray(end);
    this.rest = lines === undefined ? Buffer.concat([this.rest, rest]) : rest;
    if (this.rest.length > longestLineBytes) {
      this.rest = Buffer.alloc(0);
      this.inLongLine = true;
    }
    const events = lines === undefined ? [] : parseEvents(lines.toString('utf8'));
    if (events.length > 0 && !this.disposed) this.listener.appended(events);
  }
}

/** The bytes that are there; undefined where there are none or the disk fails. */
async function readBlock(file: FileHandle, offset: number, length: number): Promise<Buffer | undefined> {
  const { buffer, bytesRead } = await file
    .read(Buffer.allocUnsafe(length), 0, length, offset)
    .catch(() => ({ buffer: Buffer.alloc(0), bytesRead: 0 }));
  return bytesRead === 0 ? undefined : buffer.subarray(0, bytesRead);
}
