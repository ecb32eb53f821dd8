import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { type Problem, cleanableKinds, describeProblem } from '../../src/dataset/problems';
import type { Person } from '../../src/dataset/scan';
import { describeError } from '../../src/protocol/errors';
import { Disposable, type Disposes } from '../disposable';
import { nodeKinds } from '../identifiers';
import type { DatasetChecks } from '../workspace/datasetChecks';
import type { DatasetFilter } from '../workspace/datasetFilter';
import { watchFolder } from '../workspace/folderWatch';
import { type Library, type LibraryEntry, isInside, shorten } from '../workspace/library';
import { spoken } from './spoken';

export type DatasetNode =
  | { kind: 'dataset'; path: string; added: boolean }
  | { kind: 'group'; dataset: string; people: readonly string[] }
  | { kind: 'person'; dataset: string; person: Person }
  | { kind: 'image'; dataset: string; person: string; path: string }
  | { kind: 'note'; dataset: string; text: string };

interface Listing {
  stop: AbortController;
  people: Promise<DatasetNode[]>;
}

/** So many people are shown, and their folders counted, at a time; more are put into groups. */
const peoplePerGroup = 200;

/** Folders that are watched at a time; the one that was opened first is let go for another. */
const mostWatched = 100;

const { None, Collapsed } = vscode.TreeItemCollapsibleState;
const warning = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));

/** Datasets → people with the number of their images → images; nothing is read of what is collapsed. */
export class DatasetsTree extends Disposable implements vscode.TreeDataProvider<DatasetNode> {
  private readonly changed = this.register(new vscode.EventEmitter<DatasetNode | undefined>());
  readonly onDidChangeTreeData = this.changed.event;
  /** The node of each dataset, so that one of them can be refreshed alone. */
  private readonly roots = new Map<string, DatasetNode>();
  /** Of the folders that are expanded, by their paths. */
  private readonly watches = new Map<string, Disposes>();

  /** Datasets whose people are being listed now. */
  private readonly listings = new Map<string, Listing>();

  constructor(
    private readonly library: Library,
    private readonly checks: DatasetChecks,
    private readonly filter: DatasetFilter,
  ) {
    super();
    this.register(library.onDidChange(() => this.changed.fire(undefined)));
    this.register(filter.onDidChange(() => this.changed.fire(undefined)));
    this.register(checks.onDidChange((path) => this.changed.fire(this.roots.get(path))));
  }

  async getChildren(node?: DatasetNode): Promise<DatasetNode[]> {
    if (node === undefined) return (await this.library.datasets()).map((entry) => this.root(entry));
    switch (node.kind) {
      case 'dataset':
        this.watch(node.path, node.path);
        return this.listed(node.path);
      case 'group':
        return this.counted(node.dataset, node.people);
      case 'person':
        this.watch(join(node.dataset, node.person.name), node.dataset);
        return this.images(node);
      case 'image':
      case 'note':
        return [];
    }
  }

  getTreeItem(node: DatasetNode): vscode.TreeItem {
    switch (node.kind) {
      case 'dataset':
        return this.datasetItem(node);
      case 'group':
        return groupItem(node);
      case 'person':
        return this.personItem(node);
      case 'image':
        return this.imageItem(node);
      case 'note': {
        const item = new vscode.TreeItem(node.text, None);
        item.iconPath = new vscode.ThemeIcon('info');
        return item;
      }
    }
  }

  /** Thumbnails are made when they are asked for. */
  resolveTreeItem(item: vscode.TreeItem, node: DatasetNode): vscode.TreeItem {
    if (node.kind === 'image') {
      const text = new vscode.MarkdownString(
        `![${basename(node.path)}](${vscode.Uri.file(node.path).toString()}|width=160)\n\n`,
      );
      text.appendText(shorten(node.path));
      for (const problem of this.checks.ofPath(node.dataset, node.path))
        text.appendText(`\n\n${describeProblem(problem)}`);
      item.tooltip = text;
    }
    return item;
  }

  /** What is collapsed is not watched any more; it is read again when it is expanded. */
  collapsed(node: DatasetNode): void {
    if (node.kind === 'dataset') {
      this.listings.get(node.path)?.stop.abort();
      for (const folder of [...this.watches.keys()]) if (isInside(node.path, folder)) this.unwatch(folder);
    } else if (node.kind === 'person') this.unwatch(join(node.dataset, node.person.name));
    else return;
    this.changed.fire(node);
  }

  private watch(folder: string, dataset: string): void {
    if (this.isDisposed || this.watches.has(folder)) return;
    if (this.watches.size >= mostWatched) this.unwatch([...this.watches.keys()][0]!);
    const changed = (): void => this.changed.fire(this.roots.get(dataset));
    this.watches.set(folder, this.register(watchFolder(folder, changed)));
  }

  private unwatch(folder: string): void {
    this.release(this.watches.get(folder));
    this.watches.delete(folder);
  }

  private root(entry: LibraryEntry): DatasetNode {
    const node: DatasetNode = { kind: 'dataset', ...entry };
    this.roots.set(entry.path, node);
    return node;
  }

  /** Gives up an older listing of the dataset, which answers what the newest one does: whoever waits sees the same. */
  private async listed(path: string): Promise<DatasetNode[]> {
    this.listings.get(path)?.stop.abort();
    const stop = new AbortController();
    const listing: Listing = { stop, people: this.people(path, stop.signal) };
    this.listings.set(path, listing);
    try {
      return await listing.people;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      const newer = this.listings.get(path);
      return newer === undefined || newer === listing ? [] : await newer.people.catch(() => []);
    } finally {
      if (this.listings.get(path) === listing) this.listings.delete(path);
    }
  }

