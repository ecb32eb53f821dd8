import * as vscode from 'vscode';
import type { OverlayRun } from '../../src/protocol/runSeries';
import type { ListedRun } from '../../src/run/runFolder';
import { type RunSeries, appendEvents, emptySeries } from '../../src/series/runSeries';
import { type EventTail, tailEvents } from '../../src/run/tailEvents';
import { thinned } from '../../src/series/thinSteps';
import { Disposable } from '../disposable';

/** As many as lines and colours can tell apart. */
const mostRuns = 4;
/** A compared run that still trains is drawn again at most this often. */
const refreshMilliseconds = 1000;

interface Followed {
  run: ListedRun;
  series: RunSeries;
  tail: EventTail;
}

/** The runs drawn beside another one; follows those that still go on. */
export class OverlayRuns extends Disposable {
  private followed: Followed[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** @param send called with all of them whenever something has changed. */
  constructor(private readonly send: (runs: OverlayRun[]) => void) {
    super();
  }

  /** Shows these runs and no others; resolves when they have been read and sent. */
  async show(runs: readonly ListedRun[]): Promise<void> {
    const wanted = runs.slice(0, mostRuns);
    for (const { run, tail } of this.followed) {
      if (!wanted.some(({ folder }) => folder === run.folder)) tail.dispose();
    }
    this.followed = wanted.map(
      (run) => this.followed.find((known) => known.run.folder === run.folder) ?? this.follow(run),
    );
    await Promise.all(this.followed.map(({ tail }) => tail.caughtUp));
    if (!this.isDisposed) this.sendAll();
  }

  override dispose(): void {
    clearTimeout(this.timer);
    for (const { tail } of this.followed) tail.dispose();
    super.dispose();
  }

  private follow(run: ListedRun): Followed {
    const series = emptySeries();
    const tail = tailEvents(run.folder, (events) => {
      appendEvents(series, events);
      if (!this.isDisposed) this.timer ??= setTimeout(() => this.sendAll(), refreshMilliseconds);
    });
    return { run, series, tail };
  }

  private sendAll(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.send(
      this.followed.map(({ run: { folder, record }, series }) => ({
        folder,
        title: record.title,
        series: thinned(series),
      })),
    );
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
  const items = trainings.map(({ folder, record }) => ({
    label: record.title,
    description: record.id,
    picked: shown.includes(folder),
    folder,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t('Compare with Other Runs'),
    placeHolder: vscode.l10n.t('Up to {0} runs are drawn beside this one', mostRuns),
    matchOnDescription: true,
  });
  return chosen?.map(({ folder }) => folder);
}
