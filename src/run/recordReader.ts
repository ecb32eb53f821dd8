import { join } from 'node:path';
import { ChangedFile } from '../files/changedFile';
import type { RunRecord } from '../protocol/run';
import { notARunFolder, parseRecord } from './runFolder';

/** Reads the run.json of one run again when it has changed. */
export class RecordReader {
  private readonly file: ChangedFile;

  constructor(private readonly folder: string) {
    this.file = new ChangedFile(join(folder, 'run.json'));
  }

  /**
   * The record; undefined where the file is as it was at the call before.
   * @throws UserError when there is no readable run.json, and once for each that cannot be understood
   */
  async next(): Promise<RunRecord | undefined> {
    const text = await this.file.next().catch((cause: unknown) => {
      throw notARunFolder(this.folder, cause);
    });
    return text === undefined ? undefined : parseRecord(this.file.path, text);
  }

  /** The next call reads the file, whether it has changed or not. */
  forget(): void {
    this.file.forget();
  }
}
