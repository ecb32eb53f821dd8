import { join } from 'node:path';
import * as vscode from 'vscode';
import { isInside } from '../../src/files/insideFolder';
import type { SavedListings } from '../../src/dataset/savedListings';
import { describeError } from '../../src/protocol/errors';
import { counted } from '../counts';
import { Disposable, type Disposes } from '../disposable';
import { hoverText } from '../pictures/hoverText';
import { NewestWins } from '../pictures/newestWins';
import type { Thumbnails } from '../pictures/thumbnails';
import type { DatasetChecks } from './datasetChecks';
import type { DatasetFilter } from './datasetFilter';
import { indexesFor } from '../jobs/datasetIndexes';
import { watchFolder } from '../workspace/folderWatch';
import { type Library, type LibraryEntry, shorten } from '../workspace/library';
import { problemInWords } from './problemWords';
import { type DatasetNode, itemOf, keyOf } from './datasetItems';
import { Listings } from './listings';

/** So many people are shown, and their folders counted, at a time; more are put into groups. */
const peoplePerGroup = 200;

/** So many images of a person are shown at a time; more are put into groups. */
const imagesPerGroup = 1000;

/** Folders read at a time: enough to keep a network drive busy, few enough for other work on a disk. */
const foldersAtOnce = 16;

/** Folders that are watched at a time; the one that was opened first is let go for another. */
const mostWatched = 100;

/** Datasets → people with the number of their images → images; nothing is read of what is collapsed. */
export class DatasetsTree extends Disposable implements vscode.TreeDataProvider<DatasetNode> {
  private readonly changed = this.register(new vscode.EventEmitter<DatasetNode | undefined>());
  readonly onDidChangeTreeData = this.changed.event;
  /** The node of each dataset, so that one of them can be refreshed alone. */
  private readonly roots = new Map<string, DatasetNode>();
  /** Of the folders that are expanded, by their paths. */
  private readonly watches = new Map<string, Disposes>();

  private readonly hovers = new NewestWins();

  private readonly listings = this.register(new Listings<DatasetNode>());

  constructor(
    private readonly library: Library,
    private readonly checks: DatasetChecks,
    private readonly filter: DatasetFilter,
    private readonly thumbnails: Thumbnails,
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
        return this.listings.of(keyOf(node), async (signal) => this.people(node.path, signal));
      case 'group':
        return this.listings.of(keyOf(node), async (signal) => peopleCounted(node.dataset, node.people, signal));
      case 'person':
        this.watch(join(node.dataset, node.person.name), node.dataset);
        return this.listings.of(keyOf(node), async (signal) => imagesOf(node, signal));
      case 'images':
        return node.images.map((path) => ({ kind: 'image', dataset: node.dataset, person: node.person, path }));
      case 'image':
      case 'note':
        return [];
    }
  }

  getTreeItem(node: DatasetNode): vscode.TreeItem {
    return itemOf(node, this.checks);
  }

  /** Thumbnails are made when they are asked for, of the row that is pointed at now and of no earlier one. */
  async resolveTreeItem(
    item: vscode.TreeItem,
    node: DatasetNode,
    token?: vscode.CancellationToken,
  ): Promise<vscode.TreeItem> {
    if (node.kind !== 'image') return item;
    const { path } = node;
    const stop = new AbortController();
    const cancelled = token?.onCancellationRequested(() => stop.abort());
    if (token?.isCancellationRequested === true) stop.abort();
    try {
      const thumbnail = await this.hovers
        .run(async (signal) => this.thumbnails.of(path, signal), stop.signal)
        .catch((error: unknown) => ({ problem: describeError(error) }));
      const problems = this.checks.ofPath(node.dataset, path).map(problemInWords);
      item.tooltip = new vscode.MarkdownString(hoverText({ path, place: shorten(path), thumbnail, problems }));
    } finally {
      cancelled?.dispose();
    }
    return item;
  }

  /** What is collapsed is neither read nor watched any more; it is read again when it is expanded. */
  collapsed(node: DatasetNode): void {
    if (node.kind === 'dataset') {
      for (const folder of [...this.watches.keys()]) if (isInside(node.path, folder)) this.unwatch(folder);
    } else if (node.kind === 'person') this.unwatch(join(node.dataset, node.person.name));
    else if (node.kind !== 'group') return;
    this.listings.giveUp(keyOf(node));
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
    if (people.length === 0) return note(vscode.l10n.t('Nobody of {0} fits the filter.', counted.people(all.length)));
    if (people.length <= peoplePerGroup) return peopleCounted(path, people, signal);
    return inGroups(people, peoplePerGroup).map((some) => ({ kind: 'group', dataset: path, people: some }));
  }
}

/** What is known of a dataset's people, as trainings know it too. */
async function savedListings(dataset: string): Promise<SavedListings> {
  const [{ SavedListings: Saved }, index] = await Promise.all([
    import('../../src/dataset/savedListings'),
    indexesFor(dataset),
  ]);
  return Saved.open(dataset, index);
}

/** The rows of a few people, with their images counted; a folder that has vanished meanwhile has none. */
async function peopleCounted(dataset: string, people: readonly string[], signal: AbortSignal): Promise<DatasetNode[]> {
  const [listings, { default: pMap }] = await Promise.all([savedListings(dataset), import('p-map')]);
  const count = async (name: string): Promise<DatasetNode> => {
    const images = await listings.count(name, signal).catch(() => 0);
    return { kind: 'person', dataset, person: { name, images } };
  };
  try {
    return await pMap(people, count, { concurrency: foldersAtOnce, signal });
  } finally {
    await listings.close();
  }
}

/** As they are now; the row may have been made some time ago. */
async function imagesOf(node: DatasetNode & { kind: 'person' }, signal: AbortSignal): Promise<DatasetNode[]> {
  const { dataset } = node;
  const listings = await savedListings(dataset);
  const person = node.person.name;
  const images = await listings.images(person, signal).catch(() => []);
  await listings.close();
  if (images.length <= imagesPerGroup) return images.map((path) => ({ kind: 'image', dataset, person, path }));
  return inGroups(images, imagesPerGroup).map((some) => ({ kind: 'images', dataset, person, images: some }));
}

function inGroups<T>(all: readonly T[], size: number): T[][] {
  const starts = Array.from({ length: Math.ceil(all.length / size) }, (_, index) => index * size);
  return starts.map((from) => all.slice(from, from + size));
}
