import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRecord } from '../protocol/run';
import { notARunFolder, parseRecord } from './runFolder';

/** Reads the run.json of one run again when it has changed. */
export class RecordReader {
  private readonly path: string;
  /** Which file was read last, and how it was then. */
  private seen: string | undefined;

  constructor(private readonly folder: string) {
    this.path = join(folder, 'run.json');
  }

  /**
   * The record; undefined where the file is as it was at the call before.
   * @throws UserError when there is no readable run.json, and once for each that cannot be understood
   */
  async next(): Promise<RunRecord | undefined> {
    let text: string | undefined;
    try {
      // Opened, not asked for its state by name: that is what makes a network disk look again.
      const file = await open(this.path, 'r');
      try {
        text = await this.readChanged(file);
      } finally {
        await file.close();
      }
    } catch (cause) {
      throw notARunFolder(this.folder, cause);
    }
    return text === undefined ? undefined : parseRecord(this.path, text);
  }

  /** The next call reads the file, whether it has changed or not. */
  forget(): void {
    this.seen = undefined;
  }

  private async readChanged(file: FileHandle): Promise<string | undefined> {
    const { ino, mtimeNs, size } = await file.stat({ bigint: true });
    const now = `${ino} ${mtimeNs} ${size}`;
    if (now === this.seen) return undefined;
    const text = await file.readFile('utf8');
    this.seen = now;
    return text;
  }
}
