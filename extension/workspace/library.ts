import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import * as vscode from 'vscode';
import { type Discovery, discover } from '../../src/dataset/discovery';
import { isInside } from '../../src/files/insideFolder';
import { UserError } from '../../src/protocol/errors';
import { Disposable, type Disposes } from '../disposable';
import { watchFolders } from './folderWatch';

export interface LibraryEntry {
  path: string;
  /** Named in the settings, so it can be removed from them; else it was found in the workspace. */
  added: boolean;
}

type Shelf = 'datasets' | 'pretrainedModels';

/**
 * The datasets and pretrained models of this workspace: those named in its settings, and those found below its folders.
 * Paths in the settings are relative to the first workspace folder where they lie in it, so that they can be shared.
 */
export class Library extends Disposable {
  private readonly changed = this.register(new vscode.EventEmitter<Shelf | 'all'>());
  readonly onDidChange = this.changed.event;
  private discovery: Promise<Discovery> | undefined;
  /** On the folders in which something may appear; there is none before somebody has asked what is there. */
  private watch: Disposes | undefined;

  constructor() {
    super();
    this.register(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('facenet.datasets')) this.changed.fire('datasets');
        if (event.affectsConfiguration('facenet.pretrainedModels')) this.changed.fire('pretrainedModels');
      }),
    );
    this.register(vscode.workspace.onDidChangeWorkspaceFolders(() => this.refresh()));
  }

  /** Looks at the workspace folders again. */
  refresh(): void {
    this.discovery = undefined;
    this.changed.fire('all');
  }

  override dispose(): void {
    this.watch?.dispose();
    super.dispose();
  }

  async datasets(): Promise<LibraryEntry[]> {
    return this.entries('datasets', (await this.discovered()).datasets);
  }

  async models(): Promise<LibraryEntry[]> {
    return this.entries('pretrainedModels', (await this.discovered()).models);
  }

  /** Whether pictures of `folder` may be shown: it is the workspace's, a dataset's, or the one of the setting for LFW. */
  async mayShow(folder: string): Promise<boolean> {
    const lfw = vscode.workspace.getConfiguration('facenet').get<string>('lfw', '');
    const own = [...workspaceRoots(), ...(lfw === '' ? [] : [expand(lfw)])];
    if (own.some((root) => isInside(root, folder))) return true;
    return (await this.datasets()).some(({ path }) => isInside(path, folder));
  }

  /** The workspace folders, and folders in them that have runs of their own. */
  async runRoots(): Promise<string[]> {
    return [...new Set([...workspaceRoots(), ...(await this.discovered()).runRoots])];
  }

  /** @throws UserError when `path` is not a folder. */
  async addDataset(path: string): Promise<void> {
    const status = await stat(path).catch(() => undefined);
    if (status?.isDirectory() !== true) {
      throw new UserError(
        vscode.l10n.t('{0} is not a folder.', path),
        vscode.l10n.t('Choose the folder that holds one folder of images per person.'),
      );
    }
    await this.add('datasets', path);
  }

  /** The caller has opened the model before, so the path is one. */
  async addModel(path: string): Promise<void> {
    await this.add('pretrainedModels', path);
  }

  /** Takes an entry out of the settings; nothing on disk is touched. */
  async remove(shelf: Shelf, path: string): Promise<void> {
    const kept = this.configured(shelf).filter((entry) => expand(entry) !== path);
    await this.write(shelf, kept);
  }

  private async discovered(): Promise<Discovery> {
    for (;;) {
      const looking = (this.discovery ??= this.lookAround());
      const found = await looking;
      // Folders that came meanwhile are in the answer too: VS Code loses a refresh of a view that is being read for the
      // first time.
      if (this.discovery === looking) return found;
    }
  }

  private async lookAround(): Promise<Discovery> {
    const begun = performance.now();
    const all = await Promise.all(workspaceRoots().map(discover));
    const found: Discovery = {
      datasets: all.flatMap(({ datasets }) => datasets),
      models: all.flatMap(({ models }) => models),
      runRoots: all.flatMap(({ runRoots }) => runRoots),
      seen: new Map(all.flatMap(({ seen }) => [...seen])),
    };
    this.watch?.dispose();
    this.watch = undefined;
    if (this.isDisposed) return found;
    const changed = (): void => void this.lookAgain(found);
    // A look that is slow is not taken again and again while a program is at work in there.
    const quiet = Math.max(500, 4 * (performance.now() - begun));
    this.watch = watchFolders(found.seen, changed, { quiet, events: process.platform !== 'win32' });
    return found;
  }

  /** After something has come or gone where datasets, models or runs may be; told only where it was one of these. */
  private async lookAgain(before: Discovery): Promise<void> {
    const looking = this.lookAround();
    const found = await looking;
    if (this.isDisposed || sameFinds(found, before)) return;
    this.discovery = looking;
    this.changed.fire('all');
  }

  private entries(shelf: Shelf, found: readonly string[]): LibraryEntry[] {
    const added = this.configured(shelf).map(expand);
    // What was taken out of a dataset lies beside it, a folder per person too.
    const takenOut = new Set(found.map((path) => `${path}_removed`));
    return [
      ...found.filter((path) => !added.includes(path) && !takenOut.has(path)).map((path) => ({ path, added: false })),
      ...[...new Set(added)].map((path) => ({ path, added: true })),
    ].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  private configured(shelf: Shelf): string[] {
    return vscode.workspace.getConfiguration('facenet').get<string[]>(shelf, []);
  }

  private async add(shelf: Shelf, path: string): Promise<void> {
    const present = this.configured(shelf);
    if (present.some((entry) => expand(entry) === path)) return;
    await this.write(shelf, [...present, shorten(path)]);
  }

  private async write(shelf: Shelf, entries: string[]): Promise<void> {
    const target =
      workspaceRoot() === undefined ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace;
    await vscode.workspace.getConfiguration('facenet').update(shelf, entries, target);
  }
}

