import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { describeError } from '../../src/protocol/errors';
import type { ListedRun, RunList } from '../../src/run/runList';
import { Disposable, disposeAll } from '../disposable';
import { type Library, workspaceRoots } from '../workspace/library';

/** Several files of a run change at once; the views look again once. */
const quietMilliseconds = 150;
/** File watchers start late in a new window and miss network disks: a new run is noticed at the latest after this. */
const pollMilliseconds = 3000;

/** The runs of this workspace as their folders tell them; follows what other windows and terminals do there. */
export class RunStore extends Disposable {
  private readonly changed = this.register(new vscode.EventEmitter<void>());
  readonly onDidChange = this.changed.event;
  /** Whether views show those that were archived. */
  archivedShown = false;
  private watchers: vscode.Disposable[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly poll = setInterval(() => void this.lookForNewRuns(), pollMilliseconds);
  /** When entries of the runs directories had last come or gone before they were listed. */
  private seen: string | undefined;

  private lister: Promise<RunList> | undefined;

  constructor(
    private readonly library: Library,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.watch();
    this.register(library.onDidChange(() => this.refresh()));
    this.register(
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.watch();
        this.refresh();
      }),
    );
  }

  /** Newest first. */
  async list(): Promise<ListedRun[]> {
    const lister = await (this.lister ??= import('../../src/run/runList').then(({ RunList }) => new RunList()));
    this.seen = await this.changeTimes();
    const tell = (error: unknown): void => this.log.warn(describeError(error));
    const lists = await Promise.all((await this.library.runRoots()).map(async (root) => lister.list(root, tell)));
    return lists.flat().sort((a, b) => (a.record.createdAt < b.record.createdAt ? 1 : -1));
  }

  refresh(): void {
    clearTimeout(this.timer);
    if (!this.isDisposed) this.timer = setTimeout(() => this.changed.fire(), quietMilliseconds);
  }

  override dispose(): void {
    clearTimeout(this.timer);
    clearInterval(this.poll);
    disposeAll(this.watchers);
    super.dispose();
  }

  private async lookForNewRuns(): Promise<void> {
    if (this.seen !== undefined && this.seen !== (await this.changeTimes())) this.refresh();
  }

  private async changeTimes(): Promise<string> {
    const times = (await this.library.runRoots()).map(async (root) => {
      const status = await stat(join(root, '.facenet', 'runs')).catch(() => undefined);
      return status?.mtimeMs ?? 0;
    });
    return (await Promise.all(times)).join();
  }

  private watch(): void {
    disposeAll(this.watchers);
    this.watchers = workspaceRoots().flatMap((root) => {
      const pattern = new vscode.RelativePattern(vscode.Uri.file(root), '**/.facenet/runs/*/{run,about}.json');
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      const refresh = (): void => this.refresh();
      watcher.onDidCreate(refresh);
      watcher.onDidChange(refresh);
      watcher.onDidDelete(refresh);
      return [watcher];
    });
  }
}
