import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import type { AlignmentRecord } from '../../src/align/alignmentRecord';
import { Disposable, type Disposes } from '../disposable';
import { rootFor } from '../jobs/jobRequests';
import { watchFolder } from '../workspace/folderWatch';

/** How many people and images a dataset has; without images where counting them would read too many folders. */
export interface DatasetSize {
  people: number;
  images?: number;
}

/** Without an index that is kept, the images of more people are not counted. */
const mostPeopleListed = 5000;
/** While a copy is under way it is counted again this long after. */
const recountMilliseconds = 2500;

/** What the row of a dataset says beside its name: how large it is, and how its faces were cut out. */
export class DatasetFacts extends Disposable {
  private readonly changed = this.register(new vscode.EventEmitter<string>());
  /** Carries the dataset's path. */
  readonly onDidChange = this.changed.event;
  private readonly sizes = new Map<string, DatasetSize>();
  private readonly watches = new Map<string, Disposes>();
  private readonly counting = new Map<string, AbortController>();

  /** Undefined until it has been counted. */
  of(dataset: string): DatasetSize | undefined {
    return this.sizes.get(dataset);
  }

  /** Counts these in the background, again where they were counted before, and follows what comes and goes; others are let go. */
  follow(datasets: readonly string[]): void {
    const wanted = new Set(datasets);
    for (const dataset of [...this.watches.keys()]) if (!wanted.has(dataset)) this.letGo(dataset);
    for (const dataset of wanted) {
      if (this.isDisposed) return;
      if (this.watches.has(dataset)) {
        // The list is made anew on Refresh and when a job has ended, which may have filled folders that are there for long.
        this.lookAgain(dataset);
        continue;
      }
      const again = (): void => {
        // Rows are read again at once; what they count follows.
        this.changed.fire(dataset);
        void this.count(dataset, true);
      };
      this.watches.set(dataset, this.register(watchFolder(dataset, again)));
      void this.count(dataset, false);
    }
  }

  /** Counts again after images have come or gone in the folder of a person. */
  lookAgain(dataset: string): void {
    if (this.watches.has(dataset)) void this.count(dataset, false);
  }

  override dispose(): void {
    for (const stop of this.counting.values()) stop.abort();
    super.dispose();
  }

  private letGo(dataset: string): void {
    this.counting.get(dataset)?.abort();
    this.release(this.watches.get(dataset));
    this.watches.delete(dataset);
    this.sizes.delete(dataset);
  }

  /** @param isCopy people have come or gone, perhaps as part of a copy that goes on */
  private async count(dataset: string, isCopy: boolean): Promise<void> {
    this.counting.get(dataset)?.abort();
    const stop = new AbortController();
    this.counting.set(dataset, stop);
    const { signal } = stop;
    // What cannot be read is said below the row when it is expanded.
    const size = await sizeOf(dataset, signal).catch(() => undefined);
    if (signal.aborted || this.isDisposed) return;
    this.counting.delete(dataset);
    const known = this.sizes.get(dataset);
    if (size === undefined) this.sizes.delete(dataset);
    else this.sizes.set(dataset, size);
    const isOther = known?.people !== size?.people || known?.images !== size?.images;
    if (isOther) this.changed.fire(dataset);
    if (isCopy || (isOther && known !== undefined)) {
      await new Promise((passed) => setTimeout(passed, recountMilliseconds).unref());
      if (!this.counting.has(dataset) && this.watches.has(dataset)) await this.count(dataset, false);
    }
  }
}

/** How large a dataset is. @throws UserError where it cannot be read; the reason of `signal` */
export async function sizeOf(dataset: string, signal: AbortSignal): Promise<DatasetSize> {
  const [{ listPeople, imageCount }, { openDataset, indexFolderOf }] = await Promise.all([
    import('../../src/dataset/scan'),
    import('../../src/dataset/datasetIndex'),
  ]);
  // Looking leaves nothing behind: an index is kept only where runs are kept already.
  const home = join(rootFor(dataset, dirname(dataset)), '.facenet');
  const index = vscode.workspace.isTrusted && existsSync(home) ? indexFolderOf(home, dataset) : undefined;
  const people = (await listPeople(dataset, signal)).length;
  if (index === undefined && people > mostPeopleListed) return { people };
  const opened = await openDataset(dataset, { index, signal });
  return { people: opened.dataset.people.length, images: imageCount(opened.dataset) };
}

/** How the faces of a dataset were cut out; undefined for photographs, and for faces that were cut out by others. */
export async function alignmentOf(dataset: string): Promise<AlignmentRecord | undefined> {
  if (!existsSync(join(dataset, 'alignment.json'))) return undefined;
  const { readAlignmentRecord } = await import('../../src/align/alignmentRecord');
  // A damaged record is told by who needs it.
  return readAlignmentRecord(dataset).catch(() => undefined);
}

/**
 * The dataset, among those that are shown, whose photographs these faces were cut out of. Of a workspace that was moved
 * since, the folder of that name beside the faces.
 */
export function photographsOf(faces: string, source: string, shown: readonly string[]): string | undefined {
  const beside = join(dirname(faces), basename(source));
  return [resolve(source), beside].find((path) => path !== faces && shown.includes(path));
}
