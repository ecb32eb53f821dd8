import { join } from 'node:path';
import * as vscode from 'vscode';
import { isInside } from '../../src/files/insideFolder';
import type { SavedListings } from '../../src/dataset/savedListings';
import type { AlignmentRecord } from '../../src/align/alignmentRecord';
import { describeError } from '../../src/protocol/errors';
import { counted } from '../counts';
import { Disposable, type Disposes } from '../disposable';
import { hoverText } from '../pictures/hoverText';
import { NewestWins } from '../pictures/newestWins';
import type { Thumbnails } from '../pictures/thumbnails';
import type { DatasetChecks } from './datasetChecks';
import type { DatasetFilter } from './datasetFilter';
import { indexesFor } from '../jobs/datasetIndexes';
import { alignmentOf, type DatasetFacts, photographsOf } from './datasetFacts';
import { watchFolder } from '../workspace/folderWatch';
import { type Library, type LibraryEntry, shorten } from '../workspace/library';
import { problemInWords } from './problemWords';
import { type DatasetNode, itemOf, keyOf } from './datasetItems';
import { Listings } from './listings';

/** So many people are shown, and their folders counted, at a time; more are put into groups. */
const peoplePerGroup = 200;

/** So many images of a person are shown at a time; more are put into groups. */
const imagesPerGroup = 1000;

/** Listing the folder of a person with fewer images is quicker than opening the index of a large dataset. */
const worthAnIndex = 5000;

/** Folders read at a time: enough to keep a network drive busy, few enough for other work on a disk. */
const foldersAtOnce = 16;

/** Folders that are watched at a time; the one that was opened first is let go for another. */
const mostWatched = 100;

type DatasetRow = DatasetNode & { kind: 'dataset' };

/** Datasets, faces below the photographs they come from → people with the number of their images → images. */
export class DatasetsTree extends Disposable implements vscode.TreeDataProvider<DatasetNode> {
  private readonly changed = this.register(new vscode.EventEmitter<DatasetNode | undefined>());
  readonly onDidChangeTreeData = this.changed.event;
  /** The node of each dataset, so that one of them can be refreshed alone. */
  private readonly roots = new Map<string, DatasetRow>();
  /** Of the folders that are expanded, by their paths. */
  private readonly watches = new Map<string, Disposes>();

  private readonly hovers = new NewestWins();

  private readonly listings = this.register(new Listings<DatasetNode>());

  constructor(
    private readonly library: Library,
    private readonly checks: DatasetChecks,
    private readonly facts: DatasetFacts,
    private readonly filter: DatasetFilter,
    private readonly thumbnails: Thumbnails,
  ) {
    super();
    this.register(library.onDidChange(() => this.changed.fire(undefined)));
    this.register(filter.onDidChange(() => this.changed.fire(undefined)));
    this.register(checks.onDidChange((path) => this.changed.fire(this.roots.get(path))));
    this.register(facts.onDidChange((path) => this.changed.fire(this.roots.get(path))));
  }