  private async people(path: string, signal: AbortSignal): Promise<DatasetNode[]> {
    const { listPeople } = await import('../../src/dataset/scan');
    const note = (text: string): DatasetNode[] => [{ kind: 'note', dataset: path, text }];
    const { filter, checks } = this;
    if (filter.onlyProblems && checks.of(path) === undefined) {
      return note(vscode.l10n.t('Not checked yet: use Check Images of Dataset.'));
    }
    let all: string[];
    try {
      all = await listPeople(path, signal);
    } catch (error) {
      signal.throwIfAborted();
      return note(describeError(error));
    }
    const people = all.filter(
      (name) => filter.matches(name) && (!filter.onlyProblems || checks.ofPerson(path, name).length > 0),
    );
    if (people.length === 0) return note(vscode.l10n.t('Nobody of {0} people fits the filter.', all.length));
    if (people.length <= peoplePerGroup) return this.counted(path, people, signal);
    const groups: DatasetNode[] = [];
    for (let from = 0; from < people.length; from += peoplePerGroup) {
      groups.push({ kind: 'group', dataset: path, people: people.slice(from, from + peoplePerGroup) });
    }
    return groups;
  }

  /** The rows of a few people, with their images counted; a folder that has vanished meanwhile has none. */
  private async counted(dataset: string, people: readonly string[], signal?: AbortSignal): Promise<DatasetNode[]> {
    const { listImages } = await import('../../src/dataset/scan');
    return Promise.all(
      people.map(async (name): Promise<DatasetNode> => {
        const images = await listImages(dataset, name).catch(() => []);
        signal?.throwIfAborted();
        return { kind: 'person', dataset, person: { name, images } };
      }),
    );
  }

  /** As they are now; the row may have been made some time ago. */
  private async images({ dataset, person: { name } }: DatasetNode & { kind: 'person' }): Promise<DatasetNode[]> {
    const { listImages } = await import('../../src/dataset/scan');
    const images = await listImages(dataset, name).catch(() => []);
    return images.map((path) => ({ kind: 'image', dataset, person: name, path }));
  }

  private datasetItem({ path, added }: DatasetNode & { kind: 'dataset' }): vscode.TreeItem {
    const item = new vscode.TreeItem(basename(path), Collapsed);
    const problems = this.checks.of(path);
    item.id = path;
    item.contextValue = added ? nodeKinds.addedDataset : nodeKinds.dataset;
    item.iconPath = problems !== undefined && problems.length > 0 ? warning : new vscode.ThemeIcon('organization');
    item.description = [shorten(path), ...(problems === undefined ? [] : [summary(problems)])].join(' · ');
    item.tooltip = [path, ...(problems ?? []).slice(0, 12).map(describeProblem)].join('\n');
    return spoken(item);
  }

  private personItem({ dataset, person }: DatasetNode & { kind: 'person' }): vscode.TreeItem {
    const item = new vscode.TreeItem(person.name.replaceAll('_', ' '), Collapsed);
    const problems = this.checks.ofPerson(dataset, person.name);
    item.id = `${dataset}\n${person.name}`;
    item.contextValue = nodeKinds.person;
    item.description = [String(person.images.length), ...(problems.length > 0 ? [summary(problems)] : [])].join(' · ');
    item.iconPath = problems.length > 0 ? warning : new vscode.ThemeIcon('person');
    if (problems.length > 0) item.tooltip = problems.slice(0, 12).map(describeProblem).join('\n');
    const said = [person.name, `${person.images.length} images`, ...(problems.length > 0 ? [summary(problems)] : [])];
    item.accessibilityInformation = { label: said.join(', ') };
    return item;
  }

  private imageItem({ dataset, path }: DatasetNode & { kind: 'image' }): vscode.TreeItem {
    const item = new vscode.TreeItem(basename(path), None);
    const problems = this.checks.ofPath(dataset, path);
    const uri = vscode.Uri.file(path);
    item.id = path;
    const unusable = problems.some(({ kind }) => cleanableKinds.has(kind) || kind === 'duplicate');
    item.contextValue = unusable ? nodeKinds.unusableImage : nodeKinds.image;
    item.iconPath = problems.length > 0 ? warning : new vscode.ThemeIcon('file-media');
    if (problems.length > 0) item.description = problems.map((problem) => problem.kind.replaceAll('-', ' ')).join(', ');
    item.command = { command: 'vscode.open', title: 'Open', arguments: [uri] };
    return spoken(item);
  }
}

function groupItem({ dataset, people }: DatasetNode & { kind: 'group' }): vscode.TreeItem {
  const names = [people[0]!, people.at(-1)!].map((name) => name.replaceAll('_', ' '));
  const item = new vscode.TreeItem(names.join(' – '), Collapsed);
  item.id = `${dataset}\nfrom ${people[0]!} to ${people.at(-1)!}`;
  item.description = vscode.l10n.t('{0} people', people.length);
  item.iconPath = new vscode.ThemeIcon('organization');
  return spoken(item);
}

function summary(problems: readonly Problem[]): string {
  if (problems.length === 0) return 'no problems';
  return problems.length === 1 ? '1 problem' : `${problems.length} problems`;
}
