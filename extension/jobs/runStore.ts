import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { describeError } from '../../src/protocol/errors';
import type { Absence, AttachedFolders } from '../../src/run/attachedRuns';
import type { ListedRun, RunList } from '../../src/run/runList';
import { Disposable, disposeAll } from '../disposable';
import type { AttachedRunFolders } from '../workspace/attachedFolders';
import { type Library, workspaceRoots } from '../workspace/library';

/** Several files of a run change at once; the views look again once. */
const quietMilliseconds = 150;
/** File watchers start late in a new window and miss network disks: a new run is noticed at the latest after this. */
const pollMilliseconds = 3000;

/** A run folder that was attached, and why there is nothing to show of it. */
export interface AbsentRun {
  folder: string;
  absence: Absence;
}

/** What reads runs, loaded with the first list. */
interface Readers {
  list: RunList;
  attached: AttachedFolders;
}

/**
 * The runs of this workspace, and those that it is attached to, as their folders tell them; follows what other windows,
 * terminals and machines do there.
 */
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
  /** Whether a disk has not answered the last look in time; nothing else would tell when it does. */
  private isUnanswered = false;

  private readers: Promise<Readers> | undefined;
  /** Folders of the workspace's own runs, as of the last look. */
  private own: ReadonlySet<string> = new Set();

  constructor(
    private readonly library: Library,
    /** Run folders that lie elsewhere. */
    readonly attached: AttachedRunFolders,
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

  /** Newest first; those that were attached and can be read are among them. */
  async list(): Promise<ListedRun[]> {
    return (await this.look()).runs;
  }

  /** As `list`, with the attached folders of which nothing can be shown. */
  async look(): Promise<{ runs: ListedRun[]; absent: AbsentRun[] }> {
    const { list, attached } = await this.reading();
    const times = await this.changeTimes();
    // Whoever lists what has changed is not the only one who shows it.
    if (this.seen !== undefined && this.seen !== times) this.refresh();
    this.seen = times;
    const tell = (error: unknown): void => this.log.warn(describeError(error));
    const lists = await Promise.all((await this.library.runRoots()).map(async (root) => list.list(root, tell)));
    const own = lists.flat();
    // A folder of the workspace may have been opened after one of its runs was attached.
    const others = this.attached.folders.filter((folder) => !own.some((run) => run.folder === folder));
    this.own = new Set(own.map(({ folder }) => folder));
    const found = await attached.look(others, tell);
    this.isUnanswered = found.some((one) => 'absence' in one && one.absence === 'silent');
    const runs = [...own, ...found.flatMap((one) => ('run' in one ? [one.run] : []))];
    return {
      runs: runs.sort((a, b) => (a.record.createdAt < b.record.createdAt ? 1 : -1)),
      absent: found.filter((one) => 'absence' in one),
    };
  }

  /** Whether a run was attached and is none of the workspace itself, in which it may have come to lie since. */
  liesElsewhere(folder: string): boolean {
    return this.attached.has(folder) && !this.own.has(folder);
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

  private async reading(): Promise<Readers> {
    return (this.readers ??= Promise.all([import('../../src/run/runList'), import('../../src/run/attachedRuns')]).then(
      ([{ RunList }, { AttachedFolders }]) => {
        const list = new RunList();
        return { list, attached: new AttachedFolders(list) };
      },
    ));
  }

  private async lookForNewRuns(): Promise<void> {
    if (this.seen === undefined) return;
    if (this.isUnanswered || this.seen !== (await this.changeTimes())) this.refresh();
  }

  private async changeTimes(): Promise<string> {
    const times = (await this.library.runRoots()).map(async (root) => {
      const status = await stat(join(root, '.facenet', 'runs')).catch(() => undefined);
      return status?.mtimeMs ?? 0;
    });
    const { attached } = await this.reading();
    return [...(await Promise.all(times)), await attached.state(this.attached.folders)].join();
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