function sameFinds(a: Discovery, b: Discovery): boolean {
  const finds = ({ datasets, models, runRoots }: Discovery): string => JSON.stringify([datasets, models, runRoots]);
  return finds(a) === finds(b);
}

/** The first workspace folder on disk, or undefined in an empty window. */
export function workspaceRoot(): string | undefined {
  return vscode.workspace.workspaceFolders?.find((folder) => folder.uri.scheme === 'file')?.uri.fsPath;
}

/** All workspace folders on disk. */
export function workspaceRoots(): string[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter((folder) => folder.uri.scheme === 'file')
    .map((folder) => folder.uri.fsPath);
}

/** An entry of the settings as an absolute path. */
export function expand(entry: string): string {
  if (entry === '~' || entry.startsWith('~/')) return join(homedir(), entry.slice(1));
  return resolve(workspaceRoot() ?? homedir(), entry);
}

/** Where a folder lies, beside its name: nothing for one that lies in the workspace folder itself. */
export function placeOf(path: string): string[] {
  const roots = workspaceRoots();
  // With several folders, which of them it lies in is part of it.
  if (roots.length > 1 && roots.some((root) => isInside(root, path))) return [vscode.workspace.asRelativePath(path)];
  const place = shorten(path);
  return place === basename(path) ? [] : [underHome(place)];
}

/** As in a terminal, `~` for the home directory of the machine that the files are on. */
function underHome(path: string): string {
  const home = homedir();
  return isAbsolute(path) && isInside(home, path) ? ['~', ...relative(home, path).split(sep)].join('/') : path;
}

/** A path as it is written into the settings and shown: relative to the workspace where it lies in it. */
export function shorten(path: string): string {
  const root = workspaceRoot();
  if (root === undefined || !isInside(root, path) || path === root) return path;
  return relative(root, path).split(sep).join('/');
}
