import type * as vscode from 'vscode';

const key = 'attachedRunFolders';

/**
 * Run folders outside of the workspace that its Runs view shows too, as they were chosen: kept with the workspace, in no
 * file of it. Loses no entry by itself, as a disk that is away may come back.
 */
export class AttachedRunFolders {
  constructor(private readonly state: vscode.Memento) {}

  /** Absolute paths, in the order in which they were attached. */
  get folders(): readonly string[] {
    const kept = this.state.get<unknown>(key);
    return Array.isArray(kept) ? kept.filter((folder): folder is string => typeof folder === 'string') : [];
  }

  has(folder: string): boolean {
    return this.folders.includes(folder);
  }

  async add(folder: string): Promise<void> {
    if (!this.has(folder)) await this.state.update(key, [...this.folders, folder]);
  }

  async remove(folder: string): Promise<void> {
    await this.state.update(
      key,
      this.folders.filter((other) => other !== folder),
    );
  }
}
