// Files that grow at their end: logs of lines, and of records that a reader takes one after another.
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { atPath } from './pathOfError';
import { saysAway, waitForDisk } from './patience';

const newline = 0x0a;

/**
 * A file that is appended to, one piece at a time, each of them whole or absent for a reader. While its disk is away the
 * pieces wait in memory and are written with the next one after it has come back.
 * Of `lines`, where each piece is one with its end, a torn last one is ended first, so that only it is lost. Of `records`,
 * which only this process writes, what was written of a torn one is cut off.
 */
export class AppendedFile {
  private waiting: { bytes: Uint8Array; flush: boolean }[] = [];
  /** When the disk was missed first, by the clock that only goes forward. */
  private missedSince: number | undefined;
  /** Bytes of whole records. */
  private whole: number | undefined;

  constructor(
    readonly path: string,
    private readonly kind: 'lines' | 'records',
  ) {}

  /** Whether pieces wait for the disk. */
  get waits(): boolean {
    return this.waiting.length > 0;
  }

  /**
   * @param flush to the disk at once, so that it survives a power cut
   * @throws DiskAwayError when the disk has been away for too long; the system's error, with the path, for any other reason
   */
  append(piece: string | Uint8Array, flush = false): void {
    this.waiting.push({ bytes: typeof piece === 'string' ? Buffer.from(piece) : piece, flush });
    try {
      this.write();
    } catch (error) {
      this.endure(error);
    }
  }

  /** Writes what waits. @throws the system's error where the disk is still away */
  write(): void {
    if (this.waiting.length === 0) return;
    try {
      const file = openSync(this.path, 'a+');
      try {
        while (this.waiting.length > 0) {
          this.writePiece(file, this.waiting[0]!);
          this.waiting.shift();
        }
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw atPath(error, this.path);
    }
    this.missedSince = undefined;
  }

  /** Flushes what has been written to the disk; on one that is away there is nothing to flush. */
  flush(): void {
    try {
      const file = openSync(this.path, 'a');
      try {
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      if (!this.isMissing(error)) throw atPath(error, this.path);
    }
  }

  private writePiece(file: number, { bytes, flush }: { bytes: Uint8Array; flush: boolean }): void {
    const { size } = fstatSync(file);
    if (this.kind === 'records') {
      this.whole ??= size;
      if (size > this.whole) ftruncateSync(file, this.whole);
      writeWhole(file, bytes, this.whole);
      this.whole += bytes.length;
    } else writeAll(file, endsInTornLine(file, size) ? Buffer.concat([Buffer.of(newline), bytes]) : bytes);
    if (flush) fsyncSync(file);
  }

  /** Lets an error pass whose reason may, for as long as it may. */
  private endure(error: unknown): void {
    if (!this.isMissing(error)) {
      this.waiting = [];
      throw error;
    }
    this.missedSince ??= performance.now();
    waitForDisk({ path: this.path, error, milliseconds: performance.now() - this.missedSince });
  }

  /** Whether an error says that the disk is away. */
  private isMissing(error: unknown): boolean {
    const { code } = error as NodeJS.ErrnoException;
    return saysAway(error) || ((code === 'ENOENT' || code === 'ENOTDIR') && !isThere(dirname(this.path)));
  }
}

function isThere(folder: string): boolean {
  try {
    statSync(folder);
    return true;
  } catch {
    return false;
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}

/** Cuts off what is written of a record that does not fit. */
function writeWhole(file: number, bytes: Uint8Array, start: number): void {
  try {
    writeAll(file, bytes);
  } catch (error) {
    try {
      ftruncateSync(file, start);
    } catch {
      // The disk is away; the next record cuts it off.
    }
    throw error;
  }
}

function endsInTornLine(file: number, size: number): boolean {
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] !== newline;
}
