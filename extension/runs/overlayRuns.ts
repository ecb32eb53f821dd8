import * as vscode from 'vscode';
import { nameInChoice, shownChoice } from '../shown';
import type { OverlayRun } from '../../src/protocol/runSeries';
import type { ListedRun } from '../../src/run/runList';
import { thinned } from '../../src/series/thinSteps';
import type { RunWatch } from '../../src/watch/runWatch';
import type { RunWatches } from '../../src/watch/runWatches';
import type { SeriesUse } from '../../src/watch/watchedLog';
import { Disposable } from '../disposable';

/** As many as lines and colours can tell apart. */
const mostRuns = 4;
/** A compared run that still trains is drawn again at most this often. */
const refreshMilliseconds = 1000;

/** One run that is drawn beside another one. */
class Overlay extends Disposable {
  /** Resolves when it has been read, or cannot be. */
  readonly read: Promise<void>;
  private drawn: { watch: RunWatch; use: SeriesUse } | undefined;

  constructor(watches: RunWatches, folder: string, onChange: () => void) {
    super();
    // A run that has been removed meanwhile is not missed.
    this.read = this.begin(watches, folder, onChange).catch(() => undefined);
  }

  /** Undefined before it can be read, and where it cannot be. */
  get shown(): OverlayRun | undefined {
    if (this.drawn === undefined) return undefined;
    const { watch, use } = this.drawn;
    return { folder: watch.folder, title: watch.name, series: thinned(use.series) };
  }

  private async begin(watches: RunWatches, folder: string, onChange: () => void): Promise<void> {
    const { watch } = this.register(await watches.acquire(folder));
    if (this.isDisposed) return;
    const use = this.register(watch.useSeries({ appended: onChange, restarted: onChange }));
    this.drawn = { watch, use };
    await use.caughtUp;
  }
}

/** The runs drawn beside another one; follows those that still go on. */
export class OverlayRuns extends Disposable {
  /** By folder, in the order in which they are drawn. */
  private overlays = new Map<string, Overlay>();
  private timer: NodeJS.Timeout | undefined;

  /** @param send called with all of them whenever something has changed. */
  constructor(
    private readonly watches: RunWatches,
    private readonly send: (runs: OverlayRun[]) => void,
  ) {
    super();
  }

  /** Shows these runs and no others; resolves when they have been read and sent. */
  async show(folders: readonly string[]): Promise<void> {
    const before = this.overlays;
    this.overlays = new Map(
      folders.slice(0, mostRuns).map((folder) => [folder, before.get(folder) ?? this.add(folder)]),
    );
    for (const [folder, overlay] of before) if (!this.overlays.has(folder)) this.release(overlay);
    await Promise.all([...this.overlays.values()].map(({ read }) => read));
    if (!this.isDisposed) this.sendAll();
  }

  override dispose(): void {
    clearTimeout(this.timer);
    super.dispose();
  }

  private add(folder: string): Overlay {
    return this.register(
      new Overlay(this.watches, folder, () => {
        if (!this.isDisposed) this.timer ??= setTimeout(() => this.sendAll(), refreshMilliseconds);
      }),
    );
  }

  private sendAll(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.send([...this.overlays.values()].flatMap(({ shown }) => shown ?? []));
  }
}

/** Folders of the runs that the user wants to see beside the open one; undefined when he changed his mind. */
export async function chooseOverlays(
  runs: readonly ListedRun[],
  shown: readonly string[],
): Promise<string[] | undefined> {
  const trainings = runs.filter(({ record }) => record.request.kind === 'train' || record.request.kind === 'demo');
  if (trainings.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('There is no other training in this workspace to compare with yet.'),
    );
    return undefined;
  }
  const items = trainings.map(({ folder, record, name }) => ({
    label: nameInChoice(name),
    description: record.id,
    picked: shown.includes(folder),
    folder,
  }));
  const chosen = await vscode.window.showQuickPick(items.map(shownChoice), {
    canPickMany: true,
    title: vscode.l10n.t('Compare with Other Runs'),
    placeHolder: vscode.l10n.t('Up to {0} runs are drawn beside this one', mostRuns),
    matchOnDescription: true,
  });
  return chosen?.map(({ folder }) => folder);
}