  async getChildren(node?: DatasetNode): Promise<DatasetNode[]> {
    if (node === undefined) return this.datasets();
    switch (node.kind) {
      case 'dataset': {
        const people = await this.listings.of(keyOf(node), async (signal) => this.people(node, signal));
        return [...(node.aligned ?? []), ...people];
      }
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
    return itemOf(node, this.checks, this.facts);
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
    const changed = (): void => {
      this.changed.fire(this.roots.get(dataset));
      this.facts.lookAgain(dataset);
    };
    this.watches.set(folder, this.register(watchFolder(folder, changed)));
  }

  private unwatch(folder: string): void {
    this.release(this.watches.get(folder));
    this.watches.delete(folder);
  }

  /** The rows of the datasets that fit the filter, faces below the photographs they were cut out of. */
  private async datasets(): Promise<DatasetNode[]> {
    const entries = await this.library.datasets();
    const shown = entries.map(({ path }) => path);
    this.facts.follow(shown);
    const records = await Promise.all(shown.map(alignmentOf));
    const fits = await Promise.all(shown.map(async (path) => this.fits(path)));
    const rows = entries.map((entry, index) => this.row(entry, records[index], fits[index] === true));
    const below = new Map<DatasetRow, DatasetRow[]>();
    for (const row of rows) {
      const photographs = row.faces === undefined ? undefined : photographsOf(row.path, row.faces.source, shown);
      const parent = photographs === undefined ? undefined : this.roots.get(photographs);
      // Faces that were cut out of faces: each level is another row.
      if (parent !== undefined && parent !== row && !isBelow(parent, row, below))
        below.set(parent, [...(below.get(parent) ?? []), row]);
    }
    const isShown = (row: DatasetRow): boolean =>
      fits[rows.indexOf(row)] === true || (below.get(row) ?? []).some(isShown);
    const nested = new Set([...below.values()].flat());
    for (const row of rows) {
      row.aligned = (below.get(row) ?? []).filter(isShown);
      row.nested = nested.has(row);
      if (this.filter.isActive && row.aligned.length > 0) row.filtered = this.filter.key;
    }
    const top = rows.filter((row) => row.nested !== true && isShown(row));
    if (top.length > 0 || rows.length === 0) return top;
    return [{ kind: 'note', dataset: '', text: vscode.l10n.t('Nobody fits the filter.') }];
  }

  /** The same row for the same dataset, as VS Code knows rows by identity; only what is said in it changes. */
  private row({ path, added }: LibraryEntry, record: AlignmentRecord | undefined, fits: boolean): DatasetRow {
    const row: DatasetRow = this.roots.get(path) ?? { kind: 'dataset', path, added };
    this.roots.set(path, row);
    row.added = added;
    if (record === undefined) delete row.faces;
    else row.faces = { imageSize: record.imageSize, source: record.source };
    const isUnknown = this.filter.onlyProblems && this.checks.of(path) === undefined;
    if (this.filter.isActive && fits && !isUnknown) row.filtered = this.filter.key;
    else delete row.filtered;
    return row;
  }

  /** Whether there is somebody to show; a dataset that has not been checked, or cannot be read, says so in its row. */
  private async fits(path: string): Promise<boolean> {
    const { filter, checks } = this;
    if (!filter.isActive || (filter.onlyProblems && checks.of(path) === undefined)) return true;
    const { listPeople } = await import('../../src/dataset/scan');
    const people = await listPeople(path).catch(() => undefined);
    return people?.some((name) => this.isWanted(path, name)) ?? true;
  }

  private isWanted(path: string, name: string): boolean {
    const { filter, checks } = this;
    return filter.matches(name) && (!filter.onlyProblems || checks.ofPerson(path, name).length > 0);
  }

  private async people({ path, aligned = [] }: DatasetRow, signal: AbortSignal): Promise<DatasetNode[]> {
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
    const people = filter.isActive ? all.filter((name) => this.isWanted(path, name)) : all;
    if (people.length === 0 && aligned.length > 0) return [];
    if (people.length === 0) return note(vscode.l10n.t('Nobody of {0} fits the filter.', counted.people(all.length)));
    if (people.length <= peoplePerGroup) return peopleCounted(path, people, signal);
    return inGroups(people, peoplePerGroup).map((some) => ({ kind: 'group', dataset: path, people: some }));
  }
}

/** What is known of a dataset's people, as trainings know it too. @param useIndex else their folders are read */
async function savedListings(dataset: string, useIndex: boolean): Promise<SavedListings> {
  const [{ SavedListings: Saved }, index] = await Promise.all([
    import('../../src/dataset/savedListings'),
    useIndex ? indexesFor(dataset) : undefined,
  ]);
  return Saved.open(dataset, index);
}

/** Whether `row` is among what is shown below `parent`'s own row already, so that no circle is made. */
function isBelow(row: DatasetRow, parent: DatasetRow, below: ReadonlyMap<DatasetRow, DatasetRow[]>): boolean {
  return (below.get(parent) ?? []).some((child) => child === row || isBelow(row, child, below));
}

/** The rows of a few people, with their images counted; a folder that has vanished meanwhile has none. */
async function peopleCounted(dataset: string, people: readonly string[], signal: AbortSignal): Promise<DatasetNode[]> {
  const [listings, { default: pMap }] = await Promise.all([savedListings(dataset, true), import('p-map')]);
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
  const listings = await savedListings(dataset, node.person.images >= worthAnIndex);
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
