import { type FileHandle, open } from 'node:fs/promises';

/** Reads one file again when it has changed. */
export class ChangedFile {
  /** Which file was read last, and how it was then. */
  private seen: string | undefined;

  constructor(readonly path: string) {}

  /**
   * Its text; undefined where the file is as it was at the call before.
   * @throws the system's error where it cannot be opened or read
   */
  async next(): Promise<string | undefined> {
    // Opened, not asked for its state by name: that is what makes a network disk look again.
    const file = await open(this.path, 'r');
    try {
      return await this.readChanged(file);
    } finally {
      await file.close();
    }
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
